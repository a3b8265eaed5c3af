#include "ike/runtime/runtime.h"

#include <utility>
#include <variant>

#include "dataplane/sa/child_sa.h"  // an event can hold one
#include "dataplane/sa/tunnel.h"    // the same

namespace esplane::ike {
namespace {

// How much of one source is served before the others have their turn.
constexpr int kEventsPerTurn = 1024;

}  // namespace

Runtime::Runtime(EventLoop& loop, std::optional<UdpTransport> transport, dataplane::Dataplane& dataplane,
                 crypto::Random& random, const Options& options, Observer& observer)
    : transport_(std::move(transport)),
      dataplane_(dataplane),
      options_(options),
      observer_(observer),
      traffic_(dataplane),
      engine_(options, random, traffic_, wall_clock_, EventLoop::now()),
      engine_timer_(loop,
                    [this] {
                        engine_.on_timeout(EventLoop::now());
                        carry_actions();
                    }),
      again_timer_(loop, [this] { on_dataplane(); }) {
    for (const int fd : transport_ ? transport_->descriptors() : std::vector<int>{})
        watches_.push_back(loop.watch(fd, [this, fd](EventLoop::Ready) { on_transport(fd); }));
    watches_.push_back(loop.watch(dataplane_.event_fd(), [this](EventLoop::Ready) { on_dataplane(); }));
    carry_actions();
}

Runtime::~Runtime() = default;

void Runtime::command(decltype(Command::what) what, WhenDone when_done) {
    const std::uint64_t id = ++last_command_;
    waiting_.emplace(id, std::move(when_done));
    engine_.on_command(EventLoop::now(), Command{CommandId{id}, std::move(what)});
    carry_actions();
}

void Runtime::status_fetched(const StatusFetched& fetched) {
    engine_.on_status(EventLoop::now(), fetched);
    carry_actions();
}

void Runtime::on_transport(int fd) {
    in_burst_ = true;
    for (const Datagram& datagram : transport_->receive(fd)) {
        engine_.on_datagram(EventLoop::now(), datagram.path, datagram.bytes);
        carry_actions();
    }
    in_burst_ = false;
    flush();
}

void Runtime::on_dataplane() {
    for (int count = 0; count < kEventsPerTurn; ++count) {
        auto event = dataplane_.poll_event();
        if (!event) return;
        std::visit([this](const auto& what) { receive(what); }, *event);
    }
    // The descriptor may have been taken for drained with the first event, so it need not call again.
    again_timer_.set(EventLoop::now());
}

void Runtime::tell(const DataplaneEvent& event) {
    engine_.on_dataplane(EventLoop::now(), event);
    carry_actions();
}

void Runtime::receive(const dataplane::Punted& event) {
    engine_.on_datagram(EventLoop::now(), event.path, event.datagram);
    carry_actions();
}

void Runtime::carry_actions() {
    // A callback of a carried action may give a command: its actions come after those that are on their way.
    if (carrying_) return;
    carrying_ = true;
    while (auto action = engine_.poll_action()) {
        std::visit([this](auto& what) { carry(what); }, *action);
    }
    carrying_ = false;
    if (!in_burst_) flush();
    if (const auto deadline = engine_.next_deadline()) {
        engine_timer_.set(*deadline);
    } else {
        engine_timer_.cancel();
    }
}

void Runtime::carry(Send& action) {
    if (!transport_ || action.path.local.port == options_.natt_port) {
        dataplane_.send_ike(action.path, action.datagram);
        return;
    }
    transport_->send(action.path, std::move(action.datagram));
    if (transport_->is_full()) flush();
}

void Runtime::flush() {
    if (transport_) transport_->flush([this](const Path& path, int error) { observer_.on_send_failed(path, error); });
}

void Runtime::carry(SendKeepalive& action) {
    dataplane_.send_keepalive(action.path);
}

void Runtime::carry(InstallChild& action) {
    traffic_.installed(action.child.id, action.child.tunnel);
    dataplane_.install(std::move(action.child));
}

void Runtime::carry(RetireChild& action) {
    traffic_.retiring(action.child);
    dataplane_.retire(action.child);
}

void Runtime::carry(AddInstance& action) {
    traffic_.add_instance(action.id, action.of);
    observer_.on_instance_added(action);
}

void Runtime::carry(RemoveInstance& action) {
    observer_.on_instance_removed(action.id);
    traffic_.remove_instance(action.id);
}

void Runtime::carry(CommandDone& action) {
    const auto waiting = waiting_.extract(static_cast<std::uint64_t>(action.id));
    if (!waiting.empty() && waiting.mapped()) waiting.mapped()(action);
}

}  // namespace esplane::ike
