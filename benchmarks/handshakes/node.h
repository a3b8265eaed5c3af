// An IKE engine without sockets, with a data plane that does at once what it is told, and the CPU time that its calls
// take. What is asked of it between them is not counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "crypto/random.h"
#include "ike/core/engine.h"

namespace esplane::bench {

class NoTraffic final : public ike::TrafficView {
  public:
    std::uint64_t packets_in(dataplane::ChildId) const override { return 0; }
    std::uint64_t packets_out(dataplane::ChildId) const override { return 0; }
};

/// No certificate is verified here.
class NoWallClock final : public ike::WallClock {
  public:
    std::chrono::system_clock::time_point now() const override { return {}; }
};

class Node {
  public:
    Node(ike::Options options, ike::TimePoint now);

    void command(ike::TimePoint now, decltype(ike::Command::what) what);
    void receive(ike::TimePoint now, const Path& path, ByteView datagram);
    /// Calls the engine if a deadline has come.
    void catch_up(ike::TimePoint now);

    const ike::Engine& engine() const { return engine_; }
    /// The first datagram that it has sent and nobody has taken; empty when there is none.
    std::optional<ike::Send> take_sent();
    /// Since the last time that it was asked.
    std::chrono::nanoseconds take_cpu_time();
    std::uint64_t commands_done() const { return commands_done_; }

  private:
    template <typename Call>
    void timed(ike::TimePoint now, Call&& call);
    void drain(ike::TimePoint now);

    crypto::SystemRandom random_;
    NoTraffic traffic_;
    NoWallClock wall_clock_;
    ike::Engine engine_;
    std::deque<ike::Send> sent_;
    std::chrono::nanoseconds cpu_time_{0};
    std::uint64_t commands_done_ = 0;
};

}  // namespace esplane::bench
