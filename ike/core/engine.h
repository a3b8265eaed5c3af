// The IKEv2 engine: no socket, clock, global or log. Time, datagrams, commands and what the data plane says go in;
// actions come out. The same calls with the same randomness give the same actions.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "crypto/random.h"
#include "ike/core/actions.h"

namespace esplane::ike {

class Engine {
  public:
    /// What is taken by reference must outlive the engine.
    Engine(const Options& options, crypto::Random& random, const TrafficView& traffic, const WallClock& wall_clock,
           TimePoint now);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// `datagram` without the non-ESP marker. Anything may be in it.
    void on_datagram(TimePoint now, const Path& path, ByteView datagram);
    void on_timeout(TimePoint now);
    /// Answered by CommandDone, at once or when the outcome is known.
    void on_command(TimePoint now, Command command);
    void on_dataplane(TimePoint now, const DataplaneEvent& event);
    void on_status(TimePoint now, const StatusFetched& event);

    /// The next action in order; empty when there is none for now.
    std::optional<Action> poll_action();
    /// When on_timeout wants to be called; empty: never.
    std::optional<TimePoint> next_deadline() const;

    std::vector<TunnelStatus> status() const;
    Counters counters() const;
    /// After Shutdown: nothing is left to wait for.
    bool idle() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace esplane::ike
