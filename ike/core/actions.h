// What goes into the engine besides datagrams, and what comes out of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dataplane/sa/child_options.h"
#include "ike/core/options.h"
#include "ike/wire/message.h"

namespace esplane::ike {

using TimePoint = std::chrono::steady_clock::time_point;

enum class CommandId : std::uint64_t {};

// --- commands ---
struct AddTunnel {
    TunnelOptions options;
};
/// Deletes its SAs at the peer and forgets it.
struct RemoveTunnel {
    std::string name;
};
struct Up {
    std::string name;
};
struct Down {
    std::string name;
};
struct Rekey {
    std::string name;
    bool ike = false;  ///< the IKE SA instead of the CHILD_SA
};
/// This host's end has another address now. Where every IKE SA of the tunnel can be taken along (RFC 4555) it is;
/// otherwise the command fails and changes nothing.
struct MoveTunnel {
    std::string name;
    IpAddress local;
};
/// Deletes all SAs; `idle()` turns true when the peers have answered or time is up.
struct Shutdown {};

struct Command {
    CommandId id{};
    std::variant<AddTunnel, RemoveTunnel, Up, Down, Rekey, MoveTunnel, Shutdown> what;
};

// --- what the data plane says; the engine's own form, so that a simulation needs no worker ---
struct ChildInstalled {
    dataplane::ChildId child;
};
struct ChildFirstInbound {
    dataplane::ChildId child;
};
struct ChildSoftLimit {
    dataplane::ChildId child;
};
/// It carries nothing any more.
struct ChildHardLimit {
    dataplane::ChildId child;
};
/// A packet wants this policy of the tunnel, which has no CHILD_SA.
struct TunnelWanted {
    dataplane::TunnelId tunnel;
    std::uint32_t policy = 0;
};
/// An authenticated, non-replayed packet of this CHILD_SA came from elsewhere than it is sent to.
struct ChildPeerMoved {
    dataplane::ChildId child;
    Path seen;
};
/// ESP that no SA was there for; anyone can have sent it. Without ports where it was not in UDP.
struct UnknownEsp {
    Path seen;
    dataplane::Spi spi{};
};
using DataplaneEvent = std::variant<ChildInstalled, ChildFirstInbound, ChildSoftLimit, ChildHardLimit, TunnelWanted,
                                    ChildPeerMoved, UnknownEsp>;

/// What the engine must know of traffic: asked when a liveness check is due.
class TrafficView {
  public:
    virtual ~TrafficView() = default;
    /// Packets that passed the ICV on this CHILD_SA so far.
    virtual std::uint64_t packets_in(dataplane::ChildId child) const = 0;
    virtual std::uint64_t packets_out(dataplane::ChildId child) const = 0;
};

/// The time of day, which certificates are held against: asked when one is to be verified.
class WallClock {
  public:
    virtual ~WallClock() = default;
    virtual std::chrono::system_clock::time_point now() const = 0;
};

/// What became of a FetchStatus; an empty response: none could be had.
struct StatusFetched {
    std::string certificate;
    Bytes response;
};

// --- actions ---
/// Send on this path. Where the local port is the NAT-T port the transport puts the non-ESP marker in front.
struct Send {
    Path path;
    Bytes datagram;
};
struct SendKeepalive {
    Path path;
};
/// Answered by ChildInstalled.
struct InstallChild {
    dataplane::ChildOptions child;
};
struct ActivateChild {
    dataplane::ChildId child;
};
struct RetireChild {
    dataplane::ChildId child;
};
struct MoveChildPath {
    dataplane::ChildId child;
    Path outer;
    dataplane::Encapsulation encapsulation;
};

/// A peer of a tunnel that has a pool comes into being as a tunnel of its own: the data plane needs a policy for it
/// before its first InstallChild.
struct AddInstance {
    dataplane::TunnelId id{};
    dataplane::TunnelId of{};  ///< the configured tunnel
    std::string name;          ///< "TUNNEL/PEER"
    dataplane::WorkerId worker{};
    dataplane::SelectorPair selectors;
};
/// It is gone, and all of its CHILD_SAs are retired.
struct RemoveInstance {
    dataplane::TunnelId id{};
};

/// The peer has given us these addresses, in the place of those that it gave before.
struct UseVirtualAddresses {
    dataplane::TunnelId tunnel{};
    std::vector<IpAddress> addresses;
};

/// POST `request`, an OCSPRequest, to `url` (RFC 6960 A.1). Answered by StatusFetched within ten seconds, whatever
/// becomes of it.
struct FetchStatus {
    std::string certificate;  ///< its fingerprint
    std::string url;
    Bytes request;
};

enum class Severity : std::uint8_t { kInfo, kWarning, kError };

/// Something an operator may want to know: one log line, one entry of `events`.
struct Happened {
    Severity severity = Severity::kInfo;
    std::string tunnel;   ///< empty when it belongs to none
    std::string code;     ///< stable: "established", "wrong_psk", "no_common_ike_proposal", …
    std::string message;  ///< a whole sentence: what happened, what the peer said, what is configured here, what to do
};

struct CommandDone {
    CommandId id{};
    bool ok = false;
    std::string code;
    std::string message;
};

using Action = std::variant<Send, SendKeepalive, InstallChild, ActivateChild, RetireChild, MoveChildPath, AddInstance,
                            RemoveInstance, UseVirtualAddresses, FetchStatus, Happened, CommandDone>;

// --- status ---
enum class TunnelState : std::uint8_t { kDown, kConnecting, kEstablished };

struct LastError {
    std::string code;
    std::string message;
};

struct IkeStatus {
    IkeSpi spi_i{};
    IkeSpi spi_r{};
    bool initiator = false;
    IkeSuite suite;
    TimePoint established_at;
    TimePoint rekey_at;
    bool local_nat = false;
    bool remote_nat = false;
    bool ppk = false;  ///< a post-quantum pre-shared key is in its keys
};

struct ChildStatus {
    dataplane::ChildId id{};
    std::string name;  ///< of the policy that it serves
    dataplane::Spi spi_in{};
    dataplane::Spi spi_out{};
    EspSuite suite;
    dataplane::SelectorPair selectors;
    dataplane::Mode mode = dataplane::Mode::kTunnel;
    dataplane::Encapsulation encapsulation = dataplane::Encapsulation::kNone;
    std::string state;  ///< "installing", "installed", "rekeying", "retiring"
    TimePoint established_at;
    TimePoint rekey_at;
};

/// How many there are now, and what has come in since the start that led to nothing.
struct Counters {
    std::size_t half_open = 0;
    std::size_t ike_sas = 0;
    std::size_t child_sas = 0;
    std::size_t timers = 0;  ///< deadlines that are set
    std::uint64_t datagrams = 0;
    std::uint64_t malformed = 0;      ///< no IKE message, or an unprotected one that does not parse
    std::uint64_t wrong_version = 0;  ///< major version other than 2
    std::uint64_t unknown_sa = 0;     ///< no IKE SA has these SPIs
    std::uint64_t not_expected = 0;   ///< not in this state, or outside the window
    std::uint64_t repeated = 0;       ///< a request again, answered with the same answer
    std::uint64_t bad_icv = 0;        ///< not from the peer, or damaged
    std::uint64_t cookies_asked = 0;
    std::uint64_t half_open_dropped = 0;   ///< above the limit
    std::uint64_t handshakes_dropped = 0;  ///< above the rate
    std::uint64_t strangers_refused = 0;   ///< IKE_SA_INIT that no tunnel answers
};

/// Of a tunnel that hands out addresses.
struct PoolStatus {
    std::vector<Prefix> addresses;
    std::uint32_t size = 0;    ///< how many peers have room
    std::uint32_t in_use = 0;  ///< how many are there
};

struct TunnelStatus {
    std::string name;
    dataplane::TunnelId id{};
    TunnelState state = TunnelState::kDown;
    std::optional<Endpoint> peer;
    std::string peer_id;
    std::optional<IkeStatus> ike;
    std::vector<ChildStatus> children;
    std::vector<std::string> missing;  ///< names of the policies that have no CHILD_SA
    std::optional<LastError> last_error;
    std::optional<PoolStatus> pool;
    std::optional<dataplane::TunnelId> instance_of;  ///< it is one peer of this configured tunnel
    std::vector<IpAddress> virtual_addresses;        ///< of that peer, or ours that the peer has given us
    std::vector<IpAddress> dns;                      ///< servers that the peer has named to us
};

}  // namespace esplane::ike
