// Rekeys of CHILD_SA and IKE SA, alone and crossing each other, with traffic that must not notice (RFC 7296 2.8, 2.25).

#include <catch2/catch.hpp>
#include <set>

#include "ike/wire/codec.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

/// A packet a millisecond in each direction; counts what did not arrive.
class Traffic {
  public:
    explicit Traffic(Pair& pair) : pair_(pair) {}

    void run(milliseconds time) {
        const auto before_left = pair_.left.payloads_received;
        const auto before_right = pair_.right.payloads_received;
        for (milliseconds spent{0}; spent < time; spent += milliseconds(1)) {
            sent_ += pair_.world.send_payload(pair_.left) ? 1 : 0;
            sent_ += pair_.world.send_payload(pair_.right) ? 1 : 0;
            asked_ += 2;
            pair_.world.run_for(milliseconds(1));
        }
        pair_.world.run_for(milliseconds(200));
        received_ += pair_.left.payloads_received - before_left + pair_.right.payloads_received - before_right;
    }
    std::uint64_t lost() const { return asked_ - received_; }
    bool nothing_unsent() const { return asked_ == sent_; }

  private:
    Pair& pair_;
    std::uint64_t asked_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
};

void check_one_pair(Pair& pair) {
    CHECK(pair.up());
    CHECK(pair.left.engine().counters().child_sas == 1);
    CHECK(pair.right.engine().counters().child_sas == 1);
    CHECK(pair.left.dataplane().children().size() == 1);
    CHECK(pair.right.dataplane().children().size() == 1);
    CHECK(pair.left.dataplane().offences() == std::vector<std::string>{});
    CHECK(pair.right.dataplane().offences() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("no packet is lost in a rekey, whoever starts it") {
    const bool by_left = GENERATE(true, false);
    const bool of_ike = GENERATE(true, false);
    const int latency = GENERATE(0, 3);
    INFO("by " << (by_left ? "left" : "right") << (of_ike ? ", IKE" : ", CHILD") << ", latency " << latency);
    Pair pair;
    pair.left.dataplane_latency = pair.right.dataplane_latency = milliseconds(latency);
    pair.world.network.faults.delay = milliseconds(4);
    pair.world.network.faults.jitter = milliseconds(2);
    REQUIRE(pair.establish());
    Node& starter = by_left ? pair.left : pair.right;
    const auto old_spi = current_children(pair.left)[0].spi_in;
    Traffic traffic(pair);
    traffic.run(milliseconds(50));
    const auto id = starter.command(ike::Rekey{"t", of_ike});
    traffic.run(seconds(7));
    REQUIRE(starter.answer(id) != nullptr);
    CHECK(starter.answer(id)->ok);
    CHECK(traffic.nothing_unsent());
    CHECK(traffic.lost() == 0);
    CHECK((current_children(pair.left)[0].spi_in == old_spi) == of_ike);
    check_one_pair(pair);
    CHECK(pair.left.engine().counters().ike_sas >= 1);
}

TEST_CASE("lifetimes bring rekeys by themselves, with jitter") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    for (auto* options : {&left, &right}) {
        options->esp_lifetime = std::chrono::minutes(10);
        options->esp_rekey_margin = std::chrono::minutes(2);
        options->ike_lifetime = std::chrono::minutes(60);
        options->ike_rekey_margin = std::chrono::minutes(10);
    }
    REQUIRE(pair.establish(left, right));
    const auto child = current_children(pair.left)[0];
    const auto soft = child.rekey_at - child.established_at;
    CHECK(soft >= std::chrono::minutes(6));
    CHECK(soft <= std::chrono::minutes(8));
    pair.world.run_for(std::chrono::hours(5));
    check_one_pair(pair);
    CHECK(pair.left.count("rekeyed_child") >= 35);
    CHECK(pair.left.count("rekeyed_ike") >= 5);
    CHECK(pair.left.count("expired") == 0);
    CHECK(pair.right.count("expired") == 0);
    CHECK(pair.left.count("established") == 1);
}

TEST_CASE("both sides rekey the CHILD_SA at once") {
    const int seed = GENERATE(range(0, 40));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.delay = milliseconds(5);
    pair.world.network.faults.jitter = milliseconds(seed % 4);
    pair.left.dataplane_latency = milliseconds(seed % 3);
    REQUIRE(pair.establish());
    Traffic traffic(pair);
    traffic.run(milliseconds(5));
    const auto at_left = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(milliseconds(seed % 11));
    const auto at_right = pair.right.command(ike::Rekey{"t", false});
    traffic.run(seconds(9));
    CHECK(pair.left.answer(at_left) != nullptr);
    CHECK(pair.right.answer(at_right) != nullptr);
    CHECK(traffic.lost() == 0);
    check_one_pair(pair);
}

TEST_CASE("both sides rekey the IKE SA at once") {
    const int seed = GENERATE(range(0, 40));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.delay = milliseconds(5);
    pair.world.network.faults.jitter = milliseconds(seed % 4);
    REQUIRE(pair.establish());
    const auto at_left = pair.left.command(ike::Rekey{"t", true});
    pair.world.run_for(milliseconds(seed % 11));
    const auto at_right = pair.right.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(9));
    CHECK(pair.left.answer(at_left) != nullptr);
    CHECK(pair.right.answer(at_right) != nullptr);
    check_one_pair(pair);
    CHECK(pair.left.status().ike->spi_i == pair.right.status().ike->spi_i);
    pair.world.run_for(seconds(80));
    CHECK(pair.left.engine().counters().ike_sas == 1);
    CHECK(pair.right.engine().counters().ike_sas == 1);
    check_one_pair(pair);
}

TEST_CASE("CHILD rekey on one side, IKE rekey on the other") {
    const int seed = GENERATE(range(0, 20));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.delay = milliseconds(5);
    REQUIRE(pair.establish());
    const auto at_left = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(milliseconds(seed % 11));
    const auto at_right = pair.right.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(20));
    REQUIRE(pair.left.answer(at_left) != nullptr);
    REQUIRE(pair.right.answer(at_right) != nullptr);
    CHECK(pair.left.answer(at_left)->ok);
    CHECK(pair.right.answer(at_right)->ok);
    check_one_pair(pair);
}

TEST_CASE("a rekey on one side, down on the other") {
    const bool of_ike = GENERATE(true, false);
    const int offset = GENERATE(range(0, 12));
    INFO("offset " << offset);
    Pair pair;
    pair.world.network.faults.delay = milliseconds(5);
    auto left = left_tunnel();
    left.start = ike::StartMode::kListen;
    pair.add(left, right_tunnel());
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    REQUIRE(pair.up());
    const auto rekey = pair.left.command(ike::Rekey{"t", of_ike});
    pair.world.run_for(milliseconds(offset));
    const auto down = pair.right.command(ike::Down{"t"});
    pair.world.run_for(seconds(100));
    CHECK(pair.left.answer(rekey) != nullptr);
    REQUIRE(pair.right.answer(down) != nullptr);
    CHECK(pair.right.answer(down)->ok);
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->engine().counters().child_sas == 0);
        CHECK(side->engine().counters().ike_sas == 0);
        CHECK(side->dataplane().children().empty());
    }
}

TEST_CASE("each datagram lost while both sides rekey at once") {
    const bool of_ike = GENERATE(true, false);
    for (int lost = 0; lost < 12; ++lost) {
        INFO((of_ike ? "IKE" : "CHILD") << ", datagram " << lost);
        Pair pair(static_cast<std::uint64_t>(lost + 1));
        pair.world.network.faults.delay = milliseconds(5);
        REQUIRE(pair.establish());
        int seen = 0;
        pair.world.network.filter = [&](const Packet& packet) {
            return !std::holds_alternative<Bytes>(packet.content) || seen++ != lost;
        };
        pair.left.command(ike::Rekey{"t", of_ike});
        pair.right.command(ike::Rekey{"t", of_ike});
        pair.world.run_for(seconds(90));
        check_one_pair(pair);
        CHECK(pair.left.status().ike->spi_i == pair.right.status().ike->spi_i);
        CHECK(pair.left.count("established") == 1);
    }
}

TEST_CASE("a late packet on a replacement that goes itself does not take the tunnel's packets along") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.start = ike::StartMode::kListen;
    right.start = ike::StartMode::kAuto;
    REQUIRE(pair.establish(left, right));
    const ike::IkeSpi old = pair.left.status().ike->spi_i;
    // The right side makes the replacement, and waits: neither a packet on it nor the Delete of the old one comes.
    std::vector<Packet> late;
    pair.world.network.filter = [&](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        if (datagram == nullptr) late.push_back(packet);
        if (datagram == nullptr) return false;
        const auto header = ike::wire::parse_header(*datagram);
        return header->spi_i != old || header->exchange != ike::wire::ExchangeType::kInformational;
    };
    pair.left.command(ike::Rekey{"t", false});
    pair.world.run_until([&] { return pair.left.dataplane().children().size() == 2; });
    REQUIRE(pair.world.send_payload(pair.left));
    // An IKE SA that crosses the old one takes over; the replacement lingers.
    pair.left.command(ike::Down{"t"});
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    pair.world.network.filter = nullptr;
    REQUIRE(late.size() == 1);
    pair.world.transmit(late[0]);
    pair.world.run_for(seconds(60));
    check_one_pair(pair);
}

TEST_CASE("up while a replacement is being installed is answered") {
    Pair pair;
    pair.left.dataplane_latency = milliseconds(10);
    REQUIRE(pair.establish());
    pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(milliseconds(5));
    REQUIRE(current_children(pair.left).empty());
    const auto up = pair.left.command(ike::Up{"t"});
    CHECK(pair.left.answer(up) == nullptr);
    pair.world.run_for(seconds(7));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK(pair.left.answer(up)->ok);
    check_one_pair(pair);
}

TEST_CASE("a rekey asked of a peer that comes back without its state is answered") {
    const bool of_ike = GENERATE(true, false);
    Pair pair;
    REQUIRE(pair.establish());
    pair.world.run_for(seconds(60));
    pair.left.crash();
    const auto id = pair.right.command(ike::Rekey{"t", of_ike});
    pair.left.command(ike::AddTunnel{left_tunnel()});
    pair.world.run_for(seconds(30));
    REQUIRE(pair.right.answer(id) != nullptr);
    CHECK_FALSE(pair.right.answer(id)->ok);
    CHECK(pair.right.answer(id)->code == "replaced");
    check_one_pair(pair);
}

TEST_CASE("a group that the peer asks for in a rekey is taken if it was offered") {
    const bool of_ike = GENERATE(true, false);
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.esp_proposals = esp_proposals({"aes256gcm16-x25519-ecp256"});
    right.esp_proposals = esp_proposals({"aes256gcm16-ecp256"});
    left.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-x25519-ecp256"});
    REQUIRE(pair.establish(left, right));
    const auto id = pair.left.command(ike::Rekey{"t", of_ike});
    pair.world.run_for(seconds(7));
    REQUIRE(pair.left.answer(id) != nullptr);
    CHECK(pair.left.answer(id)->ok);
    check_one_pair(pair);
}

TEST_CASE("a soft limit of the data plane rekeys") {
    Pair pair;
    REQUIRE(pair.establish());
    const auto id = current_children(pair.right)[0].id;
    pair.right.event(ike::ChildSoftLimit{id});
    pair.right.event(ike::ChildSoftLimit{id});
    pair.world.run_for(seconds(7));
    CHECK(pair.right.count("rekeyed_child") == 1);
    check_one_pair(pair);
}

TEST_CASE("limits by volume go to the data plane, the soft one earlier by chance") {
    std::set<std::uint64_t> soft;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Pair pair(seed);
        auto left = left_tunnel();
        left.esp_lifetime_bytes = 100'000'000'000;
        left.esp_lifetime_packets = 1'000'000'000;
        REQUIRE(pair.establish(left, right_tunnel()));
        const auto& limits = pair.left.dataplane().outbound(dataplane::TunnelId{1})->options.limits;
        CHECK(limits.hard_bytes == 100'000'000'000);
        CHECK(limits.hard_packets == 1'000'000'000);
        CHECK(limits.soft_bytes >= 80'000'000'000);
        CHECK(limits.soft_bytes <= 90'000'000'000);
        CHECK(limits.soft_packets >= 800'000'000);
        CHECK(limits.soft_packets <= 900'000'000);
        soft.insert(limits.soft_bytes);
        CHECK(pair.right.dataplane().outbound(dataplane::TunnelId{1})->options.limits == dataplane::VolumeLimits{});
    }
    CHECK(soft.size() == 20);
}

TEST_CASE("a CHILD_SA that is used up is negotiated anew") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.left.event(ike::ChildHardLimit{current_children(pair.left)[0].id});
    pair.world.run_for(seconds(1));
    CHECK(pair.left.count("expired") == 1);
    CHECK(pair.left.count("established") == 2);
    check_one_pair(pair);
}

TEST_CASE("a CHILD_SA that is used up while it is rekeyed waits for the outcome") {
    const bool grants = GENERATE(true, false);
    Pair pair;
    pair.world.network.faults.delay = milliseconds(5);
    auto left = left_tunnel();
    if (!grants) left.esp_proposals = esp_proposals({"aes256gcm16-ecp256"});
    REQUIRE(pair.establish(left, right_tunnel()));
    const auto id = current_children(pair.left)[0].id;
    pair.left.event(ike::ChildSoftLimit{id});
    pair.left.event(ike::ChildHardLimit{id});
    pair.world.run_for(seconds(8));
    CHECK(pair.left.count("rekeyed_child") == (grants ? 1 : 0));
    CHECK(pair.left.count("expired") == (grants ? 0 : 1));
    check_one_pair(pair);
}

TEST_CASE("a rekey that never succeeds ends with the lifetime, and the tunnel is negotiated anew") {
    Pair pair;
    auto left = left_tunnel();
    left.esp_proposals = esp_proposals({"aes256gcm16-ecp256"});
    left.esp_lifetime = seconds(60);
    left.esp_rekey_margin = seconds(10);
    REQUIRE(pair.establish(left, right_tunnel()));
    pair.world.run_for(seconds(65));
    CHECK(pair.left.count("expired") == 1);
    CHECK(pair.left.count("established") == 2);
    check_one_pair(pair);
}

TEST_CASE("rekey of a tunnel that is down says so") {
    Pair pair;
    pair.right.command(ike::AddTunnel{right_tunnel()});
    const auto id = pair.right.command(ike::Rekey{"t", false});
    REQUIRE(pair.right.answer(id) != nullptr);
    CHECK(pair.right.answer(id)->code == "not_established");
}

}  // namespace esplane::sim
