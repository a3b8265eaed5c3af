// Batches of which any subset is bad, through the whole worker: exactly the good ones pass, in order, and each bad one
// is counted once, for its own reason. Of four bursts and a bit as well: what is checked of the first packet of a batch
// only, or of the first batch only, would send the rest in clear, or take it in.
#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/sequence.h"
#include "tests/unit/dataplane/support/suite_peer.h"
#include "tests/unit/dataplane/worker/bench.h"

namespace esplane::dataplane {
namespace {

using test::Bench;
using test::Drops;
using test::InboundRig;
using test::Suite;
using test::SuitePeer;

constexpr std::size_t kPackets = 256;  // several bursts

SelectorPair between(std::string_view local, std::string_view remote) {
    return {.local = {TrafficSelector::from_prefix(*Prefix::parse(local))},
            .remote = {TrafficSelector::from_prefix(*Prefix::parse(remote))}};
}

TunnelPolicy policy_to(std::uint32_t number, std::string_view remote) {
    TunnelPolicy policy = test::tunnel_policy();
    policy.id = TunnelId{number};
    policy.policies = {between("10.1.0.0/16", remote)};
    return policy;
}

Bytes plain_to(std::string_view destination, std::size_t payload) {
    return test::ipv4(test::address("10.1.0.9"), test::address(destination), 17,
                      test::udp(1, 2, test::filler(payload)));
}

/// What the worker is given, and what is to become of it.
class Inbound {
  public:
    static constexpr const char* kReasons[] = {
        "bad_icv",         "runt",  "unknown_spi",       "replay",   "bad_padding", "malformed_inner",
        "bad_next_header", "dummy", "outside_selectors", "keepalive"};

    explicit Inbound(const Suite& suite) : ours_(test::child_options_of(suite, true, 1024)), peer_(suite, ours_) {
        bench_.add_tunnel();
        bench_.install(test::copy_of(ours_));
        bench_.work();
    }

    void good() {
        const bool is_v6 = ++payload_ % 3 == 0;
        const Bytes inner = test::incoming_packet(payload_ % 180, is_v6 ? Family::kIpv6 : Family::kIpv4);
        last_good_ = peer_.packet(++sequence_, inner, is_v6 ? 41 : 4);
        arrive(last_good_);
        to_pass_.push_back(inner);
    }
    void bad(std::string_view reason) {
        // A replay needs something to repeat.
        if (reason == "replay" && last_good_.empty()) return good();
        arrive(make_bad(reason));
        ++drops_[std::string(reason)];
    }
    /// An IKE message: out of the batch, too, but no drop.
    void ike() {
        arrive(Bytes(32));
        ++ike_;
    }

    /// Works, and compares with what is to be. What has come in before is forgotten then.
    void check() {
        bench_.work();
        std::vector<Bytes> passed;
        for (const test::Sent& sent : bench_.clear.take())
            passed.push_back(sent.octets);
        REQUIRE(passed.size() == to_pass_.size());
        REQUIRE(passed == to_pass_);
        REQUIRE(bench_.drops() == drops_);
        REQUIRE(bench_.events_of<Punted>().size() == ike_);
        REQUIRE(bench_.cipher.take().empty());
        to_pass_.clear();
        ike_ = 0;
    }

  private:
    void arrive(const Bytes& datagram) { bench_.cipher.arrive(datagram, ours_.outer); }

    Bytes make_bad(std::string_view reason) {
        const Bytes inner = test::incoming_packet(14);  // 34 octets: with the trailer 36, or 48 in blocks of 16
        if (reason == "keepalive") return {0xff};
        if (reason == "replay") return last_good_;
        if (reason == "malformed_inner") return peer_.packet(++sequence_, test::filler(30));
        if (reason == "bad_next_header") return peer_.packet(++sequence_, inner, 6);
        if (reason == "dummy") return peer_.packet(++sequence_, inner, 59);
        if (reason == "outside_selectors") return peer_.packet(++sequence_, test::outgoing_packet(14));
        if (reason == "bad_padding") {
            Bytes text = test::text_of(inner, 12, 4);
            text[inner.size() + sequence_ % 12] ^= 0x40;
            return peer_.seal(++sequence_, text);
        }
        Bytes packet = peer_.packet(++sequence_, inner);
        if (reason == "bad_icv") {
            packet[8 + sequence_ * 7 % (packet.size() - 8)] ^= 0x04;
        } else if (reason == "runt") {
            packet.resize(4 + sequence_ * 5 % (peer_.overhead() - 2));
        } else {
            REQUIRE(reason == "unknown_spi");
            packet[1] ^= 0x10;
            packet.resize(2100);  // too long to wait for its SA
        }
        return packet;
    }

    ChildOptions ours_;
    SuitePeer peer_;
    Bench bench_;
    std::uint64_t sequence_ = 0;
    std::size_t payload_ = 0;
    Bytes last_good_;
    std::vector<Bytes> to_pass_;
    Drops drops_;
    std::size_t ike_ = 0;
};

/// The same of plain packets; the peer opens what leaves.
class Outbound {
  public:
    static constexpr const char* kReasons[] = {"malformed_inner", "no_policy", "no_sa", "outside_selectors", "too_big"};

    explicit Outbound(const Suite& suite)
        : ours_(test::child_options_of(suite)), peer_([&] { return test::mirrored(ours_); }()) {
        TunnelPolicy never_fragments = test::tunnel_policy();
        never_fragments.fragment = FragmentPolicy::kNever;
        bench_.add_tunnel(never_fragments);
        bench_.install(test::copy_of(ours_));
        // One that is down, and one of which the peer has granted less than was asked for.
        bench_.add_tunnel(policy_to(2, "10.5.0.0/16"));
        bench_.add_tunnel(policy_to(3, "10.6.0.0/16"));
        ChildOptions narrow = test::child_options(3);
        narrow.tunnel = TunnelId{3};
        narrow.selectors = between("10.1.0.0/16", "10.6.0.0/24");
        bench_.install(std::move(narrow));
        bench_.work();
    }

    void good() {
        const bool is_v6 = ++payload_ % 3 == 0;
        const Bytes inner = test::outgoing_packet(payload_ % 180, is_v6 ? Family::kIpv6 : Family::kIpv4);
        bench_.clear.arrive(inner, test::kDevice);
        to_pass_.push_back(inner);
    }
    void bad(std::string_view reason) {
        bench_.clear.arrive(make_bad(reason), test::kDevice);
        ++drops_[std::string(reason)];
    }

    void check() {
        bench_.work();
        std::vector<Bytes> passed;
        std::vector<Bytes> burst;
        for (const test::Sent& sent : bench_.cipher.take()) {
            REQUIRE(load_be<std::uint32_t>(sent.octets.data()) == to_number(ours_.spi_out));
            // No number is left out, none comes twice.
            REQUIRE(load_be<std::uint32_t>(sent.octets.data() + 4) == ++sequence_);
            REQUIRE(sent.outer == ours_.outer);
            burst.push_back(sent.octets);
            if (burst.size() == kBurst) open(burst, passed);
        }
        open(burst, passed);
        REQUIRE(passed.size() == to_pass_.size());
        REQUIRE(passed == to_pass_);
        REQUIRE(bench_.drops() == drops_);
        REQUIRE(bench_.clear.take().empty());
        (void)bench_.events();
        to_pass_.clear();
    }

  private:
    Bytes make_bad(std::string_view reason) {
        ++payload_;
        if (reason == "no_policy") return plain_to("10.9.0.1", payload_ % 50);
        if (reason == "no_sa") return plain_to("10.5.0.1", payload_ % 50);
        if (reason == "outside_selectors") return plain_to("10.6.1.1", payload_ % 50);
        if (reason == "too_big") return test::outgoing_packet(65480);
        REQUIRE(reason == "malformed_inner");
        Bytes packet = test::outgoing_packet(30);
        if (payload_ % 2 == 0) packet[0] ^= 0xf0;
        if (payload_ % 2 == 1) packet.resize(packet.size() - 1);
        return packet;
    }
    void open(std::vector<Bytes>& burst, std::vector<Bytes>& passed) {
        for (Bytes& inner : peer_.run(burst))
            passed.push_back(std::move(inner));
        burst.clear();
    }

    ChildOptions ours_;
    InboundRig peer_;
    Bench bench_;
    std::uint32_t sequence_ = 0;
    std::size_t payload_ = 0;
    std::vector<Bytes> to_pass_;
    Drops drops_;
};

/// `count` packets, the bad ones as the bits of `subset` say.
template <typename Way>
void send_subset(Way& way, std::size_t count, std::size_t subset, std::string_view reason) {
    for (std::size_t i = 0; i < count; ++i) {
        if ((subset >> i & 1) != 0) {
            way.bad(reason);
        } else {
            way.good();
        }
    }
}

TEMPLATE_TEST_CASE("small batches: every subset is bad, for every reason", "", Inbound, Outbound) {
    for (const Suite& suite : test::suite_of_each_kind()) {
        TestType way(suite);
        way.good();
        way.check();
        for (const char* reason : TestType::kReasons) {
            // Where the suites differ is the cipher; the other reasons need one only.
            const bool is_first = reason == TestType::kReasons[0];
            if (!is_first && suite.encr.id != crypto::EncrId::kAesCbc) continue;
            const std::size_t count = is_first ? 7 : std::string_view(reason) == "too_big" ? 3 : 5;
            for (std::size_t subset = 0; subset < std::size_t{1} << count; ++subset) {
                INFO(test::name_of(suite) << ", " << reason << ", subset " << subset << " of " << count);
                send_subset(way, count, subset, reason);
                way.check();
            }
        }
    }
}

TEMPLATE_TEST_CASE("small batches: every mixture of good ones and two reasons", "", Inbound, Outbound) {
    TestType way(test::suite_of_each_kind().front());
    way.good();
    way.check();
    const std::size_t count = std::size(TestType::kReasons);
    for (unsigned mixture = 0; mixture < 3 * 3 * 3 * 3 * 3; ++mixture) {
        INFO("mixture " << mixture);
        unsigned rest = mixture;
        const std::size_t first = mixture % (count - 1);
        for (int i = 0; i < 5; ++i, rest /= 3) {
            if (rest % 3 == 0) way.good();
            if (rest % 3 == 1) way.bad(TestType::kReasons[first]);
            if (rest % 3 == 2)
                way.bad(std::string_view(TestType::kReasons[first + 1]) == "too_big" ? "no_policy"
                                                                                     : TestType::kReasons[first + 1]);
        }
        way.check();
    }
}

TEMPLATE_TEST_CASE("four bursts: one bad among the good, one good among the bad, halves, all and none", "", Inbound,
                   Outbound) {
    for (const Suite& suite : test::suite_of_each_kind()) {
        TestType way(suite);
        const auto send = [&](auto is_bad) {
            for (std::size_t i = 0; i < kPackets; ++i) {
                // "too_big" is the last, and slow.
                if (is_bad(i)) {
                    way.bad(TestType::kReasons[i % (std::size(TestType::kReasons) - 1)]);
                } else {
                    way.good();
                }
            }
            way.check();
        };
        INFO(test::name_of(suite));
        const bool is_gcm = suite.encr.id == crypto::EncrId::kAesGcm16;
        for (const std::size_t edge : {0, 1, 63, 64, 128, 192, 255}) {
            // The others go through the same stages.
            if (!is_gcm && edge != 0 && edge != 64) continue;
            INFO("at " << edge);
            send([&](std::size_t i) { return i == edge; });
            send([&](std::size_t i) { return i != edge; });
            if (edge != 64) continue;
            send([&](std::size_t i) { return i < edge; });
            send([&](std::size_t i) { return i >= edge; });
        }
        send([](std::size_t i) { return i % 2 == 0; });
        send([](std::size_t) { return true; });
        send([](std::size_t) { return false; });
    }
}

TEMPLATE_TEST_CASE("four bursts: random subsets are bad, for random reasons", "", Inbound, Outbound) {
    for (const Suite& suite : test::suite_of_each_kind()) {
        const std::uint64_t seed = 0xba7c4;
        crypto::SeededRandom random(seed);
        TestType way(suite);
        for (int round = 0; round < 6; ++round) {
            INFO("seed " << seed << ", " << test::name_of(suite) << ", round " << round);
            const std::uint64_t good_of_16 = random.below(17);
            for (std::size_t i = 0; i < kPackets + random.below(kBurst); ++i) {
                if (random.below(16) < good_of_16) {
                    way.good();
                    continue;
                }
                const char* reason = TestType::kReasons[random.below(std::size(TestType::kReasons))];
                if (std::string_view(reason) == "too_big" && random.below(8) != 0) reason = TestType::kReasons[0];
                way.bad(reason);
            }
            way.check();
        }
    }
}

TEST_CASE("IKE messages among ESP packets, good and bad: each goes its way") {
    const std::uint64_t seed = 0x1ce;
    crypto::SeededRandom random(seed);
    Inbound way(test::suite_of_each_kind().front());
    for (int round = 0; round < 8; ++round) {
        INFO("seed " << seed << ", round " << round);
        for (std::size_t i = 0; i < kPackets; ++i) {
            switch (random.below(4)) {
                case 0:
                    way.ike();
                    break;
                case 1:
                    way.bad(Inbound::kReasons[random.below(std::size(Inbound::kReasons))]);
                    break;
                default:
                    way.good();
            }
        }
        way.check();
    }
}

TEST_CASE("numbers that run out within four bursts: what has one leaves, in order, and nothing else does") {
    for (const std::uint32_t left : {0U, 1U, 63U, 64U, 65U, 100U, 255U}) {
        Bench bench;
        bench.add_tunnel();
        auto child = std::make_unique<ChildSa>(test::child_options());
        child->out.sequence = test::sequence_after(0xffffffff - left, false);
        bench.give(Install{std::move(child)});
        for (std::size_t i = 0; i < kPackets; ++i)
            bench.clear.arrive(test::outgoing_packet(i), test::kDevice);
        bench.work();
        const auto sent = bench.cipher.take();
        INFO(left << " numbers left");
        REQUIRE(sent.size() == left);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const std::uint64_t sequence = 0x100000000 - left + i;
            CHECK(test::open_with_openssl(test::child_options().key_out, sequence, false, sent[i].octets) ==
                  test::with_trailer(test::outgoing_packet(i), 4));
        }
        CHECK(bench.clear.take().empty());
        CHECK(bench.drops() == Drops{{"sequence_exhausted", kPackets - left}});
    }
}

}  // namespace
}  // namespace esplane::dataplane
