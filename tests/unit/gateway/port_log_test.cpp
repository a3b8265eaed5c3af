#include "gateway/port_log.h"

#include "gateway/log.h"
#include "tests/unit/gateway/stderr_of.h"

namespace esplane::gateway {
namespace {

using namespace std::chrono_literals;

dataplane::PortStatus port() {
    dataplane::PortStatus port;
    port.name = "lan";
    port.device = "0000:03:00.0";
    port.driver = "net_ixgbe";
    port.mac = "02:00:5e:00:53:01";
    port.mtu_bytes = 1500;
    port.queues = 2;
    port.up = true;
    return port;
}

/// What is said of a port at a time.
struct Rig {
    Rig() { open_log(LogLevel::kInfo); }
    std::string look(const dataplane::PortStatus& status, std::chrono::seconds at) {
        return test::stderr_of([&] { log.look({status}, PortLog::TimePoint(1h) + at); });
    }
    PortLog log;
};

TEST_CASE("a port is introduced once, and its link when that changes") {
    Rig rig;
    dataplane::PortStatus lan = port();
    CHECK_THAT(rig.look(lan, 0s),
               Catch::Contains("port lan: 0000:03:00.0 (net_ixgbe), 02:00:5e:00:53:01, MTU 1500, 2 queues\n"));
    CHECK(rig.look(lan, 1s).empty());
    lan.up = false;
    CHECK_THAT(rig.look(lan, 2s), Catch::Contains("warning port lan: the link is down"));
    CHECK(rig.look(lan, 3s).empty());
    lan.up = true;
    CHECK_THAT(rig.look(lan, 4s), Catch::Contains("port lan: the link is up again"));
}

TEST_CASE("it is said how packets find their worker, where there are more") {
    struct Case {
        dataplane::Steering steering;
        const char* words;
    };
    for (const Case& c : {Case{dataplane::Steering::kRules, "2 queues, ESP steered to its worker by rte_flow\n"},
                          Case{dataplane::Steering::kSpread, "2 queues, packets spread over them by RSS\n"},
                          Case{dataplane::Steering::kHandoff, "2 queues, packets spread over them by the driver\n"}}) {
        Rig rig;
        dataplane::PortStatus lan = port();
        lan.steering = c.steering;
        CHECK_THAT(rig.look(lan, 0s), Catch::Contains(c.words));
    }
}

TEST_CASE("who claims an address of a port's is told at once, and every ten minutes while that goes on") {
    Rig rig;
    dataplane::PortStatus lan = port();
    rig.look(lan, 0s);
    lan.claims = {{"10.1.0.1", "02:00:00:00:00:55", 1}};
    const std::string first = rig.look(lan, 1s);
    CHECK_THAT(first, Catch::Contains("warning port lan: another station on the link, 02:00:00:00:00:55, claims its "
                                      "address 10.1.0.1: "));
    CHECK(rig.look(lan, 2s).empty());
    lan.claims[0] = {"10.1.0.1", "02:00:00:00:00:66", 2};
    CHECK(rig.look(lan, 10s).empty());
    lan.claims.push_back({"fd00:1::1", "02:00:00:00:00:66", 1});
    const std::string second = rig.look(lan, 11s);
    CHECK_THAT(second, Catch::Contains("fd00:1::1") && !Catch::Contains("10.1.0.1"));
    CHECK_THAT(rig.look(lan, 601s), Catch::Contains("02:00:00:00:00:66, claims its address 10.1.0.1"));
    // It has ended.
    CHECK(rig.look(lan, 2000s).empty());
}

}  // namespace
}  // namespace esplane::gateway
