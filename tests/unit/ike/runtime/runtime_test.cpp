// What comes in reaches the engine, and what it answers leaves by the socket that it came by. A header of IKE version 3
// serves as the question: RFC 7296 2.5 has it answered with INVALID_MAJOR_VERSION, whoever asks.
#include "ike/runtime/runtime.h"

#include <poll.h>

#include <catch2/catch.hpp>

#include "tests/unit/ike/runtime/fake_dataplane.h"
#include "tests/unit/ike/runtime/peer_socket.h"

namespace esplane::ike {
namespace {

using namespace std::chrono_literals;

Bytes version_3_request() {
    return from_hex("1122334455667788 0000000000000000 29302208 00000000 0000001c");
}

struct Noting final : Observer {
    void on_happened(const Happened& what) override { happened.push_back(what); }
    void on_send_failed(const Path& path, int) override { failed.push_back(path); }
    void on_resized(const dataplane::Resized& event) override { resized.push_back(event.tunnel); }
    void on_instance_added(const AddInstance&) override {}
    void on_instance_removed(dataplane::TunnelId) override {}
    void on_virtual_addresses(const UseVirtualAddresses&) override {}
    void on_status_wanted(const FetchStatus&) override {}
    std::vector<Happened> happened;
    std::vector<Path> failed;
    std::vector<dataplane::TunnelId> resized;
};

struct Station {
    std::uint16_t port = free_port();
    std::unique_ptr<EventLoop> loop = EventLoop::open().value();
    FakeDataplane dataplane;
    crypto::SeededRandom random{1};
    Noting observer;
    Runtime runtime{*loop, UdpTransport::open(port, 0).value(), dataplane, random, {.ike_port = port}, observer};

    template <typename Condition>
    void turn_until(Condition condition) {
        EventLoop::Timer limit(*loop, [] { FAIL("waited in vain"); });
        limit.set_after(5s);
        while (!condition())
            loop->turn();
    }
};

TEST_CASE("a datagram on the IKE port is answered from there") {
    Station station;
    const PeerSocket peer("127.0.0.1");
    peer.send_to(endpoint("127.0.0.9", station.port), version_3_request());
    pollfd ready{peer.socket.get(), POLLIN, 0};
    station.turn_until([&] { return poll(&ready, 1, 0) == 1; });
    SocketAddress from;
    Bytes answer(2000);
    const ssize_t length = recvfrom(peer.socket.get(), answer.data(), answer.size(), 0, from.writable(), &from.length);
    CHECK(length > 28);
    CHECK(from.endpoint() == endpoint("127.0.0.9", station.port));
    CHECK(station.dataplane.sent.empty());
}

TEST_CASE("a datagram that the data plane found is answered through the data plane") {
    Station station;
    const Path path{endpoint("192.0.2.1", 4500), endpoint("192.0.2.2", 4711)};
    station.dataplane.happen(dataplane::Punted{path, version_3_request()});
    station.turn_until([&] { return !station.dataplane.sent.empty(); });
    CHECK(station.dataplane.sent[0].first == path);
}

TEST_CASE("events that mean nothing to the engine do no harm") {
    Station station;
    const dataplane::ChildId nobody{77};
    station.dataplane.happen(dataplane::Installed{nobody});
    station.dataplane.happen(dataplane::FirstInbound{nobody});
    station.dataplane.happen(dataplane::SoftLimit{nobody});
    station.dataplane.happen(dataplane::PeerMoved{nobody, {}});
    station.dataplane.happen(dataplane::Acquire{dataplane::TunnelId{77}});
    station.dataplane.happen(dataplane::Returned{nobody, nullptr});
    station.dataplane.happen(dataplane::Punted{{}, {}});
    station.turn_until([&] { return station.dataplane.events_left() == 0; });
    CHECK(station.dataplane.sent.empty());
    CHECK(station.runtime.status().empty());
}

TEST_CASE("a flood of events is worked off without starving the rest") {
    Station station;
    for (int i = 0; i < 5000; ++i)
        station.dataplane.happen(dataplane::FirstInbound{dataplane::ChildId{1}});
    bool timer_called = false;
    EventLoop::Timer timer(*station.loop, [&] { timer_called = true; });
    timer.set(EventLoop::now());
    station.loop->turn();
    CHECK(timer_called);
    CHECK(station.dataplane.events_left() > 0);
    station.turn_until([&] { return station.dataplane.events_left() == 0; });
}

TunnelOptions tunnel(const char* local) {
    TunnelOptions options;
    options.id = dataplane::TunnelId{1};
    options.name = "net";
    options.local_address = IpAddress::parse(local);
    options.remote_address = IpAddress::parse("127.0.0.1");
    options.psk = std::make_shared<crypto::Secret>(as_bytes("secret"));
    options.ike_proposals = {parse_ike_proposal("aes256gcm16-prfsha256-ecp256").value()};
    options.esp_proposals = {parse_esp_proposal("aes256gcm16").value()};
    options.children.emplace_back();
    options.start = StartMode::kListen;
    return options;
}

TEST_CASE("commands are answered once, each to who gave it") {
    Station station;
    std::vector<std::string> answers;
    const auto note = [&](const std::string& who) {
        return
            [&answers, who](const CommandDone& done) { answers.push_back(who + " " + (done.ok ? "ok" : done.code)); };
    };
    station.runtime.command(Up{"net"}, note("first"));
    CHECK(answers == std::vector<std::string>{"first unknown_tunnel"});
    // A command given from within an answer is carried out after it.
    station.runtime.command(AddTunnel{tunnel("127.0.0.1")}, [&](const CommandDone& done) {
        CHECK(done.ok);
        station.runtime.command(Down{"net"}, note("third"));
        answers.push_back("second");
    });
    CHECK(answers == std::vector<std::string>{"first unknown_tunnel", "second", "third ok"});
    station.runtime.command(RemoveTunnel{"net"}, nullptr);
    CHECK(station.runtime.status().empty());
}

TEST_CASE("what cannot be sent is told, and a shutdown ends in idleness") {
    Station station;
    TunnelOptions options = tunnel("203.0.113.77");  // no address of ours
    options.start = StartMode::kAuto;
    station.runtime.command(AddTunnel{options}, nullptr);
    REQUIRE(station.observer.failed.size() == 1);
    CHECK(station.observer.failed[0].local.address == *options.local_address);
    CHECK_FALSE(station.runtime.idle());
    station.runtime.command(Shutdown{}, nullptr);
    station.turn_until([&] { return station.runtime.idle(); });
}

}  // namespace
}  // namespace esplane::ike
