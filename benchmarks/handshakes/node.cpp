#include "benchmarks/handshakes/node.h"

#include <utility>

#include "benchmarks/handshakes/cpu_clock.h"

namespace esplane::bench {

Node::Node(ike::Options options, ike::TimePoint now) : engine_(options, random_, traffic_, wall_clock_, now) {}

template <typename Call>
void Node::timed(ike::TimePoint now, Call&& call) {
    cpu_time_ += cpu_time_of([&] {
        call();
        drain(now);
    });
}

void Node::drain(ike::TimePoint now) {
    while (auto action = engine_.poll_action()) {
        if (auto* send = std::get_if<ike::Send>(&*action)) sent_.push_back(std::move(*send));
        if (const auto* install = std::get_if<ike::InstallChild>(&*action))
            engine_.on_dataplane(now, ike::ChildInstalled{install->child.id});
        if (const auto* done = std::get_if<ike::CommandDone>(&*action)) commands_done_ += done->ok ? 1 : 0;
    }
}

void Node::command(ike::TimePoint now, decltype(ike::Command::what) what) {
    timed(now, [&] { engine_.on_command(now, ike::Command{ike::CommandId{1}, std::move(what)}); });
}

void Node::receive(ike::TimePoint now, const Path& path, ByteView datagram) {
    timed(now, [&] { engine_.on_datagram(now, path, datagram); });
}

void Node::catch_up(ike::TimePoint now) {
    const auto deadline = engine_.next_deadline();
    if (deadline && *deadline <= now) timed(now, [&] { engine_.on_timeout(now); });
}

std::optional<ike::Send> Node::take_sent() {
    if (sent_.empty()) return std::nullopt;
    ike::Send send = std::move(sent_.front());
    sent_.pop_front();
    return send;
}

std::chrono::nanoseconds Node::take_cpu_time() {
    return std::exchange(cpu_time_, {});
}

}  // namespace esplane::bench
