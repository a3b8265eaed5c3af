// Packets that were cut, lengthened or changed on their way: what becomes of each one, octet by octet, for every suite.
#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/fate.h"
#include "tests/unit/dataplane/support/replay_model.h"
#include "tests/unit/dataplane/support/suite_peer.h"

namespace esplane::dataplane {
namespace {

using test::dropped;
using test::fate_of;
using test::InboundRig;
using test::ReplayModel;
using test::Suite;
using test::SuitePeer;

constexpr std::uint32_t kWindow = 64;

TEST_CASE("cut to every length, over UDP and raw: too short for what it says, or not authentic") {
    for (const Suite& suite : crypto::test::all_suites()) {
        const ChildOptions options = test::child_options_of(suite);
        const SuitePeer peer(suite, options);
        InboundRig rig(test::copy_of(options));
        const Bytes inner = test::incoming_packet(29);
        const Bytes whole = peer.packet(1, inner);
        for (const Encapsulation encapsulation : {Encapsulation::kUdp, Encapsulation::kNone}) {
            for (std::size_t length = 0; length < whole.size(); ++length) {
                INFO(test::name_of(suite) << ", " << length << " of " << whole.size());
                // Pad length and next header are the least that there is to encrypt.
                const auto expected = dropped(length < peer.overhead() + 2 ? "runt" : "bad_icv");
                const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
                REQUIRE(fate_of(rig, cut, encapsulation) == expected);
            }
        }
        CHECK(rig.accepted.empty());
        CHECK(fate_of(rig, whole) == test::passes_as(inner));
    }
}

TEST_CASE("lengthened by any octets: not authentic") {
    for (const Suite& suite : crypto::test::all_suites()) {
        const ChildOptions options = test::child_options_of(suite);
        const SuitePeer peer(suite, options);
        InboundRig rig(test::copy_of(options));
        const Bytes inner = test::incoming_packet(29);
        const Bytes whole = peer.packet(1, inner);
        for (std::size_t more = 1; more <= 40; ++more) {
            Bytes longer = whole;
            longer.resize(whole.size() + more, 0);
            INFO(test::name_of(suite) << ", " << more << " more");
            REQUIRE(fate_of(rig, longer) == dropped("bad_icv"));
        }
        CHECK(fate_of(rig, whole) == test::passes_as(inner));
    }
}

/// A receiver that has seen numbers up to 1000, of its window every other one, and not 990.
class Receiver {
  public:
    static constexpr std::uint64_t kTop = 1000;
    static constexpr std::uint64_t kUnseen = 990;

    Receiver(const Suite& suite, bool esn)
        : options_(test::child_options_of(suite, esn, kWindow)),
          peer(suite, options_),
          rig(test::copy_of(options_)),
          model(kWindow, esn) {
        for (std::uint64_t number = kTop - kWindow; number <= kTop; ++number) {
            if (number % 2 == 0 && number != kTop) continue;
            REQUIRE(rig.child.in.window.commit(number));
            model.accept(number);
        }
    }

    /// By the octet that was changed.
    std::string expected(const Bytes& changed, std::size_t octet) const {
        if (octet < 4) return "unknown_spi";
        if (octet >= 8) return "bad_icv";
        const auto number = model.taken_for(load_be<std::uint32_t>(changed.data() + 4));
        return number && model.acceptable(*number) ? "bad_icv" : "replay";
    }
    /// What the window would say of each number that is in it or near it.
    std::vector<bool> window() const {
        std::vector<bool> acceptable;
        for (std::uint64_t number = kTop - kWindow - 5; number < kTop + 2 * kWindow; ++number)
            acceptable.push_back(rig.child.in.window.check(number));
        return acceptable;
    }

  private:
    ChildOptions options_;

  public:
    SuitePeer peer;
    InboundRig rig;
    ReplayModel model;
};

TEST_CASE("each octet changed in turn: its own reason, and nothing has moved") {
    for (const Suite& suite : crypto::test::all_suites()) {
        for (const bool esn : {false, true}) {
            Receiver receiver(suite, esn);
            const Bytes inner = test::incoming_packet(21);
            const Bytes good = receiver.peer.packet(Receiver::kUnseen, inner);
            const std::vector<bool> window = receiver.window();
            for (std::size_t octet = 0; octet < good.size(); ++octet) {
                for (const std::uint8_t change : std::initializer_list<std::uint8_t>{0x01, 0x80, 0xff}) {
                    Bytes changed = good;
                    changed[octet] ^= change;
                    INFO(test::name_of(suite)
                         << (esn ? " with ESN" : "") << ", octet " << octet << " ^ " << int{change});
                    REQUIRE(fate_of(receiver.rig, changed) == dropped(receiver.expected(changed, octet)));
                }
                REQUIRE(receiver.window() == window);
            }
            CHECK(receiver.rig.accepted.empty());
            CHECK(receiver.rig.child.in.volume.packets.read() == 0);
            CHECK(receiver.rig.child.in.volume.bytes.read() == 0);
            CHECK(fate_of(receiver.rig, good) == test::passes_as(inner));
            CHECK(fate_of(receiver.rig, good) == dropped("replay"));
        }
    }
}

TEST_CASE("a forged packet under any number ahead leaves the window where it was") {
    constexpr std::uint64_t kTwo32 = std::uint64_t{1} << 32;
    for (const Suite& suite : test::suite_of_each_kind()) {
        for (const bool esn : {false, true}) {
            Receiver receiver(suite, esn);
            const std::vector<bool> window = receiver.window();
            for (const std::uint64_t ahead :
                 {std::uint64_t{1}, std::uint64_t{kWindow}, std::uint64_t{10'000}, kTwo32 / 2, kTwo32 - 1 - 1000}) {
                Bytes forged = receiver.peer.packet(Receiver::kTop + ahead, test::incoming_packet(21));
                forged.back() ^= 1;
                INFO(test::name_of(suite) << (esn ? " with ESN" : "") << ", " << ahead << " ahead");
                REQUIRE(fate_of(receiver.rig, forged) == dropped("bad_icv"));
                REQUIRE(receiver.window() == window);
            }
        }
    }
}

TEST_CASE("an ICV of zeros, of ones, of another packet, or cut short and made up again, is not right") {
    for (const Suite& suite : crypto::test::all_suites()) {
        Receiver receiver(suite, false);
        const Bytes inner = test::incoming_packet(21);
        const Bytes good = receiver.peer.packet(Receiver::kUnseen, inner);
        const Bytes other = receiver.peer.packet(Receiver::kUnseen - 2, inner);
        const auto icv = static_cast<std::ptrdiff_t>(receiver.peer.icv_length());
        for (const int kind : {0, 1, 2, 3}) {
            Bytes bad = good;
            if (kind == 0) std::fill(bad.end() - icv, bad.end(), std::uint8_t{0});
            if (kind == 1) std::fill(bad.end() - icv, bad.end(), std::uint8_t{0xff});
            if (kind == 2) std::copy(other.end() - icv, other.end(), bad.end() - icv);
            if (kind == 3) std::fill(bad.end() - icv + 12, bad.end(), std::uint8_t{0});
            INFO(test::name_of(suite) << ", kind " << kind);
            CHECK(fate_of(receiver.rig, bad) == dropped("bad_icv"));
        }
        CHECK(fate_of(receiver.rig, good) == test::passes_as(inner));
    }
}

}  // namespace
}  // namespace esplane::dataplane
