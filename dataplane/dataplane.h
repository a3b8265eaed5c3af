// The control thread's handle on the data plane: start it, hand it tunnels and SAs, take its events, read its counters.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/result.h"
#include "dataplane/options.h"
#include "dataplane/port_status.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/worker/messages.h"

namespace esplane::dataplane {

struct ChildCounters {
    std::uint64_t packets_in = 0;
    std::uint64_t bytes_in = 0;  ///< inner octets
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_out = 0;
};

using DropCounts =
    std::vector<std::pair<std::string, std::uint64_t>>;  ///< stable reason, count; reasons with 0 left out

struct WorkerStatus {
    int id = 0;
    int cpu = -1;
    std::uint64_t packets = 0;
    std::uint64_t handed_over = 0;    ///< to other workers, of those that arrived at this one
    std::uint64_t bursts = 0;         ///< turns that had packets
    std::uint64_t arrived = 0;        ///< packets in them
    std::chrono::nanoseconds busy{};  ///< that they took
    double load = 0;                  ///< share of the last half second that went into packets, 0 to 1
    bool stalled = false;             ///< it has stood still for half a second
    DropCounts drops;
};

/// Owned and called by the control thread alone.
class Dataplane {
  public:
    virtual ~Dataplane() = default;  ///< stops the workers, closes devices and sockets, wipes SAs

    /// Creates the TUN device, not yet up; addresses and routes are the caller's.
    virtual Result<void, std::string> open_port(const ClearPortOptions& port) = 0;
    virtual void close_port(ClearPort port) = 0;

    /// Which worker has the tunnel: the inbound SPIs of its CHILD_SAs must name it.
    virtual WorkerId add_tunnel(const TunnelPolicy& policy) = 0;
    virtual void remove_tunnel(TunnelId tunnel) = 0;
    /// Answered by an Installed event. Keys are moved out of `child`.
    virtual void install(ChildOptions child) = 0;
    virtual void activate(ChildId child) = 0;
    virtual void retire(ChildId child) = 0;
    virtual void move_path(ChildId child, const Path& outer, Encapsulation encapsulation) = 0;

    /// The way to a tunnel's peer leads over a link of this MTU now.
    virtual void set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) = 0;

    /// Readable when poll_event may have something.
    virtual int event_fd() const = 0;
    /// Installed, FirstInbound, SoftLimit, HardLimit, Acquire, PeerMoved, UnknownSpi, Resized and Punted; what comes
    /// back retired is wiped inside.
    virtual std::optional<Event> poll_event() = 0;

    /// Sends an IKE datagram; from the NAT-T port with the non-ESP marker in front (RFC 3948 2.2). `keepalive` instead
    /// sends the single octet 0xFF. Errors of the network are not errors of the caller: IKE retransmits.
    virtual void send_ike(const Path& path, ByteView datagram) = 0;
    virtual void send_keepalive(const Path& path) = 0;

    virtual std::optional<ChildCounters> counters(ChildId child) const = 0;
    virtual DropCounts drops(ChildId child) const = 0;
    virtual DropCounts drops(TunnelId tunnel) const = 0;
    virtual std::vector<WorkerStatus> workers() const = 0;
    /// To be called every half second: what workers() says of load and standstill is of the time since the last call.
    virtual void look_after_workers() {}
    /// What is behind the tunnel of this name from now on, in place of what was: nothing that the host's programs send
    /// there leaves by a port in clear. Without `remote`, nothing. Where the kernel has the clear side, its routes see
    /// to it.
    virtual void protect(const std::string& /*tunnel*/, const std::vector<Prefix>& /*local*/,
                         const std::vector<Prefix>& /*remote*/) {}
    virtual PortsStatus ports() const { return {}; }  ///< none where the kernel drives the devices
    /// What the operator should know of how it started, a sentence each.
    virtual std::vector<std::string> remarks() const { return {}; }
};

/// TUN on the clear side, UDP 4500 and raw ESP (IPv4 and IPv6) on the cipher side. Opens the sockets, starts the
/// workers. The error says which socket or device, why, and what to do.
Result<std::unique_ptr<Dataplane>, std::string> start_tun_dataplane(const Options& options);

}  // namespace esplane::dataplane
