// An IKE SA, from the first message to the last repeated answer.
//
//   initiator   Connecting ── IKE_AUTH answered, verified ──▶ Established
//   responder   HalfOpen ──── IKE_AUTH verified ────────────▶ Established     (with EAP, after rounds of it; before
//                   │                                             it come IKE_INTERMEDIATE exchanges where agreed on)
//                   └──────── not verified ─────────────────▶ Refused
//   rekey       (made by CREATE_CHILD_SA of the old one) ───▶ Established;  the old one: Replaced
//
//   Established, Replaced ── our Delete is queued ──▶ Deleting ── answered or time is up ──▶ forgotten
//   Established, Replaced ── the peer's Delete, or an error that ends it ──▶ Closed ── some seconds ──▶ forgotten
//
// Nothing but a verified AUTH, or a rekey inside a verified SA, leads to Established.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/sk_cipher.h"
#include "ike/core/auth_signature.h"
#include "ike/core/fragments.h"
#include "ike/core/key_schedule.h"
#include "ike/core/mobility.h"
#include "ike/core/nat_detection.h"
#include "ike/core/window.h"
#include "ike/eap/conversation.h"
#include "ike/wire/codec.h"

namespace esplane::ike {

/// The peer's answer to IKE_AUTH, while the status of its certificate is asked for.
struct WaitingAnswer;
struct Connecting {
    std::shared_ptr<WaitingAnswer> waiting;  ///< null: it does not wait
};
/// The initiator proves itself by EAP (RFC 7296 2.16): what is kept between its requests.
struct EapGuest {
    dataplane::TunnelId tunnel{};
    std::shared_ptr<const eap::Authenticator> authenticator;  ///< the tunnel's, which outlives the conversation
    std::unique_ptr<eap::Conversation> conversation;
    wire::Payloads first_request;  ///< says who it is and what it wants, all of which waits for its AUTH
    std::uint32_t rounds = 0;
    bool succeeded = false;
};
/// A request of IKE_AUTH, while the status of its sender's certificate is asked for.
struct WaitingRequest {
    Path path;
    std::uint32_t message_id = 0;
    Fingerprint fingerprint{};
    wire::Payloads payloads;
};
struct HalfOpen {
    Transcript transcript;
    Fingerprint init_request{};
    std::vector<dataplane::TunnelId> candidates;  ///< by address; IDi decides among them
    std::vector<crypto::DhId> additional;         ///< key exchanges that must come before IKE_AUTH, in order
    std::unique_ptr<EapGuest> eap;                ///< null: it has not asked for EAP
    std::unique_ptr<WaitingRequest> waiting;      ///< null: nothing waits
};
struct Refused {
    Fingerprint init_request{};
};
struct Established {
    TimePoint since;
    TimePoint rekey_at;
    Bytes lowest_nonce;  ///< of the exchange that made it: decides between doubles
};
struct Replaced {};
struct Deleting {};
struct Closed {};

using IkeState = std::variant<Connecting, HalfOpen, Refused, Established, Replaced, Deleting, Closed>;

/// The keys of an IKE SA, in the form in which they are used.
struct Protection {
    std::unique_ptr<crypto::SkCipher> seal;
    std::unique_ptr<crypto::SkCipher> open;
    std::uint64_t next_gcm_iv = 1;  ///< never repeats under one key (RFC 5282 3.1)
    crypto::PrfId prf = crypto::PrfId::kHmacSha256;
    crypto::Secret sk_d;
    crypto::Secret sk_p_ours;
    crypto::Secret sk_p_theirs;

    /// What the keys would be with this PPK; the cipher's stay.
    PpkKeys mixed_with(const Ppk& ppk) const { return mix_ppk(prf, ppk.key, sk_d, sk_p_ours, sk_p_theirs); }
    void take(PpkKeys keys);
};

struct IkeSa {
    bool initiator = false;  ///< of this IKE SA: flag I of what we send
    IkeSpi spi_i{};
    IkeSpi spi_r{};
    IkeState state;
    Path path;
    NatFinding nat;
    bool udp_encapsulation = false;
    Mobility mobility;
    bool peer_uses_ppk = false;              ///< it has said that it can (RFC 8784 3)
    bool ppk_mixed_in = false;               ///< the keys are made with one
    crypto::Secret peer_token;               ///< shows that the peer has lost this IKE SA (RFC 6290); empty: none
    std::optional<HashNumbers> peer_hashes;  ///< what it verifies signatures with, if it says so
    bool peer_takes_childless = false;       ///< an IKE_AUTH without a CHILD_SA (RFC 6023)
    bool fragmentation = false;              ///< both said that they take fragments (RFC 7383)
    IkeSuite suite;
    std::optional<Protection> protection;
    std::optional<Protection> next_protection;            ///< takes over once the answer under way is sealed
    std::unique_ptr<crypto::SkCipher> open_last_request;  ///< where that came under older keys; null: under these
    std::optional<dataplane::TunnelId> tunnel;            ///< for a half-open one: not before AUTH
    std::optional<Identity> peer_id;                      ///< authenticated
    std::string eap_identity;  ///< of a peer that has proven itself by EAP: octets of its choosing
    OutgoingWindow out;
    IncomingWindow in;
    Fragments request_fragments;                   ///< of the request that `in` expects
    Fragments response_fragments;                  ///< of the answer that `out` waits for
    bool we_authenticated_first = false;           ///< our IKE_AUTH request began it, or what it was rekeyed from
    std::optional<TimePoint> authenticated_until;  ///< then it must have been negotiated anew; empty: no end
    TimePoint reauthenticate_at;                   ///< when that is begun; by the end itself for who waits for it
    std::optional<IkeSpi> reauthenticates;         ///< our SPI of the IKE SA whose place it takes when it can
    /// Made by a rekey of the peer that crossed ours, and not yet decided upon: our SPI of the IKE SA that both
    /// replace.
    std::optional<IkeSpi> heir_to;
    std::vector<dataplane::ChildId> children;  ///< in order of creation, without those retiring
    TimePoint last_inbound;                    ///< when the peer last proved to be there
    std::uint64_t packets_in_seen = 0;         ///< of its children, at the last look
    std::uint64_t packets_out_seen = 0;

    /// Both are authenticated, and say that they are the same.
    /// Of a peer that has proven itself: who it is to an operator. What a client of EAP says as IDi proves nothing.
    std::string shown_name() const { return eap_identity.empty() ? peer_id->to_string() : printable(eap_identity); }
    /// Of a peer that has proven itself: what it is told apart from others by, however it spells that.
    std::string peer_name() const {
        return eap_identity.empty() ? peer_id->folded().to_string() : printable(eap_identity);
    }
    bool has_peer_of(const IkeSa& other) const {
        return peer_id == other.peer_id && eap_identity == other.eap_identity;
    }
    IkeSpi local_spi() const { return initiator ? spi_i : spi_r; }
    IkeSpi peer_spi() const { return initiator ? spi_r : spi_i; }
    std::uint64_t timer_owner() const { return to_number(local_spi()); }
    template <typename S>
    bool is() const {
        return std::holds_alternative<S>(state);
    }
};

/// When a request gets its answer.
enum class Answering : std::uint8_t {
    kNow,
    kLater,       ///< it waits for the status of a certificate (on_status)
    kIfRepeated,  ///< as many wait for one as may
};

/// What an exchange's responder hands back. `after`: the answer waits until this CHILD_SA is installed, so that the
/// first packet of the peer finds it (2.8).
struct Reply {
    wire::Payloads payloads;
    std::optional<dataplane::ChildId> after;
    Answering answering = Answering::kNow;
};

/// A message of the peer's, verified.
struct Opened {
    wire::Payloads payloads;
    wire::Chain chain;  ///< the same as octets
};

/// A reply that is one notify.
Reply refuse(wire::NotifyType type, Bytes data = {});
wire::Notify make_notify(wire::NotifyType type, Bytes data = {});

/// Empty when the keys do not fit the suite, which would be our own mistake.
std::optional<Protection> protect(const IkeSuite& suite, IkeKeys keys, bool initiator);

/// The lexicographically lower of two nonces (2.8.1).
Bytes lower_nonce(const Bytes& a, const Bytes& b);

}  // namespace esplane::ike
