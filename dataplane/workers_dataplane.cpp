#include "dataplane/workers_dataplane.h"

#include <utility>

namespace esplane::dataplane {
namespace {

/// `read(DropReason)` is the count of one.
template <typename Read>
DropCounts to_counts(Read read) {
    DropCounts counts;
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        if (const std::uint64_t count = read(reason)) counts.emplace_back(name(reason), count);
    }
    return counts;
}

DropCounts to_counts(const DropCounters& counters) {
    return to_counts([&](DropReason reason) { return counters.read(reason); });
}

std::vector<const Bell*> bells_of(const std::deque<Mailbox>& mailboxes) {
    std::vector<const Bell*> bells;
    bells.reserve(mailboxes.size());
    for (const Mailbox& mailbox : mailboxes)
        bells.push_back(&mailbox.to_worker);
    return bells;
}

std::deque<Mailbox> make_mailboxes(std::size_t count, const Bell& to_control) {
    std::deque<Mailbox> mailboxes;
    while (mailboxes.size() < count)
        mailboxes.emplace_back(to_control);
    return mailboxes;
}

std::chrono::nanoseconds busy_time(const Mailbox& mailbox) {
    return std::chrono::nanoseconds(mailbox.busy_nanoseconds.read());
}

}  // namespace

WorkersDataplane::WorkersDataplane(std::size_t workers)
    : mailboxes_(make_mailboxes(workers, to_control_)), handoff_(bells_of(mailboxes_)), placement_(workers) {}

WorkerId WorkersDataplane::add_tunnel(const TunnelPolicy& policy) {
    const WorkerId owner = placement_.place(policy.id, policy.worker);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerId worker = worker_id(i);
        auto tunnel =
            std::make_unique<TunnelState>(policy, worker == owner ? std::nullopt : std::optional<WorkerId>(owner));
        placement_.hand_out(worker, *tunnel);
        submit(worker, AddTunnel{std::move(tunnel)});
    }
    return owner;
}

void WorkersDataplane::remove_tunnel(TunnelId tunnel) {
    if (!placement_.owner(tunnel)) return;
    placement_.leave(tunnel);
    for (std::size_t i = 0; i < workers_.size(); ++i)
        submit(worker_id(i), RemoveTunnel{tunnel});
}

void WorkersDataplane::install(ChildOptions child) {
    auto made = std::make_unique<ChildSa>(std::move(child));
    // Without a tunnel the worker sends it back.
    const WorkerId owner = placement_.owner(made->tunnel_id).value_or(WorkerId{});
    children_[made->id] = {owner, made.get()};
    submit(owner, Install{std::move(made)});
}

void WorkersDataplane::activate(ChildId child) {
    submit(child, Activate{child});
}

void WorkersDataplane::retire(ChildId child) {
    submit(child, Retire{child});
}

void WorkersDataplane::move_path(ChildId child, const Path& outer, Encapsulation encapsulation) {
    submit(child, MovePath{child, outer, encapsulation});
}

void WorkersDataplane::set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) {
    if (const auto owner = placement_.owner(tunnel)) submit(*owner, SetLinkMtu{tunnel, mtu_bytes});
}

void WorkersDataplane::submit(WorkerId worker, Command command) {
    Outbox<Command>& commands = workers_[to_number(worker)]->commands();
    commands.post(std::move(command));
    commands.deliver();
}

void WorkersDataplane::submit(ChildId child, Command command) {
    if (const auto found = children_.find(child); found != children_.end())
        submit(found->second.owner, std::move(command));
}

std::optional<Event> WorkersDataplane::poll_event() {
    if (auto event = next_event()) return event;
    // Silence first, then look again, at all rings: what comes between rings anew.
    to_control_.silence();
    for (const auto& worker : workers_)
        worker->commands().deliver();
    return next_event();
}

/// Of any worker: each in turn, so that none of them waits for the others to fall silent.
std::optional<Event> WorkersDataplane::next_event() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerId worker = worker_id(turn_);
        turn_ = (turn_ + 1) % workers_.size();
        if (auto event = next_event(worker)) return event;
    }
    return std::nullopt;
}

std::optional<Event> WorkersDataplane::next_event(WorkerId worker) {
    while (auto event = mailboxes_[to_number(worker)].events.pop()) {
        if (is_for_caller(worker, *event)) return event;
    }
    return std::nullopt;
}

bool WorkersDataplane::is_for_caller(WorkerId from, const Event& event) {
    if (const auto* child = std::get_if<Returned>(&event)) {
        children_.erase(child->id);
    } else if (const auto* tunnel = std::get_if<TunnelReturned>(&event)) {
        placement_.came_back(from, *tunnel->tunnel);
    } else if (const auto* closed = std::get_if<PortClosed>(&event)) {
        let_go(from, closed->port);
    } else if (const auto* report = std::get_if<ForeignReport>(&event)) {
        tell_others(from, *report);
    } else {
        return true;
    }
    return false;
}

void WorkersDataplane::tell_others(WorkerId from, const ForeignReport& report) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (worker_id(i) == from) continue;
        workers_[i]->commands().offer(report);
        workers_[i]->commands().deliver();
    }
}

std::optional<ChildCounters> WorkersDataplane::counters(ChildId child) const {
    const auto found = children_.find(child);
    if (found == children_.end()) return std::nullopt;
    const ChildSa& sa = *found->second.sa;
    return ChildCounters{.packets_in = sa.in.volume.packets.read(),
                         .bytes_in = sa.in.volume.bytes.read(),
                         .packets_out = sa.out.volume.packets.read(),
                         .bytes_out = sa.out.volume.bytes.read()};
}

DropCounts WorkersDataplane::drops(ChildId child) const {
    const auto found = children_.find(child);
    return found == children_.end() ? DropCounts{} : to_counts(found->second.sa->drops);
}

DropCounts WorkersDataplane::drops(TunnelId tunnel) const {
    return to_counts([&](DropReason reason) { return placement_.drops(tunnel, reason); });
}

std::vector<WorkerStatus> WorkersDataplane::workers() const {
    std::vector<WorkerStatus> all;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Mailbox& mailbox = mailboxes_[i];
        all.push_back({.id = static_cast<int>(i),
                       .cpu = workers_[i]->cpu(),
                       .packets = mailbox.packets.read(),
                       .handed_over = mailbox.handed_over.read(),
                       .bursts = mailbox.bursts.read(),
                       .arrived = mailbox.arrived.read(),
                       .busy = busy_time(mailbox),
                       .load = watches_[i].load(),
                       .stalled = watches_[i].is_stalled(),
                       .drops = to_counts(mailbox.drops)});
    }
    return all;
}

void WorkersDataplane::look_after_workers() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Mailbox& mailbox = mailboxes_[i];
        watches_[i].look({mailbox.turns.read(), busy_time(mailbox)}, std::chrono::steady_clock::now());
        mailbox.to_worker.ring();
    }
}

}  // namespace esplane::dataplane
