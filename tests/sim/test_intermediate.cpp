// Additional key exchanges in IKE_INTERMEDIATE (RFC 9242, RFC 9370), with groups and with a KEM.

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"
#include "tests/sim/stub_kem.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

namespace {

const StubKem kKem;
constexpr const char* kOne = "aes256gcm16-prfsha256-ecp256-ke1_x25519";

ike::Options with_kem() {
    ike::Options options;
    options.encapsulation = &kKem;
    return options;
}

ike::TunnelOptions with(ike::TunnelOptions options, std::initializer_list<const char*> proposals) {
    options.ike_proposals = ike_proposals(proposals);
    return options;
}

std::string suite_of(const Node& node) {
    return node.status().ike ? to_string(node.status().ike->suite) : "none";
}

/// How many IKE_INTERMEDIATE requests and responses pass.
void count_intermediates(Pair& pair, std::size_t& count) {
    pair.world.network.filter = [&count](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        const auto header = datagram != nullptr ? ike::wire::parse_header(*datagram) : ike::wire::parse_header({});
        if (header && header->exchange == ExchangeType::kIkeIntermediate) ++count;
        return true;
    };
}

Payloads with_ke(crypto::DhId method, Bytes value) {
    Payloads payloads;
    payloads.ke = ike::wire::Ke{static_cast<std::uint16_t>(method), std::move(value)};
    return payloads;
}

/// An engine that listens, and a peer that has done IKE_SA_INIT with it.
struct Begun : Alone {
    explicit Begun(const ike::Options& options = {}) : Alone(options), peer(with(right_tunnel(), {kOne}), 1) {
        auto tunnel = with(left_tunnel(), {kOne});
        tunnel.start = ike::StartMode::kListen;
        left.command(ike::AddTunnel{tunnel});
        peer.intermediate = true;
        REQUIRE(peer.take_init_response(ask(peer.init_request())));
    }
    Bytes intermediate(std::uint32_t id, const Payloads& payloads) {
        return ask(peer.seal(ExchangeType::kIkeIntermediate, false, id, payloads));
    }
    Bytes auth(std::uint32_t id) { return ask(peer.seal(ExchangeType::kIkeAuth, false, id, peer.auth_request())); }
    Bytes x25519_value() {
        crypto::SeededRandom random(7);
        return crypto::KeyExchange::generate(crypto::DhId::kX25519, random)->public_value();
    }
    ScriptedPeer peer;
};

}  // namespace

TEST_CASE("additional key exchanges come between IKE_SA_INIT and IKE_AUTH, as many as were agreed on") {
    struct Case {
        std::vector<const char*> left;
        std::vector<const char*> right;
        std::string agreed;
        std::size_t exchanges;
    };
    const std::string gcm = "aes256gcm16-prfsha256-";
    for (const Case& each : {
             Case{{kOne}, {kOne}, gcm + "ecp256-ke1_x25519", 1},
             Case{{"aes256gcm16-prfsha256-x25519-ke1_mlkem768"},
                  {"aes256gcm16-prfsha256-x25519-ke1_mlkem768"},
                  gcm + "x25519-ke1_mlkem768",
                  1},
             Case{{"aes256gcm16-prfsha256-x25519-ke1_mlkem768-ke3_ecp384"},
                  {"aes256gcm16-prfsha256-x25519-ke1_mlkem768-ke3_ecp384"},
                  gcm + "x25519-ke1_mlkem768-ke3_ecp384",
                  2},
             Case{{kOne, "aes256gcm16-prfsha256-x25519"}, {"aes256gcm16-prfsha256-x25519"}, gcm + "x25519", 0},
             Case{{"aes256gcm16-prfsha256-ecp256-ke1_x25519-ke1_none"},
                  {"aes256gcm16-prfsha256-ecp256"},
                  gcm + "ecp256",
                  0},
             Case{{kOne}, {"aes256gcm16-prfsha256-ecp256"}, "none", 0},
             Case{{"aes256gcm16-prfsha256-ecp256"}, {kOne}, "none", 0},
         }) {
        INFO(each.left.front() << " and " << each.right.front());
        Pair pair(1, with_kem());
        std::size_t messages = 0;
        count_intermediates(pair, messages);
        auto left = left_tunnel();
        auto right = right_tunnel();
        for (auto [options, texts] : {std::pair(&left, &each.left), std::pair(&right, &each.right)}) {
            options->ike_proposals.clear();
            for (const char* text : *texts)
                options->ike_proposals.push_back(ike::parse_ike_proposal(text).value());
        }
        pair.add(left, right);
        pair.world.run_for(seconds(3));
        CHECK(pair.up() == (each.agreed != "none"));
        CHECK(suite_of(pair.left) == each.agreed);
        if (each.exchanges == 0) CHECK(messages == 0);
        if (each.exchanges > 0) CHECK(messages >= 2 * each.exchanges);
    }
}

TEST_CASE("additional key exchanges survive loss, repetition and reordering") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed, with_kem());
        pair.world.network.faults.loss = 0.2;
        pair.world.network.faults.repeat = 0.2;
        pair.world.network.faults.jitter = milliseconds(800);
        const char* proposal = "aes256gcm16-prfsha256-x25519-ke1_mlkem1024-ke2_ecp256";
        pair.add(with(left_tunnel(), {proposal}), with(right_tunnel(), {proposal}));
        CHECK(pair.world.run_until([&] { return pair.up(); }, seconds(300)));
    }
}

TEST_CASE("keys of additional key exchanges are replaced by such keys alone") {
    Pair pair(1, with_kem());
    const char* proposal = "aes256gcm16-prfsha256-x25519-ke1_mlkem768";
    pair.add(with(left_tunnel(), {proposal}), with(right_tunnel(), {proposal}));
    pair.world.run_for(seconds(GENERATE(2, 60)));
    REQUIRE(pair.up());
    Node& who = GENERATE(true, false) ? pair.left : pair.right;
    std::size_t messages = 0;
    count_intermediates(pair, messages);
    const auto command = who.command(ike::Rekey{"t", true});
    CHECK(pair.world.run_until([&] { return messages >= 2 && who.answer(command) && pair.up(); }, seconds(60)));
    REQUIRE(who.answer(command));
    CHECK(who.answer(command)->ok);
    CHECK(who.answer(command)->code == "reauthenticated");
    CHECK(suite_of(pair.left) == proposal);
    CHECK(suite_of(pair.right) == proposal);
}

TEST_CASE("as responder: nothing but the next IKE_INTERMEDIATE is answered before all of them are done") {
    Begun begun;
    SECTION("IKE_AUTH too early") {
        CHECK(begun.auth(1).empty());
    }
    SECTION("another message ID") {
        CHECK(begun.intermediate(2, with_ke(crypto::DhId::kX25519, begun.x25519_value())).empty());
    }
    SECTION("done: the keys are others") {
        CHECK_FALSE(begun.intermediate(1, with_ke(crypto::DhId::kX25519, begun.x25519_value())).empty());
        // Under the old ones.
        CHECK(begun.auth(2).empty());
        CHECK(begun.intermediate(2, with_ke(crypto::DhId::kX25519, begun.x25519_value())).empty());
    }
    CHECK(begun.left.status().state != ike::TunnelState::kEstablished);
    CHECK(begun.left.dataplane().children().empty());
}

TEST_CASE("as responder: an IKE_INTERMEDIATE that does not fit ends the attempt") {
    Begun begun;
    Payloads request = with_ke(crypto::DhId::kX25519, begun.x25519_value());
    SECTION("another method") {
        request = with_ke(crypto::DhId::kEcp384, Bytes(96, 1));
    }
    SECTION("a value cut off") {
        request.ke->value.pop_back();
    }
    SECTION("a value too long") {
        request.ke->value.push_back(0);
    }
    SECTION("a value of small order") {
        request.ke->value.assign(32, 0);
    }
    SECTION("no KE") {
        request = {};
    }
    SECTION("what has no place there") {
        request.nonce = Bytes(32, 1);
    }
    const auto answer = begun.peer.open(begun.intermediate(1, request));
    CHECK(has(answer, NotifyType::kInvalidSyntax));
    CHECK(begun.auth(2).empty());
}

TEST_CASE("as responder: who does not announce IKE_INTERMEDIATE gets no additional key exchange") {
    Alone alone;
    auto tunnel = with(left_tunnel(), {kOne});
    tunnel.start = ike::StartMode::kListen;
    alone.left.command(ike::AddTunnel{tunnel});
    ScriptedPeer peer(with(right_tunnel(), {kOne}), 1);
    CHECK(has(parse(alone.ask(peer.init_request())), NotifyType::kNoProposalChosen));
}

TEST_CASE("as responder: the cost of IKE_INTERMEDIATE counts like that of IKE_SA_INIT") {
    ike::Options options;
    options.handshakes_per_second = 4;
    options.cookie_threshold = 1000;
    Begun begun(options);
    const Payloads request = with_ke(crypto::DhId::kX25519, begun.x25519_value());
    // Others use up what there is.
    for (std::uint64_t seed = 2; begun.left.engine().counters().handshakes_dropped == 0; ++seed) {
        REQUIRE(seed < 200);
        ScriptedPeer other(with(right_tunnel(), {kOne}), seed);
        other.intermediate = true;
        begun.ask(other.init_request());
    }
    const Bytes sealed = begun.peer.seal(ExchangeType::kIkeIntermediate, false, 1, request);
    CHECK(begun.ask(sealed).empty());
    CHECK(begun.left.engine().counters().handshakes_dropped == 2);
    begun.world.run_for(seconds(1));
    CHECK_FALSE(begun.ask(sealed).empty());
}

TEST_CASE("as initiator: additional key exchanges without IKE_INTERMEDIATE are not begun") {
    Alone alone;
    alone.left.command(ike::AddTunnel{with(left_tunnel(), {kOne})});
    alone.world.run_for(milliseconds(1));
    CHECK(has(parse(alone.sent.back()), NotifyType::kIntermediateExchangeSupported));
    ScriptedPeer peer(with(right_tunnel(), {kOne}), 1);
    CHECK(alone.ask(peer.init_response(alone.sent.back())).empty());
}

TEST_CASE("IKE_INTERMEDIATE is announced only where a proposal needs it") {
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    CHECK_FALSE(has(parse(alone.sent.back()), NotifyType::kIntermediateExchangeSupported));
}

}  // namespace esplane::sim
