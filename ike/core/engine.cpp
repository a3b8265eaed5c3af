#include "ike/core/engine.h"

#include <algorithm>

#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/revocation.h"

namespace esplane::ike {

class Engine::Impl {
  public:
    Impl(const Options& options, crypto::Random& random, const TrafficView& traffic, const WallClock& wall_clock,
         TimePoint now)
        : core(options, random, traffic, wall_clock, now) {}

    /// One call from outside: time never goes back, and what ended is freed when the call is over.
    template <typename Act>
    void call(TimePoint now, Act&& act) {
        core.now = std::max(core.now, now);
        act(core);
        drop_left_instances(core);
        core.empty_graveyard();
    }

    Core core;
};

namespace {

struct DataplaneSays {
    Core& core;

    void operator()(const ChildInstalled& event) const { on_child_installed(core, event.child); }
    void operator()(const ChildFirstInbound& event) const { on_child_first_inbound(core, event.child); }
    void operator()(const ChildSoftLimit& event) const {
        ChildSa* child = core.child(event.child);
        IkeSa* sa = child == nullptr ? nullptr : core.ike_sa(child->ike);
        if (sa != nullptr && child->current()) enqueue(core, *sa, RekeyChild{child->id});
    }
    void operator()(const ChildHardLimit& event) const {
        if (ChildSa* child = core.child(event.child)) on_child_used_up(core, *child);
    }
    void operator()(const TunnelWanted& event) const {
        Tunnel* tunnel = core.tunnels.find(event.tunnel);
        if (tunnel != nullptr) on_policy_wanted(core, *tunnel, event.policy);
    }
    void operator()(const UnknownEsp& event) const { on_unknown_esp(core, event.seen, event.spi); }
    /// RFC 7296 2.23: only a peer behind a NAT moves, by its NAT's giving it another address or port. ESP shares the
    /// path with IKE only where it goes in UDP.
    void operator()(const ChildPeerMoved& event) const {
        const ChildSa* child = core.child(event.child);
        IkeSa* sa = child == nullptr ? nullptr : core.ike_sa(child->ike);
        if (sa != nullptr && follows_nat(*sa) && sa->udp_encapsulation) follow_path(core, *sa, event.seen);
    }
};

}  // namespace

Engine::Engine(const Options& options, crypto::Random& random, const TrafficView& traffic, const WallClock& wall_clock,
               TimePoint now)
    : impl_(std::make_unique<Impl>(options, random, traffic, wall_clock, now)) {}

Engine::~Engine() = default;

void Engine::on_datagram(TimePoint now, const Path& path, ByteView datagram) {
    impl_->call(now, [&](Core& core) { ike::on_datagram(core, path, datagram); });
}

void Engine::on_timeout(TimePoint now) {
    impl_->call(now, [](Core& core) { on_timeouts(core); });
}

void Engine::on_command(TimePoint now, Command command) {
    impl_->call(now, [&](Core& core) { ike::on_command(core, std::move(command)); });
}

void Engine::on_dataplane(TimePoint now, const DataplaneEvent& event) {
    impl_->call(now, [&](Core& core) { std::visit(DataplaneSays{core}, event); });
}

void Engine::on_status(TimePoint now, const StatusFetched& event) {
    impl_->call(now, [&](Core& core) { ike::on_status(core, event); });
}

std::optional<Action> Engine::poll_action() {
    std::deque<Action>& actions = impl_->core.actions;
    if (actions.empty()) return std::nullopt;
    Action action = std::move(actions.front());
    actions.pop_front();
    return action;
}

std::optional<TimePoint> Engine::next_deadline() const {
    return impl_->core.timers.next();
}

std::vector<TunnelStatus> Engine::status() const {
    return status_of(impl_->core);
}

Counters Engine::counters() const {
    Counters counters = impl_->core.counters;
    counters.half_open = impl_->core.half_open.size();
    counters.ike_sas = impl_->core.ike_sas.size();
    counters.child_sas = impl_->core.children.size();
    counters.timers = impl_->core.timers.size();
    return counters;
}

bool Engine::idle() const {
    const Core& core = impl_->core;
    return core.shutting_down && std::none_of(core.ike_sas.begin(), core.ike_sas.end(),
                                              [](const auto& entry) { return entry.second->template is<Deleting>(); });
}

}  // namespace esplane::ike
