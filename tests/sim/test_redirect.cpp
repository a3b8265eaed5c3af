// Gateways that send us to another one (RFC 5685).

#include <catch2/catch.hpp>

#include "ike/core/redirect.h"
#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

namespace {

const IpAddress kOther = IpAddress::v4(0xc0000203);  // 192.0.2.3

Bytes redirect_to(const IpAddress& gateway, ByteView nonce = {}) {
    Bytes data{gateway.family() == Family::kIpv4 ? std::uint8_t{1} : std::uint8_t{2},
               static_cast<std::uint8_t>(gateway.octets().size())};
    append(data, gateway.octets());
    append(data, nonce);
    return data;
}

/// Our engine as a client whose first gateway is at `kRight`.
struct Client : Alone {
    explicit Client(ike::TunnelOptions options = left_tunnel()) {
        world.network.filter = [this](const Packet& packet) {
            if (const auto* datagram = std::get_if<Bytes>(&packet.content)) {
                sent.push_back(*datagram);
                last = *datagram;
                to = packet.destination.address;
            }
            return false;
        };
        options.dpd.delay = seconds(0);
        left.command(ike::AddTunnel{std::move(options)});
        world.run_for(milliseconds(1));
    }
    Path path() const { return {{kLeft, 500}, {to, 500}}; }
    /// The payloads of the IKE_SA_INIT request that is on its way.
    Payloads init() const { return parse(last).value(); }
    void answer_init(const Payloads& payloads) { ask(unprotected(last, payloads), path()); }

    Bytes last;    ///< datagram
    IpAddress to;  ///< its destination
};

/// Until the CHILD_SA; `more` goes into the IKE_AUTH response.
bool answer_until_up(Client& client, ScriptedPeer& peer, const Payloads& more = {}) {
    const auto request = peer.open(client.ask(peer.init_response(client.last), client.path()));
    if (!request || !request->auth) return false;
    Payloads answer = peer.auth_response(*request);
    answer.notifies = more.notifies;
    client.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer), client.path());
    return true;
}

}  // namespace

TEST_CASE("REDIRECT in the place of an IKE_SA_INIT response is followed to a gateway that proves the same identity") {
    Client client;
    CHECK(has(client.init(), NotifyType::kRedirectSupported));
    CHECK_FALSE(has(client.init(), NotifyType::kRedirectedFrom));
    client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther, *client.init().nonce)));
    CHECK(client.to == kOther);
    REQUIRE(has(client.init(), NotifyType::kRedirectedFrom));
    CHECK(client.init().find(NotifyType::kRedirectedFrom)->data == redirect_to(kRight));
    ScriptedPeer peer(right_tunnel(), 1);
    REQUIRE(answer_until_up(client, peer));
    CHECK(client.left.status().state == ike::TunnelState::kEstablished);
    CHECK(client.left.status().peer->address == kOther);
    CHECK(client.left.count("redirected") == 1);
    CHECK(client.left.engine().counters().ike_sas == 1);
}

TEST_CASE("a REDIRECT that does not show our nonce, or comes unasked, is not believed") {
    auto options = left_tunnel();
    options.follow_redirects = GENERATE(true, false);
    Client client(options);
    CHECK(has(client.init(), NotifyType::kRedirectSupported) == options.follow_redirects);
    const Bytes nonce = *client.init().nonce;
    const Bytes begin(nonce.begin(), nonce.end() - 1);
    client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther)));
    client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther, begin)));
    client.answer_init(with_notify(NotifyType::kRedirect, {1}));
    client.answer_init(with_notify(NotifyType::kRedirect, {1, 200, 1, 2}));
    if (!options.follow_redirects) client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther, nonce)));
    CHECK(client.left.count("redirected") == 0);
    CHECK(client.to == kRight);
    client.world.run_for(seconds(1));
    ScriptedPeer peer(right_tunnel(), 1);
    CHECK(answer_until_up(client, peer));
}

TEST_CASE("a gateway that proves another identity is refused, and the configured one is asked again") {
    Client client;
    client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther, *client.init().nonce)));
    auto stranger = right_tunnel();
    stranger.local_id = ike::Identity::parse("somebody.example.org").value();
    ScriptedPeer peer(stranger, 1);
    REQUIRE(answer_until_up(client, peer));
    CHECK(client.left.count("wrong_identity") == 1);
    CHECK(client.left.status().state != ike::TunnelState::kEstablished);
    client.world.run_for(seconds(20));
    CHECK(client.to == kRight);
}

TEST_CASE("who is sent in circles stops after five times, and begins anew at the configured gateway") {
    Client client;
    for (int i = 0; i < 5; ++i)
        client.answer_init(with_notify(NotifyType::kRedirect,
                                       redirect_to(client.to == kRight ? kOther : kRight, *client.init().nonce)));
    CHECK(client.left.count("redirected") == 5);
    client.answer_init(with_notify(NotifyType::kRedirect, redirect_to(kOther, *client.init().nonce)));
    CHECK(client.left.count("redirected") == 5);
    CHECK(client.left.count("redirect_refused") == 1);
    client.world.run_for(seconds(20));
    CHECK(client.to == kRight);
}

TEST_CASE("a gateway told by its name, or of another family than our address, is refused with the reason") {
    auto options = left_tunnel();
    options.local_address = kLeft;
    Client client(options);
    const bool by_name = GENERATE(true, false);
    Bytes data = by_name ? Bytes{3, 4, 'g', 'w', '.', 'x'} : redirect_to(IpAddress::parse("2001:db8::1").value());
    append(data, *client.init().nonce);
    client.answer_init(with_notify(NotifyType::kRedirect, data));
    CHECK(client.left.count("redirect_refused") == 1);
    CHECK_THAT(client.left.last_error(), Catch::Contains("remote.address"));
}

TEST_CASE("REDIRECT in the IKE_AUTH response of an authenticated gateway is followed") {
    Client client;
    ScriptedPeer first(right_tunnel(), 1);
    REQUIRE(answer_until_up(client, first, with_notify(NotifyType::kRedirect, redirect_to(kOther))));
    // The first one is told that it is left, the second one is asked.
    REQUIRE(client.sent.size() == 2);
    const auto goodbye = first.open(client.sent[0]);
    REQUIRE(goodbye);
    CHECK(goodbye->deletes.size() == 1);
    CHECK(client.to == kOther);
    ScriptedPeer second(right_tunnel(), 2);
    REQUIRE(answer_until_up(client, second));
    CHECK(client.left.status().state == ike::TunnelState::kEstablished);
}

TEST_CASE("a gateway that sends us away later is left when the other one serves us") {
    Client client;
    ScriptedPeer first(right_tunnel(), 1);
    REQUIRE(answer_until_up(client, first));
    const Bytes request =
        first.seal(ExchangeType::kInformational, false, 0, with_notify(NotifyType::kRedirect, redirect_to(kOther)));
    client.ask(request, client.path());
    // The other gateway is asked, and this one's request answered.
    REQUIRE(client.sent.size() == 2);
    client.last = client.sent.front();
    client.to = kOther;
    REQUIRE(has(client.init(), NotifyType::kRedirectedFrom));
    CHECK(current_children(client.left).size() == 1);
    ScriptedPeer second(right_tunnel(), 2);
    REQUIRE(answer_until_up(client, second));
    CHECK(client.to == kRight);
    const auto goodbye = first.open(client.sent.back());
    REQUIRE(goodbye);
    CHECK(goodbye->deletes.size() == 1);
    CHECK(current_children(client.left).size() == 1);
    CHECK(client.left.status().peer->address == kOther);
}

}  // namespace esplane::sim
