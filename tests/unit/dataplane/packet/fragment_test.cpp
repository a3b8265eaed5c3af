#include "dataplane/packet/fragment.h"

#include <catch2/catch.hpp>
#include <vector>

#include "crypto/random.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using test::filler;
using test::kV4;
using test::kV4Peer;

Bytes packet_of(std::size_t payload, std::uint16_t field = 0, ByteView options = {}) {
    return test::ipv4(kV4, kV4Peer, 17, filler(payload), field, options);
}

std::vector<Bytes> pieces_of(ByteView packet, const FragmentOptions& options) {
    const test::Exactly exact(packet);
    auto pieces = Ipv4Fragmenter::start(exact.view(), options);
    REQUIRE(pieces.ok());
    std::vector<Bytes> written;
    while (const auto piece = pieces->next()) {
        Bytes out(piece->length());
        piece->write(out);
        written.push_back(std::move(out));
    }
    CHECK_FALSE(pieces->next());
    return written;
}

FragmentRefusal refusal_of(ByteView packet, const FragmentOptions& options) {
    const test::Exactly exact(packet);
    const auto pieces = Ipv4Fragmenter::start(exact.view(), options);
    REQUIRE_FALSE(pieces.ok());
    return pieces.error();
}

std::uint16_t field_of(const Bytes& piece) {
    return load_be<std::uint16_t>(piece.data() + 6);
}

std::size_t header_of(const Bytes& piece) {
    return (piece[0] & std::size_t{0x0f}) * 4;
}

Bytes options_of(const Bytes& piece) {
    return to_bytes(ByteView(piece).first(header_of(piece)).subspan(20));
}

TEST_CASE("the pieces of a packet: lengths, offsets, flags and checksums") {
    const Bytes packet = packet_of(3000);
    const auto pieces = pieces_of(packet, {.mtu_bytes = 1500});
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].size() == 1500);
    CHECK(pieces[1].size() == 1500);
    CHECK(pieces[2].size() == 60);
    CHECK(field_of(pieces[0]) == 0x2000);
    CHECK(field_of(pieces[1]) == (0x2000 | 185));
    CHECK(field_of(pieces[2]) == 370);
    Bytes joined;
    for (const Bytes& piece : pieces) {
        CHECK(test::ipv4_header_checksum_is_right(piece));
        CHECK(load_be<std::uint16_t>(piece.data() + 2) == piece.size());
        CHECK(Bytes(piece.begin() + 8, piece.begin() + 10) == Bytes(packet.begin() + 8, packet.begin() + 10));
        CHECK(Bytes(piece.begin() + 12, piece.begin() + 20) == Bytes(packet.begin() + 12, packet.begin() + 20));
        append(joined, ByteView(piece).subspan(20));
    }
    CHECK(joined == filler(3000));
}

TEST_CASE("a packet that fits is its own only piece, whatever its DF and what follows it") {
    constexpr std::uint16_t kFields[] = {0x0000, 0x4000, 0x2005, 0x0005};
    for (const std::uint16_t field : kFields) {
        INFO(std::hex << field);
        Bytes packet = packet_of(1480, field);
        const Bytes expected = packet;
        packet.resize(packet.size() + 40);
        CHECK(pieces_of(packet, {.mtu_bytes = 1500}) == std::vector<Bytes>{expected});
        if (field == 0x4000) {
            CHECK(refusal_of(packet, {.mtu_bytes = 1499}) == FragmentRefusal::kDontFragment);
        } else {
            CHECK(pieces_of(packet, {.mtu_bytes = 1499}).size() == 2);
        }
    }
}

TEST_CASE("a packet without data is whole") {
    CHECK(pieces_of(packet_of(0), {.mtu_bytes = 68}).size() == 1);
}

TEST_CASE("DF may be overridden, under a new identification") {
    const auto pieces = pieces_of(packet_of(3000, 0x4000), {.mtu_bytes = 1500, .override_df = 0xabcd});
    REQUIRE(pieces.size() == 3);
    for (const Bytes& piece : pieces) {
        CHECK((field_of(piece) & 0x4000) == 0);
        CHECK(load_be<std::uint16_t>(piece.data() + 4) == 0xabcd);
        CHECK(test::ipv4_header_checksum_is_right(piece));
    }
    // What needs no fragmenting keeps both.
    const auto whole = pieces_of(packet_of(100, 0x4000), {.mtu_bytes = 1500, .override_df = 0xabcd});
    CHECK(whole == std::vector<Bytes>{packet_of(100, 0x4000)});
    // What never had DF keeps its identification.
    CHECK(load_be<std::uint16_t>(pieces_of(packet_of(3000), {.mtu_bytes = 1500, .override_df = 1})[2].data() + 4) == 0);
}

TEST_CASE("a fragment is fragmented again: its offset counts, and only the original's last piece has no MF") {
    auto pieces = pieces_of(packet_of(1600, 0x2000 | 100), {.mtu_bytes = 820});
    REQUIRE(pieces.size() == 2);
    CHECK(field_of(pieces[0]) == (0x2000 | 100));
    CHECK(field_of(pieces[1]) == (0x2000 | 200));
    pieces = pieces_of(packet_of(1600, 100), {.mtu_bytes = 820});
    CHECK(field_of(pieces[0]) == (0x2000 | 100));
    CHECK(field_of(pieces[1]) == 200);
    // The reserved bit is kept.
    CHECK(field_of(pieces_of(packet_of(1600, 0x8000), {.mtu_bytes = 820})[1]) == (0x8000 | 100));
}

TEST_CASE("the first piece has all options, the later ones those to be copied") {
    struct Case {
        const char* name;
        const char* options;
        const char* later;
    };
    const Case cases[] = {{"record route, not copied", "0707040000000000", ""},
                          {"loose source route, copied", "830704000000000000000000", "8307040000000000"},
                          {"copied after not copied", "4404050094040000", "94040000"},
                          {"copied around not copied", "940400004404050088040001", "9404000088040001"},
                          {"of three octets, and padded", "4404050001820301", "82030100"},
                          {"nothing behind the end is read", "00940400", ""},
                          {"nothing but no operation", "01010101", ""}};
    for (const Case& c : cases) {
        INFO(c.name);
        const Bytes options = from_hex(c.options);
        const auto pieces = pieces_of(packet_of(200, 0, options), {.mtu_bytes = 100});
        REQUIRE(pieces.size() > 2);
        CHECK(options_of(pieces[0]) == options);
        for (std::size_t i = 1; i < pieces.size(); ++i) {
            CHECK(to_hex(options_of(pieces[i])) == to_hex(from_hex(c.later)));
            CHECK(test::ipv4_header_checksum_is_right(pieces[i]));
        }
    }
}

TEST_CASE("what does not hold is refused") {
    const FragmentOptions options{.mtu_bytes = 100};
    CHECK(refusal_of({}, options) == FragmentRefusal::kMalformed);
    const Bytes packet = packet_of(200, 0, from_hex("83070400000000008304ff00"));
    for (std::size_t length = 0; length < packet.size(); ++length)
        CHECK(refusal_of(ByteView(packet).first(length), options) == FragmentRefusal::kMalformed);

    CHECK(refusal_of(test::ipv6(test::kV6, test::kV6Peer, 17, filler(200)), options) == FragmentRefusal::kMalformed);
    for (const char* broken : {"83000400", "83010400", "83050400", "01010194", "01019405"}) {
        INFO(broken);
        CHECK(refusal_of(packet_of(200, 0, from_hex(broken)), options) == FragmentRefusal::kMalformed);
    }
    Bytes short_header = packet_of(200);
    short_header[0] = 0x44;
    CHECK(refusal_of(short_header, options) == FragmentRefusal::kMalformed);
    // MF and a length that is no multiple of eight; a datagram that would reach beyond 65535.
    CHECK(refusal_of(packet_of(201, 0x2000), options) == FragmentRefusal::kMalformed);
    CHECK(refusal_of(packet_of(200, 0x1fff), options) == FragmentRefusal::kMalformed);
    CHECK(pieces_of(packet_of(1024, 8060), options).size() > 1);
}

TEST_CASE("an MTU that leaves no eight octets is refused") {
    CHECK(refusal_of(packet_of(200), {.mtu_bytes = 27}) == FragmentRefusal::kMtuTooSmall);
    CHECK(pieces_of(packet_of(200), {.mtu_bytes = 28}).size() == 25);
    const Bytes options(40, 1);
    CHECK(refusal_of(packet_of(200, 0, options), {.mtu_bytes = 67}) == FragmentRefusal::kMtuTooSmall);
    // RFC 791 3.2: every link carries 68 octets, so that the longest header leaves eight.
    CHECK(pieces_of(packet_of(200, 0, options), {.mtu_bytes = 68}).front().size() == 68);
    CHECK(refusal_of(packet_of(200), {.mtu_bytes = 0}) == FragmentRefusal::kMtuTooSmall);
}

TEST_CASE("random packets and MTUs: the pieces fit and join to the original, also when fragmented twice") {
    constexpr std::uint64_t kSeed = 0xf4a6;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 300; ++round) {
        INFO("seed " << kSeed << ", round " << round);
        const Bytes payload = random.bytes(random.below(5000));
        const Bytes options(4 * random.below(11), 1);
        const Bytes packet = test::ipv4(kV4, kV4Peer, 47, payload, 0, options);
        const auto mtu = static_cast<std::uint32_t>(100 + random.below(2000));
        const auto smaller = static_cast<std::uint32_t>(68 + random.below(mtu - 67));
        Bytes joined(payload.size());
        std::size_t covered = 0;
        int without_more = 0;
        for (const Bytes& piece : pieces_of(packet, {.mtu_bytes = mtu})) {
            CHECK(piece.size() <= mtu);
            for (const Bytes& part : pieces_of(piece, {.mtu_bytes = smaller})) {
                CHECK(part.size() <= smaller);
                CHECK(test::ipv4_header_checksum_is_right(part));
                const std::size_t header = header_of(part);
                const std::size_t at = (field_of(part) & std::size_t{0x1fff}) * 8;
                REQUIRE(at + part.size() - header <= payload.size());
                std::copy(part.begin() + static_cast<std::ptrdiff_t>(header), part.end(),
                          joined.begin() + static_cast<std::ptrdiff_t>(at));
                covered += part.size() - header;
                without_more += (field_of(part) & 0x2000) == 0;
            }
        }
        CHECK(joined == payload);
        CHECK(covered == payload.size());
        CHECK(without_more == 1);
    }
}

}  // namespace
}  // namespace esplane::dataplane
