// The data plane over a TUN device and sockets, one worker on a thread of its own.
#pragma once

#include <map>
#include <thread>

#include "dataplane/dataplane.h"
#include "dataplane/io/cipher_sockets.h"
#include "dataplane/io/tun.h"
#include "dataplane/io/udp_esp.h"
#include "dataplane/io/waiter.h"
#include "dataplane/worker/mailbox.h"
#include "dataplane/worker/worker.h"

namespace esplane::dataplane {

class TunDataplane final : public Dataplane {
  public:
    TunDataplane(CipherSockets sockets, int cpu);
    ~TunDataplane() override;

    Result<void, std::string> open_port(const ClearPortOptions& port) override;
    void close_port(ClearPort port) override;
    void add_tunnel(const TunnelPolicy& policy) override;
    void remove_tunnel(TunnelId tunnel) override;
    void install(ChildOptions child) override;
    void activate(ChildId child) override;
    void retire(ChildId child) override;
    void move_path(ChildId child, const Path& outer, Encapsulation encapsulation) override;

    void set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) override;

    int event_fd() const override { return mailbox_.to_control.descriptor(); }
    std::optional<Event> poll_event() override;
    void send_ike(const Path& path, ByteView datagram) override;
    void send_keepalive(const Path& path) override;

    std::optional<ChildCounters> counters(ChildId child) const override;
    DropCounts drops(ChildId child) const override;
    DropCounts drops(TunnelId tunnel) const override;
    std::vector<WorkerStatus> workers() const override;

  private:
    void submit(Command command);
    /// False when the event concerns nobody but the data plane: what came back is wiped with it.
    bool is_for_caller(const Event& event);

    CipherSockets sockets_;
    int cpu_;
    Bell to_control_;
    Mailbox mailbox_{to_control_};
    Outbox<Command> commands_;
    Waiter waiter_;
    TunIo tun_;
    UdpEspIo udp_esp_;
    Worker<TunIo, UdpEspIo> worker_;
    std::map<ClearPort, FileDescriptor> devices_;
    std::multimap<ClearPort, FileDescriptor> closing_;  // until the worker has let go
    // The worker's objects, for reading their counters: there from install until they come back.
    std::map<ChildId, const ChildSa*> children_;
    std::map<TunnelId, const TunnelState*> tunnels_;
    std::thread thread_;
};

}  // namespace esplane::dataplane
