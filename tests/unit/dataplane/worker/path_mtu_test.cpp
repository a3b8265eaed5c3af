// What fits a tunnel, as its worker finds out: by suite, encapsulation, link, and what routers report.
#include <catch2/catch.hpp>

#include "dataplane/worker/sa_store.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/children.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using std::chrono::minutes;
using test::after;

/// A store, and what it tells the control thread.
class Store {
  public:
    Store() {
        TunnelPolicy policy = test::tunnel_policy();
        policy.mtu_bytes = 0;
        AddTunnel add{std::make_unique<TunnelState>(policy)};
        store.apply(add);
    }
    void install(ChildOptions options) {
        Install install{std::make_unique<ChildSa>(std::move(options))};
        store.apply(install);
    }
    /// The tunnel's MTU, as often as it was told since the last call.
    std::vector<std::uint32_t> told() {
        std::vector<std::uint32_t> mtus;
        while (auto event = mailbox_.events.pop()) {
            if (const auto* resized = std::get_if<Resized>(&*event)) mtus.push_back(resized->sizes.mtu);
        }
        return mtus;
    }

  private:
    Bell to_control_;
    Mailbox mailbox_{to_control_};
    Outbox<Event> outbox_{mailbox_.events, mailbox_.to_control};

  public:
    SaStore store{outbox_};
};

TooBigReport report_on(const ChildOptions& child, std::uint32_t mtu) {
    return {.outer = child.outer, .encapsulation = child.encapsulation, .spi = child.spi_out, .mtu_bytes = mtu};
}

TEST_CASE("the MTU follows the suite, the encapsulation and the link") {
    Store store;
    store.install(test::child_options(1));
    CHECK(store.told() == std::vector<std::uint32_t>{1438});
    // A rekey to the same suite is nothing new; one to a longer suite is, from when it is sent on.
    store.install(test::child_options(2));
    CHECK(store.told().empty());
    ChildOptions longer =
        test::with_suite(test::child_options(3), {crypto::EncrId::kAesCbc, 256}, crypto::IntegId::kHmacSha512_256);
    longer.send_at_once = false;
    store.install(std::move(longer));
    CHECK(store.told().empty());
    Activate activate{ChildId{3}};
    store.store.apply(activate);
    CHECK(store.told() == std::vector<std::uint32_t>{1406});
    // The NAT is gone.
    ChildOptions options = test::child_options(3);
    MovePath move{ChildId{3}, options.outer, Encapsulation::kNone};
    store.store.apply(move);
    CHECK(store.told() == std::vector<std::uint32_t>{1422});
    SetLinkMtu link{TunnelId{1}, 1400};
    store.store.apply(link);
    CHECK(store.told() == std::vector<std::uint32_t>{1310});
}

TEST_CASE("a router's report lowers the MTU of a live SA only, and wears off") {
    Store store;
    const ChildOptions child = test::child_options(1);
    store.install(test::copy_of(child));
    store.told();
    TooBigReport report = report_on(child, 1300);
    const auto is_ignored = [&](TooBigReport changed) {
        store.store.apply(changed, after({}));
        return store.told().empty();
    };
    TooBigReport other = report;
    other.spi = Spi{0x7777};
    CHECK(is_ignored(other));
    other.spi.reset();
    CHECK(is_ignored(other));
    other = report;
    other.spi = child.spi_in;  // not what we send with
    CHECK(is_ignored(other));
    other = report;
    other.outer.remote.address = test::address("192.0.2.99");
    CHECK(is_ignored(other));
    other = report;
    other.encapsulation = Encapsulation::kNone;
    CHECK(is_ignored(other));

    store.store.apply(report, after({}));
    CHECK(store.told() == std::vector<std::uint32_t>{1238});
    // Never below the least, and never up again by a report.
    CHECK(is_ignored(report_on(child, 1400)));
    store.store.apply(report_on(child, 68), after(minutes(1)));
    CHECK(store.told() == std::vector<std::uint32_t>{576});
    store.store.wear_off(after(minutes(10)));
    CHECK(store.told().empty());
    store.store.wear_off(after(minutes(11)));
    CHECK(store.told() == std::vector<std::uint32_t>{1438});
}

TEST_CASE("a successor inherits what is known of the path, and a SA that is gone is not live") {
    Store store;
    const ChildOptions first = test::child_options(1);
    store.install(test::copy_of(first));
    store.store.apply(report_on(first, 1300), after({}));
    store.told();
    const ChildOptions second = test::child_options(2);
    store.install(test::copy_of(second));
    CHECK(store.told().empty());
    Retire retire{ChildId{1}};
    store.store.apply(retire);
    store.store.apply(report_on(first, 1200), after({}));
    CHECK(store.told().empty());
    store.store.apply(report_on(second, 1200), after({}));
    CHECK(store.told() == std::vector<std::uint32_t>{1138});
}

}  // namespace
}  // namespace esplane::dataplane
