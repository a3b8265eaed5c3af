#include "crypto/bytes.h"

#include <catch2/catch.hpp>
#include <type_traits>

namespace esplane {
namespace {

static_assert(sizeof(Be16) == 2 && sizeof(Be32) == 4 && sizeof(Be64) == 8);
static_assert(alignof(Be64) == 1 && std::is_trivially_copyable_v<Be64>);

TEST_CASE("Numbers stand in network order") {
    const Be16 two = 0x0102;
    const Be32 four = 0x01020304;
    const Be64 eight = 0x0102030405060708;
    const auto octets = [](const auto& value) {
        return to_bytes({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
    };
    CHECK(octets(two) == Bytes{1, 2});
    CHECK(octets(four) == Bytes{1, 2, 3, 4});
    CHECK(octets(eight) == Bytes{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(two.host() == 0x0102);
    CHECK(eight.host() == 0x0102030405060708);
    CHECK(four == Be32(0x01020304));
    CHECK_FALSE(four == Be32(0x04030201));
}

TEST_CASE("Numbers are read and written at any address") {
    Bytes octets(17, 0xee);
    for (std::size_t offset = 0; offset < 8; ++offset) {
        store_be<std::uint64_t>(&octets[offset], 0x1122334455667788);
        CHECK(load_be<std::uint64_t>(&octets[offset]) == 0x1122334455667788);
        CHECK(load_be<std::uint32_t>(&octets[offset]) == 0x11223344);
        CHECK(load_be<std::uint16_t>(&octets[offset]) == 0x1122);
        CHECK(octets[offset + 8] == 0xee);
    }
}

TEST_CASE("Octets are joined and copied") {
    Bytes octets{1};
    append(octets, Bytes{2, 3});
    append(octets, {});
    append(octets, as_bytes("A"));
    CHECK(octets == Bytes{1, 2, 3, 'A'});
    CHECK(to_bytes({}).empty());
}

TEST_CASE("Hexadecimal is written in lower case and read with white space") {
    CHECK(to_hex(Bytes{0x00, 0x7f, 0x80, 0xff, 0x1a}) == "007f80ff1a");
    CHECK(to_hex({}).empty());
    const struct {
        const char* text;
        Bytes octets;
    } cases[] = {
        {"", {}},
        {"00ff", {0x00, 0xff}},
        {" aB \t Cd\r\n0 1 ", {0xab, 0xcd, 0x01}},
        {"abc", {}},
        {"0", {}},
        {"0g", {}},
        {"0x12", {}},
        {"12-34", {}},
        {"/0", {}},
        {":0", {}},
        {"@a", {}},
        {"`a", {}},
        {"G0", {}},
        {"12\xc3\xa9", {}},
    };
    for (const auto& [text, octets] : cases) {
        INFO("text '" << text << "'");
        CHECK(from_hex(text) == octets);
    }
    for (int octet = 0; octet < 256; ++octet) {
        const Bytes one{static_cast<std::uint8_t>(octet)};
        CHECK(from_hex(to_hex(one)) == one);
    }
}

TEST_CASE("Comparison sees every octet and the length") {
    const Bytes octets{1, 2, 3, 4};
    CHECK(equal_constant_time(octets, Bytes(octets)));
    CHECK(equal_constant_time({}, {}));
    CHECK_FALSE(equal_constant_time(octets, ByteView(octets).first(3)));
    CHECK_FALSE(equal_constant_time({}, octets));
    for (std::size_t bit = 0; bit < 8 * octets.size(); ++bit) {
        Bytes other(octets);
        other[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK_FALSE(equal_constant_time(octets, other));
    }
}

}  // namespace
}  // namespace esplane
