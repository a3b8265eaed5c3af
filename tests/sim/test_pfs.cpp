// A key exchange with each rekey (PFS): where the two sides differ, which shows with the first rekey only.

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

std::string code_of(const Node& node) {
    const std::string error = node.last_error();
    return error.substr(0, error.find(':'));
}

ike::TunnelOptions with(ike::TunnelOptions options, std::initializer_list<const char*> proposals, bool verify = false) {
    options.esp_proposals = esp_proposals(proposals);
    options.verify_pfs = verify;
    return options;
}

}  // namespace

TEST_CASE("an early rekey finds a mismatch of PFS while the tunnel still works, on both sides") {
    struct Case {
        std::initializer_list<const char*> left;
        std::initializer_list<const char*> right;
        bool fits;
    };
    for (const Case& each : {
             Case{{"aes256gcm16-x25519"}, {"aes256gcm16-x25519"}, true},
             Case{{"aes256gcm16-x25519", "aes256gcm16"}, {"aes256gcm16"}, true},
             Case{{"aes256gcm16-x25519"}, {"aes256gcm16"}, false},
             Case{{"aes256gcm16-x25519"}, {"aes256gcm16-ecp256"}, false},
         }) {
        Pair pair;
        pair.add(with(left_tunnel(), each.left, true), with(right_tunnel(), each.right));
        pair.world.run_for(seconds(5));
        CHECK(pair.up());
        if (each.fits) {
            CHECK(pair.left.count("rekeyed_child") == 1);
            CHECK(pair.left.last_error().empty());
        } else {
            CHECK(code_of(pair.left) == "pfs_mismatch");
            CHECK(code_of(pair.right) == "pfs_mismatch");
            CHECK(pair.left.count("rekeyed_child") == 0);
        }
    }
}

TEST_CASE("without the early rekey, and without a group, nothing is rekeyed early") {
    Pair pair;
    pair.add(with(left_tunnel(), {"aes256gcm16-x25519"}), with(right_tunnel(), {"aes256gcm16-x25519"}));
    pair.world.run_for(seconds(5));
    CHECK(pair.left.count("rekeyed_child") == 0);
    Pair plain;
    plain.add(with(left_tunnel(), {"aes256gcm16"}, true), with(right_tunnel(), {"aes256gcm16"}));
    plain.world.run_for(seconds(5));
    CHECK(plain.left.count("rekeyed_child") == 0);
    CHECK(plain.up());
}

TEST_CASE("a peer that rekeys without a key exchange is let do so where that is configured") {
    Pair pair;
    REQUIRE(pair.establish(with(left_tunnel(), {"aes256gcm16-x25519", "aes256gcm16"}),
                           with(right_tunnel(), {"aes256gcm16"})));
    const auto rekey = pair.right.command(ike::Rekey{"t", false});
    CHECK(pair.world.run_until([&] { return pair.right.answer(rekey) != nullptr; }, seconds(10)));
    CHECK(pair.right.answer(rekey)->ok);
}

}  // namespace esplane::sim
