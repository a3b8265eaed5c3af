// The data plane over TUN devices and sockets: the control thread's side of any number of workers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "dataplane/dataplane.h"
#include "dataplane/tunnel_placement.h"
#include "dataplane/worker_thread.h"

namespace esplane::dataplane {

class TunDataplane final : public Dataplane {
  public:
    /// `sockets` by worker.
    TunDataplane(std::vector<CipherSockets> sockets, const Options& options);
    ~TunDataplane() override;

    Result<void, std::string> open_port(const ClearPortOptions& port) override;
    void close_port(ClearPort port) override;
    WorkerId add_tunnel(const TunnelPolicy& policy) override;
    void remove_tunnel(TunnelId tunnel) override;
    void install(ChildOptions child) override;
    void activate(ChildId child) override;
    void retire(ChildId child) override;
    void move_path(ChildId child, const Path& outer, Encapsulation encapsulation) override;

    void set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) override;

    int event_fd() const override { return to_control_.descriptor(); }
    std::optional<Event> poll_event() override;
    void send_ike(const Path& path, ByteView datagram) override;
    void send_keepalive(const Path& path) override;

    std::optional<ChildCounters> counters(ChildId child) const override;
    DropCounts drops(ChildId child) const override;
    DropCounts drops(TunnelId tunnel) const override;
    std::vector<WorkerStatus> workers() const override;

  private:
    /// A worker's object, for reading its counters: there from install until it comes back.
    struct Child {
        WorkerId owner{};
        const ChildSa* sa = nullptr;
    };

    void submit(WorkerId worker, Command command);
    /// To the worker that has the CHILD_SA; to none when it has come back.
    void submit(ChildId child, Command command);
    std::optional<Event> next_event();
    std::optional<Event> next_event(WorkerId worker);
    /// False when the event concerns nobody but the data plane: what came back is wiped with it.
    bool is_for_caller(WorkerId from, const Event& event);
    void tell_others(WorkerId from, const ForeignReport& report);
    void close_queue(WorkerId worker, ClearPort port);

    Bell to_control_;
    std::deque<Mailbox> mailboxes_;  // by worker
    HandoffMesh handoff_;
    std::map<ClearPort, std::vector<FileDescriptor>> devices_;  // a queue a worker
    std::map<ClearPort, std::vector<FileDescriptor>> closing_;  // each until its worker has let go
    TunnelPlacement placement_;
    std::map<ChildId, Child> children_;
    std::size_t turn_ = 0;                                // whose events are looked for first
    std::vector<std::unique_ptr<WorkerThread>> workers_;  // ends first, while all that it uses is there
};

}  // namespace esplane::dataplane
