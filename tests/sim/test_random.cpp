// Whole histories from a seed: loss, repetition, reordering, delays, partitions, NATs that forget, rekeys, restarts and
// crashes at random. When the network is healed, both ends must come within ten minutes to exactly one CHILD_SA that
// works for each policy, with nothing left over.
//
// ESPLANE_SIM_SEEDS=1000000 plays as many histories, ESPLANE_SIM_FIRST=... says from which seed on.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/sim/sanitized.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::minutes;
using std::chrono::seconds;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* wanted = std::getenv(variable);
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

std::vector<ike::ChildPolicy> some_children(std::uint64_t count) {
    if (count == 1) return left_tunnel().children;
    std::vector<ike::ChildPolicy> made;
    for (const char* number : {"1", "2", "3"}) {
        if (made.size() == count) break;
        const std::string local = std::string("10.1.") + number + ".0/24";
        const std::string remote = std::string("10.2.") + number + ".0/24";
        made.push_back({number, {subnets({local.c_str()}), subnets({remote.c_str()})}});
    }
    return made;
}

class Story {
  public:
    explicit Story(std::uint64_t seed) : pair_(seed), random_(seed ^ 0x5eed) {
        // Half of the histories are those of a tunnel with several CHILD_SAs, a quarter has a NAT in front of the left.
        policies_ = static_cast<std::uint32_t>(random_.below(2) == 0 ? 1 : 2 + random_.below(2));
        left_.children = some_children(policies_);
        right_.children = mirrored(left_.children);
        if (random_.below(4) == 0) {
            pair_.world.network.nats.emplace_back(kLeft, kLeftPublic);
            right_.remote_address = kLeftPublic;
        }
        if (random_.below(2) == 0) right_.start = ike::StartMode::kAuto;
        weather_ = {percent(30), percent(30), milliseconds(1 + random_.below(20)), milliseconds(random_.below(60))};
        pair_.world.network.faults = weather_;
        pair_.left.dataplane_latency = milliseconds(random_.below(10));
        pair_.right.dataplane_latency = milliseconds(random_.below(10));
    }

    void play() {
        pair_.add(left_, right_);
        for (int act = 0; act < 12; ++act) {
            pair_.world.run_for(milliseconds(random_.below(act % 4 == 0 ? 4000 : 60)));
            do_something();
        }
        heal();
    }

    void check() {
        const auto nothing_left = [&] { return pair_.leftover(policies_).empty(); };
        // Time to notice that the peer is gone, or has moved.
        pair_.world.run_for(seconds(60));
        pair_.world.run_until(nothing_left, minutes(9));
        // That it lasts: unless a liveness check is under way just now.
        pair_.world.run_for(seconds(10));
        pair_.world.run_until(nothing_left, seconds(1));
        CHECK(pair_.leftover(policies_) == "");
        CHECK(pair_.up(policies_));
    }

  private:
    double percent(std::uint64_t most) { return static_cast<double>(random_.below(most)) / 100; }
    Node& side() { return random_.below(2) == 0 ? pair_.left : pair_.right; }

    void do_something() {
        switch (random_.below(16)) {
            case 0:
            case 1:
            case 2:
                side().command(ike::Rekey{"t", false});
                return;
            case 3:
            case 4:
                side().command(ike::Rekey{"t", true});
                return;
            case 5:
                return restart(side());
            case 6:
                restart(pair_.left);
                return restart(pair_.right);
            case 7:
                return crash(side());
            case 8:
                return part();
            case 9:
                return slow_down();
            case 10:
                for (Nat& nat : pair_.world.network.nats)
                    nat.reboot();
                return;
            default:
                return send_some(side());
        }
    }

    static void restart(Node& side) {
        side.command(ike::Down{"t"});
        side.command(ike::Up{"t"});
    }

    void crash(Node& side) {
        side.crash();
        side.command(ike::AddTunnel{&side == &pair_.left ? left_ : right_});
    }

    /// In both directions or in one only.
    void part() {
        const std::uint64_t kind = random_.below(3);
        pair_.world.network.filter = [kind](const Packet& packet) {
            const bool from_left = packet.source.address == kLeft;
            return kind == (from_left ? 1U : 2U);
        };
        pair_.world.at(milliseconds(random_.below(20'000)), [this] { pair_.world.network.filter = nullptr; });
    }

    /// For longer than it takes to repeat a request.
    void slow_down() {
        pair_.world.network.faults.delay = milliseconds(500 + random_.below(8'000));
        pair_.world.at(milliseconds(random_.below(20'000)), [this] { pair_.world.network.faults = weather_; });
    }

    void send_some(Node& side) {
        for (std::uint32_t packet = 0; packet < 5; ++packet)
            pair_.world.send_payload(side, packet % policies_);
    }

    void heal() {
        weather_ = {};
        pair_.world.network.faults = weather_;
        pair_.world.network.filter = nullptr;
        pair_.left.command(ike::Up{"t"});
        pair_.right.command(ike::Up{"t"});
    }

    Pair pair_;
    crypto::SeededRandom random_;
    std::uint32_t policies_ = 1;
    ike::TunnelOptions left_ = left_tunnel();
    ike::TunnelOptions right_ = right_tunnel();
    Faults weather_;
};

}  // namespace

TEST_CASE("from any seed both ends come to one CHILD_SA for each policy that works") {
    const std::uint64_t first = number_from("ESPLANE_SIM_FIRST", 1);
    const std::uint64_t count = number_from("ESPLANE_SIM_SEEDS", kSanitized ? 300 : 1000);
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        INFO("ESPLANE_SIM_FIRST=" << seed << " ESPLANE_SIM_SEEDS=1 repeats this history");
        Story story(seed);
        story.play();
        story.check();
    }
}

}  // namespace esplane::sim
