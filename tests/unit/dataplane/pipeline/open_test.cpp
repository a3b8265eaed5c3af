#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/pipeline/esp_format.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"
#include "tests/vectors/aes_gcm.h"

namespace esplane::dataplane {
namespace {

using test::Drops;
using test::InboundRig;

/// The peer's side of the rig's CHILD_SA: packets that OpenSSL has sealed.
class Peer {
  public:
    explicit Peer(const ChildOptions& theirs_of) : options_(test::mirrored(theirs_of)) {}

    Bytes seal(std::uint64_t sequence, ByteView text) const {
        return test::seal_with_openssl(
            options_.key_out,
            {.spi = options_.spi_out, .sequence = sequence, .esn = options_.esn, .iv = 0xabcd0000 + sequence}, text);
    }
    Bytes packet(std::uint64_t sequence, std::size_t payload = 40) const {
        return seal(sequence, test::with_trailer(test::incoming_packet(payload), 4));
    }

  private:
    ChildOptions options_;
};

struct Ends {
    ChildOptions options;
    Peer peer;
    InboundRig rig;

    explicit Ends(bool esn = false, std::uint32_t window = 64)
        : options([&] {
              ChildOptions made = test::child_options();
              made.esn = esn;
              made.replay_window = window;
              return made;
          }()),
          peer(options),
          rig(test::copy_of(options)) {}
};

TEST_CASE("a packet that OpenSSL sealed is opened, for every key length, with and without ESN") {
    for (const bool esn : {false, true}) {
        for (const std::size_t key_bits : {128, 192, 256}) {
            ChildOptions options = test::child_options();
            options.esn = esn;
            options.encr.key_bits = static_cast<std::uint16_t>(key_bits);
            options.key_in = options.key_in.slice(0, key_bits / 8 + 4);
            options.key_out = options.key_out.slice(0, key_bits / 8 + 4);
            const Peer peer(options);
            InboundRig rig(test::copy_of(options));
            INFO("ESN " << esn << ", " << key_bits << " bits");
            CHECK(rig.run({peer.packet(1)}) == std::vector<Bytes>{test::incoming_packet(40)});
        }
    }
}

TEST_CASE("a bad ICV: any bit of it, of the text, of SPI, sequence number or IV; nothing moves") {
    for (const bool esn : {false, true}) {
        Ends ends(esn);
        const Bytes good = ends.peer.packet(5);
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bad = good;
            bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            INFO("bit " << bit << ", ESN " << esn);
            REQUIRE(ends.rig.run({bad}).empty());
        }
        CHECK(ends.rig.accepted.empty());
        CHECK(ends.rig.child.in.volume.packets.read() == 0);
        const Drops drops = test::drops_of(ends.rig.worker_drops);
        // A bit of the SPI makes it an unknown one, or IKE; each of the others must fail the ICV or be no number at
        // all.
        CHECK(drops.at("unknown_spi") == 32);
        CHECK(drops.at("bad_icv") >= good.size() * 8 - 32 - 32);
        // The window has not moved: the good one still passes, and so does an older one.
        CHECK(ends.rig.run({good, ends.peer.packet(4)}).size() == 2);
    }
}

TEST_CASE("a packet cut off anywhere is dropped, and not read beyond") {
    Ends ends;
    const Bytes good = ends.peer.packet(1, 60);
    for (std::size_t length = 0; length < good.size(); ++length) {
        INFO(length);
        REQUIRE(ends.rig.run({Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length))}).empty());
    }
    const Drops drops = test::drops_of(ends.rig.worker_drops);
    CHECK(drops.at("runt") == ends.rig.child.in.key.overhead() + kEspTrailer);
    CHECK(drops.at("bad_icv") == good.size() - ends.rig.child.in.key.overhead() - kEspTrailer);
    CHECK(ends.rig.run({good}).size() == 1);
}

TEST_CASE("the key of another SA does not open") {
    Ends ends;
    ChildOptions stranger = test::child_options(2);
    stranger.spi_in = ends.options.spi_in;
    CHECK(ends.rig.run({Peer(stranger).packet(1)}).empty());
    CHECK(test::drops_of(ends.rig.tunnel.drops) == Drops{{"bad_icv", 1}});
}

TEST_CASE("a replayed packet is dropped: later, and within one burst") {
    Ends ends;
    const Bytes one = ends.peer.packet(1);
    const Bytes two = ends.peer.packet(2);
    CHECK(ends.rig.run({one, one, two, one, two}).size() == 2);
    CHECK(ends.rig.run({one, two}).empty());
    CHECK(ends.rig.accepted == std::vector<std::uint64_t>{1, 2});
    CHECK(test::drops_of(ends.rig.tunnel.drops) == Drops{{"replay", 5}});
    CHECK(ends.rig.child.in.volume.packets.read() == 2);
}

TEST_CASE("a forged packet ahead does not make room for a replay, nor shut out the honest ones") {
    Ends ends;
    const Bytes one = ends.peer.packet(1);
    REQUIRE(ends.rig.run({one}).size() == 1);
    Bytes forged = ends.peer.packet(100'000);
    forged.back() ^= 1;
    CHECK(ends.rig.run({forged, ends.peer.packet(2), one}).size() == 1);
    CHECK(test::drops_of(ends.rig.tunnel.drops) == Drops{{"bad_icv", 1}, {"replay", 1}});
}

TEST_CASE("behind the window, at its edge, and number 0") {
    Ends ends;
    REQUIRE(ends.rig.run({ends.peer.packet(100)}).size() == 1);
    CHECK(ends.rig.run({ends.peer.packet(37)}).size() == 1);
    CHECK(ends.rig.run({ends.peer.packet(36)}).empty());
    CHECK(ends.rig.run({ends.peer.packet(0)}).empty());
    CHECK(test::drops_of(ends.rig.tunnel.drops) == Drops{{"replay", 2}});
}

TEST_CASE("with a window of 0 a repeated packet passes") {
    Ends ends(false, 0);
    const Bytes one = ends.peer.packet(1);
    CHECK(ends.rig.run({one, one}).size() == 2);
}

TEST_CASE("ESN: over 2^32 with loss, and a packet of the subspace before") {
    Ends ends(true);
    constexpr std::uint64_t kWrap = std::uint64_t{1} << 32;
    REQUIRE(ends.rig.child.in.window.commit(kWrap - 3));
    CHECK(ends.rig
              .run({ends.peer.packet(kWrap - 1), ends.peer.packet(kWrap + 2), ends.peer.packet(kWrap - 2),
                    ends.peer.packet(kWrap), ends.peer.packet(kWrap - 1)})
              .size() == 4);
    CHECK(ends.rig.accepted == std::vector<std::uint64_t>{kWrap - 1, kWrap + 2, kWrap - 2, kWrap});
    CHECK(test::drops_of(ends.rig.tunnel.drops) == Drops{{"replay", 1}});
}

TEST_CASE("random bad subsets of bursts of every size: exactly the good ones pass, in order") {
    const std::uint64_t seed = 0xbad;
    crypto::SeededRandom random(seed);
    Ends ends;
    std::uint64_t sequence = 0;
    for (int round = 0; round < 150; ++round) {
        const std::size_t size = round < 64 ? static_cast<std::size_t>(round) + 1 : 1 + random.below(kBurst);
        std::vector<Bytes> burst;
        std::vector<Bytes> good;
        std::vector<Bytes> passed;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t payload = random.below(200);
            Bytes packet = ends.peer.packet(++sequence, payload);
            switch (random.below(round % 4 == 0 ? 10 : 4)) {
                case 0:
                    packet[random.below(2) == 0 ? packet.size() - 1 : 20] ^= 0x40;
                    break;
                case 1:
                    packet.resize(random.below(packet.size()));
                    break;
                case 2:
                    if (!passed.empty()) {
                        packet = passed[random.below(passed.size())];
                        break;
                    }
                    [[fallthrough]];
                default:
                    passed.push_back(packet);
                    good.push_back(test::incoming_packet(payload));
            }
            burst.push_back(std::move(packet));
        }
        INFO("seed " << seed << ", round " << round);
        REQUIRE(ends.rig.run(burst) == good);
    }
    std::uint64_t dropped = 0;
    for (const auto& [reason, count] : test::drops_of(ends.rig.tunnel.drops))
        dropped += count;
    CHECK(dropped > 500);
}

TEST_CASE("ESP packets of draft-mcgrew-gcm-test-01 are opened as published") {
    int opened = 0;
    for (const vectors::GcmCase& vector : vectors::kEspGcm) {
        const Bytes aad = from_hex(vector.aad);
        const bool esn = aad.size() == 12;
        const std::uint64_t sequence =
            esn ? load_be<std::uint64_t>(aad.data() + 4) : load_be<std::uint32_t>(aad.data() + 4);
        if (load_be<std::uint32_t>(aad.data()) < kLowestSpi || sequence == 0) continue;
        const Bytes nonce = from_hex(vector.nonce);
        Bytes key = from_hex(vector.key);
        append(key, ByteView(nonce).first(4));
        ChildOptions options = test::child_options();
        options.spi_in = Spi{load_be<std::uint32_t>(aad.data())};
        options.encr.key_bits = static_cast<std::uint16_t>((key.size() - 4) * 8);
        options.key_in = crypto::Secret(ByteView(key));
        options.key_out = crypto::Secret(ByteView(key));
        options.esn = esn;
        const auto all = [](Family family) {
            return TrafficSelector{.first = IpAddress::any(family), .last = IpAddress::highest(family)};
        };
        options.selectors.local = options.selectors.remote = {all(Family::kIpv4), all(Family::kIpv6)};
        InboundRig rig(std::move(options));
        if (sequence > 0xffffffff) REQUIRE(rig.child.in.window.commit(sequence - 1));
        Bytes esp = to_bytes(ByteView(aad).first(4));
        append(esp, ByteView(aad).last(4));
        append(esp, ByteView(nonce).subspan(4));
        append(esp, from_hex(vector.ciphertext));
        append(esp, from_hex(vector.tag));
        INFO("vector " << vector.number);
        (void)rig.run({esp});
        CHECK(rig.accepted == std::vector<std::uint64_t>{sequence});
        ++opened;
    }
    CHECK(opened >= 5);
}

}  // namespace
}  // namespace esplane::dataplane
