// Engines on a virtual clock. One seed gives one history; a failing test prints it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ike/core/engine.h"
#include "tests/sim/sim_dataplane.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_random.h"
#include "tests/sim/sim_watch.h"

namespace esplane::sim {

inline const IpAddress kLeft = IpAddress::v4(0xc0000201);        // 192.0.2.1
inline const IpAddress kRight = IpAddress::v4(0xc0000202);       // 192.0.2.2
inline const IpAddress kLeftPublic = IpAddress::v4(0xc6336401);  // 198.51.100.1
inline const IpAddress kRightPublic = IpAddress::v4(0xc6336402);

class World;

/// One gateway: an engine, its data plane, and what came out of it.
class Node {
  public:
    /// `number`: its place in the world.
    Node(World& world, std::size_t number, IpAddress address, std::uint64_t seed, ike::Options options);

    const IpAddress address;
    std::vector<ike::Happened> happened;
    std::vector<ike::FetchStatus> asked;  ///< of OCSP responders; a test answers by fetched()
    std::map<std::uint64_t, ike::CommandDone> done;
    std::uint64_t keepalives = 0;
    std::uint64_t payloads_received = 0;
    /// From a change ordered by the engine to its effect.
    milliseconds dataplane_latency{0};
    bool dataplane_answers = true;

    ike::Engine& engine() { return *engine_; }
    const ike::Engine& engine() const { return *engine_; }
    SimDataplane& dataplane() { return dataplane_; }
    const SimDataplane& dataplane() const { return dataplane_; }
    std::string name() const { return address.to_string(); }
    /// The number under which `done` will have the answer.
    std::uint64_t command(decltype(ike::Command::what) what);
    void receive(const Path& path, ByteView datagram);
    void event(const ike::DataplaneEvent& event);
    void fetched(const ike::StatusFetched& fetched);
    void timeout();
    /// Loses all state, as a crash does; tunnels must be added again.
    void crash();

    SteeredRandom& random() { return random_; }
    const ike::CommandDone* answer(std::uint64_t command) const;
    /// Commands that have no answer yet; a crash leaves none.
    std::size_t unanswered() const { return unanswered_.size(); }
    ike::TunnelStatus status(const std::string& tunnel = "t") const;
    std::size_t count(const std::string& code) const;
    std::string last_error() const;

  private:
    friend class World;
    void drain();
    void act(ike::Action action);

    World& world_;
    std::size_t number_;
    std::optional<TimePoint> deadline_;  ///< under which the world knows it
    ike::Options options_;
    SteeredRandom random_;
    SimDataplane dataplane_;
    std::unique_ptr<ike::Engine> engine_;
    std::uint64_t last_command_ = 0;
    std::set<std::uint64_t> unanswered_;
    std::uint64_t life_ = 0;  ///< crashes so far: orders to an earlier data plane are void
};

/// The virtual time as a time of day: the world begins on 1 June 2026, which is the present of the tests of
/// certificates.
class SimWallClock final : public ike::WallClock {
  public:
    explicit SimWallClock(const TimePoint& now) : now_(now), begin_(now) {}
    std::chrono::system_clock::time_point now() const override { return kStart + (now_ - begin_); }
    static constexpr std::chrono::sys_days kStart = std::chrono::year{2026} / 6 / 1;

  private:
    const TimePoint& now_;
    TimePoint begin_;
};

class World {
  public:
    explicit World(std::uint64_t seed = 1);

    TimePoint now;
    SimWallClock wall_clock{now};
    Network network;
    /// Empty: nobody looks. It keeps all that was ever sent and installed.
    std::optional<ReuseWatch> watch;

    Node& add(IpAddress address, const ike::Options& options = {});
    /// The node receives at this address, too, until `withdraw`.
    void lend(Node& node, IpAddress address);
    /// Nobody has it any more; what still comes for it is lost.
    void withdraw(IpAddress address);
    void at(milliseconds after, std::function<void()> act);
    void transmit(Packet packet);
    void run_for(milliseconds time);
    /// False when `limit` has passed without `reached`.
    bool run_until(const std::function<bool()>& reached, milliseconds limit = milliseconds(60'000));

    /// Sends a payload through a node's tunnel, as a host behind it would; false when there is no SA.
    bool send_payload(Node& from, std::uint32_t policy = 0, dataplane::TunnelId tunnel = dataplane::TunnelId{1});
    /// In both directions once; true when both arrived.
    bool ping(Node& a, Node& b, std::uint32_t policy = 0);

    /// Whether ESPLANE_SIM_TRACE is set: asked before a line is made up that nobody would read.
    static bool traces();
    /// A line on stderr: what happened to whom, and when.
    void trace(const Node& node, const std::string& what) const;

  private:
    friend class Node;
    /// After whatever may have moved the deadline of its engine.
    void reschedule(Node& node);
    bool step(TimePoint limit);
    void deliver(Packet packet);

    std::uint64_t seed_;
    std::multimap<TimePoint, std::function<void()>> events_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::map<IpAddress, Node*> by_address_;
    std::set<std::pair<TimePoint, std::size_t>> deadlines_;  ///< with the number of the node
    std::uint64_t payloads_sent_ = 0;
};

// --- configuration for tests ---

std::shared_ptr<const crypto::Secret> psk(std::string_view text);
std::vector<ike::IkeProposal> ike_proposals(std::initializer_list<const char*> texts);
std::vector<ike::EspProposal> esp_proposals(std::initializer_list<const char*> texts);
std::vector<dataplane::TrafficSelector> subnets(std::initializer_list<const char*> texts);

/// The same as the other side has them.
std::vector<ike::ChildPolicy> mirrored(std::vector<ike::ChildPolicy> children);

/// Tunnel "t" from the left side to the right: 10.1.0.0/16 to 10.2.0.0/16, psk "secret", AES-256-GCM, x25519.
ike::TunnelOptions left_tunnel();
/// The same from the right side, listening.
ike::TunnelOptions right_tunnel();

/// "a", "b", "c" …: 10.1.N.0/24 to 10.2.N.0/24.
std::vector<ike::ChildPolicy> several_children(std::size_t count);
/// The same tunnels with so many of them.
ike::TunnelOptions left_with(std::size_t count);
ike::TunnelOptions right_with(std::size_t count);

/// Left and right with one tunnel between them. The left one starts it when it is added.
struct Pair {
    explicit Pair(std::uint64_t seed = 1, ike::Options options = {});
    World world;
    Node& left;
    Node& right;

    void add(ike::TunnelOptions left_options, ike::TunnelOptions right_options);
    /// Both say established, with one CHILD_SA for each policy; SPIs and keys mirror each other, and pings pass.
    bool up(std::uint32_t policies = 1);
    /// What is left over when `up` holds, in words; empty when both ends have one IKE SA, one CHILD_SA for each policy
    /// and their deadlines, every command is answered, and nothing was done that must never be done.
    std::string leftover(std::uint32_t policies = 1) const;
    bool establish(ike::TunnelOptions left_options = left_tunnel(), ike::TunnelOptions right_options = right_tunnel());
};

/// CHILD_SAs that are neither retiring nor being replaced.
std::vector<ike::ChildStatus> current_children(const Node& node, const std::string& tunnel = "t");

}  // namespace esplane::sim
