// What we want of a peer (Task), and what an exchange that we started remembers until it is answered (Exchange).
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "crypto/key_exchange.h"
#include "ike/core/actions.h"
#include "ike/core/int_auth.h"
#include "ike/core/ppk.h"
#include "ike/core/spi_pool.h"
#include "ike/eap/conversation.h"

namespace esplane::ike {

// --- tasks: wait for the window; those that have become pointless by then are skipped ---
struct CreateChild {
    std::uint32_t policy = 0;  ///< of the tunnel's
    friend bool operator==(const CreateChild&, const CreateChild&) = default;
};
struct RekeyChild {
    dataplane::ChildId child;
    friend bool operator==(const RekeyChild&, const RekeyChild&) = default;
};
struct RekeyIke {
    friend bool operator==(const RekeyIke&, const RekeyIke&) = default;
};
/// `spi_in` names it to the peer; `child` is empty for one that lost a collision and was never installed.
struct DeleteChild {
    dataplane::Spi spi_in;
    std::optional<dataplane::ChildId> child;
    friend bool operator==(const DeleteChild&, const DeleteChild&) = default;
};
/// `reason`: an error to tell the peer along with it (2.21.2).
struct DeleteIke {
    std::optional<wire::NotifyType> reason;
    friend bool operator==(const DeleteIke&, const DeleteIke&) = default;
};
struct CheckLiveness {
    friend bool operator==(const CheckLiveness&, const CheckLiveness&) = default;
};
/// The peer sends ESP that we have no SA for.
struct TellInvalidSpi {
    dataplane::Spi spi;
    friend bool operator==(const TellInvalidSpi&, const TellInvalidSpi&) = default;
};
struct TellCrashToken {
    friend bool operator==(const TellCrashToken&, const TellCrashToken&) = default;
};
/// Says where we are now (RFC 4555 3.5).
struct UpdateAddresses {
    friend bool operator==(const UpdateAddresses&, const UpdateAddresses&) = default;
};
/// Whether the peer receives where it says it is (RFC 4555 3.7).
struct CheckRoute {
    friend bool operator==(const CheckRoute&, const CheckRoute&) = default;
};
using Task = std::variant<CreateChild, RekeyChild, RekeyIke, DeleteChild, DeleteIke, CheckLiveness, TellInvalidSpi,
                          TellCrashToken, UpdateAddresses, CheckRoute>;

// --- exchanges in flight ---

/// The two messages and nonces of IKE_SA_INIT, and what follows of IKE_INTERMEDIATE: what AUTH signs (2.15).
struct Transcript {
    Bytes request;
    Bytes response;
    Bytes nonce_i;
    Bytes nonce_r;
    IntAuth intermediate{};
};

/// What stands in SA, TSi and TSr of a request of ours.
struct ChildOffer {
    std::uint32_t policy = 0;
    SpiLease spi_in;
    std::vector<wire::Proposal> proposals;
    dataplane::SelectorPair selectors;
    bool transport = false;  ///< USE_TRANSPORT_MODE goes along (1.3.1)
};

struct InitExchange {
    std::vector<wire::Proposal> offered;
    std::unique_ptr<crypto::KeyExchange> ke;
    Bytes nonce;
    Bytes cookie;
    std::uint32_t cookies_taken = 0;
    std::uint32_t groups_refused = 0;
    /// Why an answer was not believed: told to the operator if no better one comes.
    std::optional<LastError> hint;
};

/// An additional key exchange before IKE_AUTH (RFC 9242).
struct IntermediateExchange {
    Transcript transcript;
    std::unique_ptr<crypto::KeyExchange> ke;
    std::vector<crypto::DhId> left;  ///< of those that follow
    std::optional<LastError> hint;   ///< an unprotected error that came instead of an answer
};

/// Rounds of EAP in IKE_AUTH (2.16).
struct EapRounds {
    std::shared_ptr<const eap::Supplicant> supplicant;  ///< the tunnel's, which outlives the conversation
    std::unique_ptr<eap::Conversation> conversation;
    std::optional<wire::Id> gateway;  ///< once it has proven itself by certificate: nothing is said to EAP before
    std::uint32_t count = 0;
    bool succeeded = false;
};

struct AuthExchange {
    Transcript transcript;
    std::optional<PpkKeys> ppk_keys;  ///< what the keys become if the peer uses the PPK, too
    std::optional<ChildOffer> child;  ///< empty: childless
    std::optional<LastError> hint;    ///< an unprotected error that came instead of an answer
    std::optional<EapRounds> eap;
};

struct WaitingAnswer {
    AuthExchange exchange;
    wire::Payloads payloads;
};

/// A rekey by the peer that crossed ours, answered while ours was in flight (2.8.1).
template <typename Successor>
struct Rival {
    Successor successor;
    Bytes lowest_nonce;
};

struct ChildExchange {
    std::optional<dataplane::ChildId> replaces;
    ChildOffer offer;
    std::unique_ptr<crypto::KeyExchange> ke;  ///< null without PFS
    Bytes nonce;
    std::optional<Rival<dataplane::ChildId>> rival;
};

struct IkeRekeyExchange {
    IkeSpi spi{};  ///< ours of the new IKE SA
    std::vector<wire::Proposal> offered;
    std::unique_ptr<crypto::KeyExchange> ke;
    Bytes nonce;
    std::optional<Rival<IkeSpi>> rival;  ///< our SPI of the one that the peer made
};

struct ChildDeletion {
    std::optional<dataplane::ChildId> child;
};
struct IkeDeletion {};
/// `path`: where it was sent.
struct LivenessExchange {
    Path path;
};
/// Tells the peer something that it need not answer to.
struct NoticeExchange {};

/// `path`: what the peer was told.
struct AddressUpdate {
    Path path;
};
struct RouteCheck {
    Path path;  ///< that is to be proven
    Bytes cookie;
    bool overtaken = false;  ///< the peer has moved on since: it proves nothing any more
};

using Exchange = std::variant<InitExchange, IntermediateExchange, AuthExchange, ChildExchange, IkeRekeyExchange,
                              ChildDeletion, IkeDeletion, LivenessExchange, NoticeExchange, AddressUpdate, RouteCheck>;

}  // namespace esplane::ike
