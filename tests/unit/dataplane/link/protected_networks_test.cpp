#include "dataplane/link/protected_networks.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

using Found = std::optional<std::uint8_t>;

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

std::vector<Prefix> prefixes(const std::vector<const char*>& texts) {
    std::vector<Prefix> result;
    for (const char* text : texts)
        result.push_back(Prefix::parse(text).value());
    return result;
}

}  // namespace

TEST_CASE("The longest remote prefix that an address is in protects it") {
    ProtectedNetworks networks;
    networks.set("a", prefixes({"10.1.0.0/16"}), prefixes({"10.2.0.0/16", "fd02::/32"}));
    networks.set("b", prefixes({"10.1.0.0/16"}), prefixes({"10.2.7.0/24"}));
    CHECK(networks.find(ip("10.2.0.1")) == Found(16));
    CHECK(networks.find(ip("10.2.7.1")) == Found(24));
    CHECK(networks.find(ip("10.3.0.1")) == Found());
    CHECK(networks.find(ip("10.1.0.1")) == Found());
    CHECK(networks.find(ip("fd02::1")) == Found(32));
    CHECK(networks.find(ip("fd03::1")) == Found());
}

TEST_CASE("What a tunnel had goes when it has something else, and what another has stays") {
    ProtectedNetworks networks;
    networks.set("a", {}, prefixes({"10.2.0.0/16"}));
    networks.set("b", {}, prefixes({"10.2.0.0/16", "10.3.0.0/16"}));
    networks.set("b", {}, prefixes({"10.3.0.0/16", "10.4.0.0/16"}));
    CHECK(networks.find(ip("10.2.0.1")) == Found(16));
    networks.set("a", {}, {});
    CHECK(networks.find(ip("10.2.0.1")) == Found());
    CHECK(networks.find(ip("10.3.0.1")) == Found(16));
    CHECK(networks.find(ip("10.4.0.1")) == Found(16));
    networks.set("b", {}, {});
    networks.set("nobody", {}, {});
    CHECK(networks.find(ip("10.3.0.1")) == Found());
}

TEST_CASE("A local prefix within a remote one is not behind the tunnel") {
    ProtectedNetworks networks;
    networks.set("a", prefixes({"10.1.0.0/16"}), prefixes({"10.0.0.0/8"}));
    CHECK(networks.find(ip("10.1.0.1")) == Found());
    CHECK(networks.find(ip("10.2.0.1")) == Found(8));
    SECTION("unless it is behind another") {
        networks.set("b", {}, prefixes({"10.1.0.0/16"}));
        CHECK(networks.find(ip("10.1.0.1")) == Found(16));
    }
    SECTION("unless a longer one is") {
        networks.set("b", {}, prefixes({"10.1.7.0/24"}));
        CHECK(networks.find(ip("10.1.7.1")) == Found(24));
        CHECK(networks.find(ip("10.1.0.1")) == Found());
    }
    SECTION("but beneath a default route it is like everything") {
        networks.set("b", {}, prefixes({"0.0.0.0/0"}));
        CHECK(networks.find(ip("10.1.0.1")) == Found(0));
        networks.set("c", prefixes({"10.1.0.0/16"}), prefixes({"::/0"}));
        CHECK(networks.find(ip("10.1.0.1")) == Found(0));
    }
}

TEST_CASE("Any sequence of changes leaves what the last ones say") {
    const auto seed = Catch::rngSeed();
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random.below(limit)); };
    // Few addresses and lengths, so that prefixes meet.
    const auto any_prefixes = [&] {
        std::vector<Prefix> result(below(4));
        for (Prefix& prefix : result)
            prefix = Prefix::around(IpAddress::v4(below(16) << 28), static_cast<std::uint8_t>(below(5)));
        return result;
    };
    struct Networks {
        std::vector<Prefix> local, remote;
    };
    std::map<std::string, Networks> model;
    ProtectedNetworks networks;
    for (int step = 0; step < 300; ++step) {
        const std::string name(1, static_cast<char>('a' + below(4)));
        model[name] = {any_prefixes(), any_prefixes()};
        networks.set(name, model[name].local, model[name].remote);
        for (std::uint32_t bits = 0; bits < 16; ++bits) {
            const IpAddress address = IpAddress::v4(bits << 28 | 1);
            Found expected;
            int decided = -1;  // by a prefix of this length; by a remote one before a local one
            for (const auto& [tunnel, its] : model) {
                for (const Prefix& remote : its.remote) {
                    if (remote.contains(address) && remote.length >= decided) {
                        decided = remote.length;
                        expected = remote.length;
                    }
                }
            }
            bool is_default_only = false;
            for (const auto& [tunnel, its] : model) {
                for (const Prefix& local : its.local) {
                    const bool covered = std::any_of(its.remote.begin(), its.remote.end(), [&](const Prefix& remote) {
                        return remote.length > 0 && remote.length < local.length && remote.contains(local.address);
                    });
                    if (covered && local.contains(address) && local.length > decided) is_default_only = true;
                }
            }
            if (is_default_only) {
                const bool has_default = std::any_of(model.begin(), model.end(), [](const auto& entry) {
                    return std::any_of(entry.second.remote.begin(), entry.second.remote.end(),
                                       [](const Prefix& remote) { return remote.length == 0; });
                });
                expected = has_default ? Found(0) : Found();
            }
            CAPTURE(step, bits);
            REQUIRE(networks.find(address) == expected);
        }
    }
}

}  // namespace esplane::dataplane
