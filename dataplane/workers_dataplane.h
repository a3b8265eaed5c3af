// The control thread's side of any number of workers, whatever they poll.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "dataplane/dataplane.h"
#include "dataplane/tunnel_placement.h"
#include "dataplane/worker/handoff.h"
#include "dataplane/worker/mailbox.h"
#include "dataplane/worker_thread.h"
#include "dataplane/worker_watch.h"

namespace esplane::dataplane {

/// What is derived from it makes the workers, tells this of each in order (employ), and ends them first.
class WorkersDataplane : public Dataplane {
  public:
    WorkerId add_tunnel(const TunnelPolicy& policy) override;
    void remove_tunnel(TunnelId tunnel) override;
    void install(ChildOptions child) override;
    void activate(ChildId child) override;
    void retire(ChildId child) override;
    void move_path(ChildId child, const Path& outer, Encapsulation encapsulation) override;

    void set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) override;

    int event_fd() const override { return to_control_.descriptor(); }
    std::optional<Event> poll_event() override;

    std::optional<ChildCounters> counters(ChildId child) const override;
    DropCounts drops(ChildId child) const override;
    DropCounts drops(TunnelId tunnel) const override;
    std::vector<WorkerStatus> workers() const override;
    void look_after_workers() override;

  protected:
    explicit WorkersDataplane(std::size_t workers);

    void employ(WorkerThread& worker) {
        workers_.push_back(&worker);
        watches_.emplace_back();
    }
    Mailbox& mailbox(WorkerId worker) { return mailboxes_[to_number(worker)]; }
    Handoff handoff_ends_of(WorkerId worker) const { return handoff_.ends_of(worker); }
    std::size_t count() const { return mailboxes_.size(); }
    void submit(WorkerId worker, Command command);

  private:
    /// A worker has let go of a device.
    virtual void let_go(WorkerId worker, ClearPort port) = 0;

    /// A worker's object, for reading its counters: there from install until it comes back.
    struct Child {
        WorkerId owner{};
        const ChildSa* sa = nullptr;
    };

    /// To the worker that has the CHILD_SA; to none when it has come back.
    void submit(ChildId child, Command command);
    std::optional<Event> next_event();
    std::optional<Event> next_event(WorkerId worker);
    /// False when the event concerns nobody but the data plane: what came back is wiped with it.
    bool is_for_caller(WorkerId from, const Event& event);
    void tell_others(WorkerId from, const ForeignReport& report);

    Bell to_control_;
    std::deque<Mailbox> mailboxes_;  // by worker
    HandoffMesh handoff_;
    TunnelPlacement placement_;
    std::map<ChildId, Child> children_;
    std::size_t turn_ = 0;  // whose events are looked for first
    std::vector<WorkerThread*> workers_;
    std::vector<WorkerWatch> watches_;  // by worker
};

/// Of the worker of this number, from 0.
constexpr WorkerId worker_id(std::size_t index) {
    return WorkerId{static_cast<std::uint8_t>(index)};
}

}  // namespace esplane::dataplane
