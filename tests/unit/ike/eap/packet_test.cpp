#include "ike/eap/packet.h"

#include <catch2/catch.hpp>
#include <string>

namespace esplane::ike::eap {
namespace {

std::string text_of(const std::optional<Packet>& packet) {
    if (!packet) return "none";
    return std::to_string(static_cast<int>(packet->code)) + ' ' + std::to_string(packet->identifier) + ' ' +
           std::to_string(static_cast<int>(packet->type)) + ' ' + to_hex(packet->data);
}

TEST_CASE("A packet is read to the octet") {
    const std::pair<std::string, std::string> cases[] = {
        {"01 07 0005 01", "1 7 1 "},
        {"02 ff 0008 01 626f62", "2 255 1 626f62"},
        {"02 00 0006 03 1a", "2 0 3 1a"},
        {"01 01 0006 fe 00", "1 1 254 00"},
        {"03 09 0004", "3 9 0 "},
        {"04 09 0004", "4 9 0 "},
        // Nothing, and too little.
        {"", "none"},
        {"01", "none"},
        {"03 09 00", "none"},
        {"01 07 0004", "none"},
        {"02 07 0004", "none"},
        // The length says otherwise.
        {"01 07 0004 01", "none"},
        {"01 07 0006 01", "none"},
        {"03 09 0000", "none"},
        {"03 09 0005 00", "none"},
        {"04 09 0004 00", "none"},
        // There are no others (RFC 3748 4).
        {"00 07 0005 01", "none"},
        {"05 07 0005 01", "none"},
        {"ff 07 0004", "none"},
    };
    for (const auto& [octets, expected] : cases) {
        INFO(octets);
        CHECK(text_of(parse(from_hex(octets))) == expected);
    }
}

TEST_CASE("What is written reads the same") {
    const Bytes data = from_hex("0102");
    CHECK(to_hex(encode({Code::kRequest, 3, Type::kMschapv2, data})) == "010300071a0102");
    CHECK(to_hex(encode({Code::kResponse, 3, Type::kNotification, {}})) == "0203000502");
    CHECK(to_hex(encode({Code::kSuccess, 4, Type::kNone, {}})) == "03040004");
    CHECK(to_hex(encode({Code::kFailure, 4, Type::kNone, {}})) == "04040004");
}

}  // namespace
}  // namespace esplane::ike::eap
