// A gateway with many peers for many days, with a rekey an hour: what it keeps in memory after the first day is what it
// keeps to the end.
//
// ESPLANE_SIM_PEERS=1000 ESPLANE_SIM_DAYS=30 plays the month: 700,000 rekeys in 100 s of CPU, 20.8 MB after two days
// and 21.0 MB at the end.

#include <malloc.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/sim/sanitized.h"
#include "tests/sim/sim.h"
#if defined(ESPLANE_UNDER_ASAN)
#include <sanitizer/allocator_interface.h>
#endif

namespace esplane::sim {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
    const char* wanted = std::getenv(variable);
    return wanted != nullptr ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : otherwise;
}

/// Octets on the heap of this process.
std::size_t allocated() {
#if defined(ESPLANE_UNDER_ASAN)
    return __sanitizer_get_current_allocated_bytes();
#else
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

ike::TunnelOptions hourly(ike::TunnelOptions options, std::uint32_t number) {
    options.id = dataplane::TunnelId{number};
    options.name = "t" + std::to_string(number);
    options.esp_proposals = esp_proposals({"aes256gcm16"});
    options.esp_lifetime = minutes(70);
    options.esp_rekey_margin = minutes(5);
    options.dpd.delay = hours(1);
    return options;
}

class Site {
  public:
    explicit Site(std::uint32_t peers) : gateway_(world_.add(kRight)) {
        for (std::uint32_t number = 1; number <= peers; ++number)
            add_peer(number);
    }

    void run_for_a_day() {
        world_.run_for(hours(24));
        REQUIRE(world_.run_until([&] { return is_quiet(); }, hours(1)));
        rekeys_ += gateway_.count("rekeyed_child");
        for (Node* node : nodes_) {
            lost_ += node->count("established") + node->count("expired") + node->count("liveness_failed");
            // The operator's log, which is not kept in memory either.
            node->happened = {};
            node->done.clear();
            CHECK(node->dataplane().offences() == std::vector<std::string>{});
        }
    }
    std::size_t rekeys() const { return rekeys_; }
    /// How often a tunnel came up, or went by itself.
    std::size_t changes() const { return lost_; }

  private:
    void add_peer(std::uint32_t number) {
        const IpAddress address = IpAddress::v4(0x0a000000 + number);
        const std::string inside = address.to_string() + "/32";
        auto here = hourly(right_tunnel(), number);
        auto there = hourly(left_tunnel(), number);
        here.remote_address = there.local_address = address;
        there.local_id = ike::Identity::parse(there.name + ".example.org").value();
        here.remote_id = ike::IdentityPattern::parse(there.name + ".example.org").value();
        there.children = {{"", {subnets({inside.c_str()}), subnets({"10.2.0.0/16"})}}};
        here.children = mirrored(there.children);
        gateway_.command(ike::AddTunnel{std::move(here)});
        Node& peer = world_.add(address);
        peer.command(ike::AddTunnel{std::move(there)});
        nodes_.push_back(&peer);
    }

    /// Nothing is under way or lingers: three deadlines of every IKE SA, two of every CHILD_SA.
    bool is_quiet() const {
        const std::size_t peers = nodes_.size() - 1;
        const ike::Counters counters = gateway_.engine().counters();
        return counters.ike_sas == peers && counters.child_sas == peers && counters.timers == 5 * peers;
    }

    World world_;
    Node& gateway_;
    std::vector<Node*> nodes_{&gateway_};
    std::size_t rekeys_ = 0;
    std::size_t lost_ = 0;
};

}  // namespace

TEST_CASE("memory is flat after the first day") {
    const std::uint32_t peers = number_from("ESPLANE_SIM_PEERS", 100);
    const std::uint32_t days = number_from("ESPLANE_SIM_DAYS", 7);
    REQUIRE(days > 2);
    Site site(peers);
    site.run_for_a_day();
    CHECK(site.changes() == 2 * peers);
    site.run_for_a_day();
    const std::size_t after_two = allocated();
    for (std::uint32_t day = 3; day <= days; ++day)
        site.run_for_a_day();
    const std::size_t at_the_end = allocated();
    INFO(peers << " peers, " << days << " days, " << site.rekeys() << " rekeys: " << after_two
               << " octets after two days, " << at_the_end << " at the end");
    CHECK(at_the_end <= after_two + after_two / 100);
    CHECK(site.changes() == 2 * peers);
    CHECK(site.rekeys() >= std::size_t{peers} * days * 22);
}

}  // namespace esplane::sim
