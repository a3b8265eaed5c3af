// What an operator chooses of the IKE engine and of each tunnel.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/key_encapsulation.h"
#include "crypto/secret.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/selector.h"
#include "dataplane/sa/types.h"
#include "ike/core/auth_certificate.h"
#include "ike/core/identity.h"
#include "ike/core/pool.h"
#include "ike/core/ppk.h"
#include "ike/core/suite.h"
#include "ike/eap/conversation.h"

namespace esplane::ike {

enum class StartMode : std::uint8_t {
    kAuto,      ///< initiate at start and keep it up
    kOnDemand,  ///< initiate at the first packet that wants it
    kListen,    ///< only answer
};

enum class DpdAction : std::uint8_t {
    kRestart,  ///< negotiate anew at once
    kClear,    ///< forget it; comes up again by the peer or by command
    kTrap,     ///< forget it; comes up again at the next packet that wants it
};

struct DpdOptions {
    std::chrono::milliseconds delay{10'000};  ///< without inbound traffic, before a liveness check; 0: off
    std::chrono::milliseconds timeout{
        30'000};  ///< of retransmissions of a liveness check before the peer counts as gone
    DpdAction action = DpdAction::kRestart;
};

/// Whether the first CHILD_SA, too, is made by CREATE_CHILD_SA, with a key exchange of its own, when we initiate (RFC
/// 6023). A peer's IKE_AUTH without a CHILD_SA is answered in any case.
enum class Childless : std::uint8_t {
    kNo,
    kPrefer,   ///< where the peer knows it
    kRequire,  ///< or there is no IKE SA
};

/// One of the CHILD_SAs that a tunnel is made of: an SPD entry (RFC 4301 4.4.1). Its place in the tunnel's list is its
/// number for the data plane.
struct ChildPolicy {
    std::string name;  ///< empty: the tunnel's only one, made of local.subnets and remote.subnets
    dataplane::SelectorPair selectors;
};

struct TunnelOptions {
    dataplane::TunnelId id{};
    dataplane::WorkerId worker{};  ///< of the data plane, which has the tunnel's CHILD_SAs
    std::string name;
    std::optional<IpAddress> local_address;   ///< none: whichever the route to the peer has
    std::optional<IpAddress> remote_address;  ///< none: any; such a tunnel can only listen
    Identity local_id;
    IdentityPattern remote_id;
    /// How both sides prove who they are: one of the two.
    std::shared_ptr<const crypto::Secret> psk;
    std::shared_ptr<const CertificateAuth> certificate;
    std::shared_ptr<const Ppk> ppk;  ///< null: none
    /// Where the initiator proves itself by EAP (RFC 7296 2.16): the former as responder, whose own proof is
    /// `certificate`; the latter as initiator. Null: no EAP.
    std::shared_ptr<const eap::Authenticator> eap_authenticator;
    std::shared_ptr<const eap::Supplicant> eap_supplicant;
    std::vector<IkeProposal> ike_proposals;
    std::vector<EspProposal> esp_proposals;
    std::chrono::milliseconds ike_lifetime{std::chrono::hours(8)};
    std::chrono::milliseconds ike_rekey_margin{std::chrono::minutes(9)};
    std::chrono::milliseconds esp_lifetime{std::chrono::hours(1)};
    std::chrono::milliseconds esp_rekey_margin{std::chrono::minutes(3)};
    /// How long an authentication lasts, whatever is rekeyed meanwhile; 0: for ever.
    std::chrono::milliseconds reauthentication{0};
    Childless childless = Childless::kNo;
    bool follow_redirects = true;            ///< to another gateway that proves the same identity (RFC 5685)
    bool mobike = true;                      ///< addresses may change under its SAs (RFC 4555)
    std::uint64_t esp_lifetime_bytes = 0;    ///< of inner packets on a CHILD_SA, in each direction; 0: no limit
    std::uint64_t esp_lifetime_packets = 0;  ///< the same
    std::vector<ChildPolicy> children;       ///< one at least; names differ
    /// Each peer gets addresses of it, and becomes a tunnel of its own, with the remote selectors narrowed to them. The
    /// only child's remote selectors are those of the pool.
    std::optional<PoolOptions> pool;
    /// We ask the peer for an address of each family of the only child's remote selectors; its local ones are all
    /// addresses, of which those that are given remain.
    bool virtual_address = false;
    /// Asked for with every CHILD_SA. Transport mode needs the peer's consent and no NAT; the children's selectors must
    /// then be the two gateways themselves.
    dataplane::Mode mode = dataplane::Mode::kTunnel;
    /// Rekey the first CHILD_SA as soon as it works: its key exchange is the first that has a group of ESP's own, and
    /// would otherwise be tried for the first time at the end of its lifetime.
    bool verify_pfs = false;
    bool esn = true;  ///< offer and accept ESN; the peer may still choose 32 bits
    std::uint32_t replay_window = 1024;
    DpdOptions dpd;
    StartMode start = StartMode::kAuto;
    bool force_encap = false;
};

struct Options {
    /// Outlives the engine.
    const crypto::Encapsulation* encapsulation = &crypto::openssl_encapsulation();
    std::uint16_t ike_port = 500;
    std::uint16_t natt_port = 4500;
    std::uint8_t workers = 1;             ///< of the data plane, among which the peers of a pool are shared
    std::uint32_t cookie_threshold = 32;  ///< half-open SAs as responder from which cookies are asked for
    /// Above it IKE_SA_INIT is dropped. By then everybody has brought a cookie: it is for many honest peers at once,
    /// and bounds memory to some 32 MiB.
    std::uint32_t half_open_limit = 8192;
    std::uint32_t half_open_of_source = 256;  ///< the same for one source: an IPv4 address, or a /64 of IPv6
    std::chrono::milliseconds half_open_timeout{30'000};
    /// A half-open SA has this time from the first round of EAP on. Of such there are fewer: each has the peer's first
    /// request, and may have a TLS session.
    std::chrono::milliseconds eap_timeout{60'000};
    std::uint32_t eap_limit = 1024;
    /// Of them, those whose IKE_AUTH waits for the status of a certificate. Each keeps what it has said.
    std::uint32_t status_wait_limit = 256;
    /// Key exchanges that we compute for peers that have not proven themselves, in the long run; at once as many as in
    /// two seconds. What is above is dropped: the peer repeats its request.
    std::uint32_t handshakes_per_second = 4000;
    /// What tokens are made of that tell a peer of our restart (RFC 6290), the same after it; null: none are made.
    std::shared_ptr<const crypto::Secret> crash_secret;
    std::chrono::milliseconds retransmit_first{500};  ///< first wait; each further one `retransmit_base` times longer
    double retransmit_base = 1.8;
    std::uint32_t retransmit_tries = 5;  ///< of a request after the first transmission; then the peer is silent
    std::chrono::milliseconds keepalive_interval{20'000};
    std::chrono::milliseconds retry_interval{
        10'000};  ///< between attempts of `start: auto` after a failure, with jitter
    std::chrono::milliseconds retired_linger{5'000};  ///< how long an inbound SA stays after its replacement (2.8)
};

}  // namespace esplane::ike
