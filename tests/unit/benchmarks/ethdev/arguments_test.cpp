#include "benchmarks/ethdev/arguments.h"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <sstream>

namespace esplane::bench::ethdev {
namespace {

const std::string kPorts =
    "--send net_null0 --receive net_null1 --send-address 10.1.0.2/24,fd00:1::2/64 --receive-address 10.2.0.2/24 ";

Arguments parse(const std::string& line) {
    Arguments arguments;
    CLI::App app;
    add_arguments(app, arguments);
    std::istringstream words(line);
    std::vector<std::string> reversed;
    for (std::string word; words >> word;)
        reversed.insert(reversed.begin(), word);
    app.parse(reversed);
    return arguments;
}

TEST_CASE("two ports and a router are enough: packets go from the one port's address to the other's") {
    const Arguments arguments = parse(kPorts + "--via 10.1.0.1");
    const StationsOptions stations = stations_of(arguments);
    CHECK(stations.sender.device == "net_null0");
    CHECK(stations.receiver.device == "net_null1");
    REQUIRE(stations.sender.addresses.size() == 2);
    CHECK(stations.sender.addresses[0] == dataplane::PortAddress{*IpAddress::parse("10.1.0.2"), 24});
    CHECK(stations.sender.addresses[1] == dataplane::PortAddress{*IpAddress::parse("fd00:1::2"), 64});
    CHECK(stations.router == IpAddress::parse("10.1.0.1"));
    const generate::Traffic traffic = traffic_of(arguments, "64");
    CHECK(traffic.sources.first == *IpAddress::parse("10.1.0.2"));
    CHECK(traffic.destinations.first == *IpAddress::parse("10.2.0.2"));
}

TEST_CASE("hosts, flows and transport are as they are written") {
    const Arguments arguments = parse(kPorts +
                                      "--via-mac 02:00:00:00:00:aF --from 10.9.0.1 --from-count 4 --to 10.8.0.1 "
                                      "--to-count 100 --to-step 256 --flows 1000 --transport tcp");
    CHECK(stations_of(arguments).router_mac == dataplane::MacAddress{{2, 0, 0, 0, 0, 0xaf}});
    const generate::Traffic traffic = traffic_of(arguments, "imix");
    CHECK(traffic.transport == generate::Transport::kTcp);
    CHECK(traffic.sources.count == 4);
    CHECK(traffic.destinations.at(99) == *IpAddress::parse("10.8.99.1"));
    CHECK(traffic.flows == 1000);
    CHECK_FALSE(traffic.mix.is_uniform());
}

TEST_CASE("what cannot be is said with the option's name") {
    struct Case {
        std::string line;
        std::string size;
        std::string message;
    };
    const Case cases[] = {
        {kPorts, "64", "--via: or --via-mac must say"},
        {kPorts + "--via 10.1.0", "64", "--via: 10.1.0 is no address"},
        {kPorts + "--via-mac 02:00:00:00:00", "64", "--via-mac: 02:00:00:00:00 is no station's"},
        {kPorts + "--via-mac ff:ff:ff:ff:ff:ff", "64", "is no station's"},
        {kPorts + "--via-mac 02:00:00:00:00:0g", "64", "is no station's"},
        {kPorts + "--via 10.1.0.1", "20", "--size: 20 is neither imix"},
        {kPorts + "--via 10.1.0.1", "1501", "more than --mtu 1500"},
        {kPorts + "--via 10.1.0.1", "40", "needs at least 44"},
        {kPorts + "--via 10.1.0.1 --to fd00::1", "64", "two families"},
        {kPorts + "--via 10.1.0.1 --flows 100000", "64", "100000 flows are more than"},
        {"--send a --receive a --send-address 10.1.0.2/24 --receive-address 10.2.0.2/24 --via 10.1.0.1", "64",
         "--receive: is the port that sends"},
        {"--send a --receive b --send-address 10.1.0.2 --receive-address 10.2.0.2/24 --via 10.1.0.1", "64",
         "--send-address: 10.1.0.2 is no address with a prefix length"},
        {"--send a --receive b --send-address 10.1.0.2/24 --receive-address 10.2.0.2/33 --via 10.1.0.1", "64",
         "--receive-address: 10.2.0.2/33 is no address with"},
        {kPorts + "--via 10.1.0.1 --via-mac 02:00:00:00:00:01", "64", "excludes"},
        {"--send a --receive b", "64", "is required"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.line, one.size);
        CHECK_THROWS_WITH(
            [&] {
                const Arguments arguments = parse(one.line);
                (void)stations_of(arguments);
                (void)traffic_of(arguments, one.size);
            }(),
            Catch::Contains(one.message));
    }
}

}  // namespace
}  // namespace esplane::bench::ethdev
