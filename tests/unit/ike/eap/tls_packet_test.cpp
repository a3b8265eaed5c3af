#include "ike/eap/tls_packet.h"

#include <catch2/catch.hpp>
#include <string>

#include "ike/eap/bounds.h"
#include "ike/eap/tls_fragments.h"

namespace esplane::ike::eap::tls {
namespace {

std::string text_of(const std::optional<Fragment>& fragment) {
    if (!fragment) return "none";
    return std::string(fragment->start ? "S" : "") + (fragment->more ? "M" : "") +
           (fragment->total ? std::to_string(*fragment->total) : "-") + ' ' + to_hex(fragment->data);
}

TEST_CASE("The flags of a fragment must go together") {
    const std::pair<std::string, std::string> cases[] = {
        {"00", "- "},
        {"20", "S- "},
        {"00 0102", "- 0102"},
        {"80 00000002 0102", "2 0102"},
        {"80 00000000", "0 "},
        {"a0 00000000", "S0 "},
        {"c0 00000005 0102", "M5 0102"},
        {"40 0102", "M- 0102"},
        {"80 ffffffff 01", "4294967295 01"},
        // Reserved ones, which are ignored.
        {"1f", "- "},
        {"3f", "S- "},
        // No flags; a length that is none.
        {"", "none"},
        {"80", "none"},
        {"80 000000", "none"},
        // Start with something else.
        {"60", "none"},
        {"20 01", "none"},
        {"60 01", "none"},
        {"a0 00000001 01", "none"},
        // More of nothing; a whole of less than its part.
        {"40", "none"},
        {"c0 00000005", "none"},
        {"80 00000001 0102", "none"},
        {"c0 00000001 0102", "none"},
    };
    for (const auto& [octets, expected] : cases) {
        INFO(octets);
        CHECK(text_of(parse(from_hex(octets))) == expected);
    }
}

TEST_CASE("An acknowledgement is empty") {
    for (const char* yes : {"00", "1f", "80 00000000"})
        CHECK(parse(from_hex(yes))->is_acknowledgement());
    for (const char* no : {"20", "00 01", "40 01", "80 00000001", "80 00000001 01"})
        CHECK_FALSE(parse(from_hex(no))->is_acknowledgement());
}

/// The first octet that arrives is 0, the next one 1...
Bytes counted(std::size_t size) {
    Bytes octets(size);
    for (std::size_t i = 0; i < size; ++i)
        octets[i] = static_cast<std::uint8_t>(i);
    return octets;
}

TEST_CASE("A message that is cut is put together again, and says its length once") {
    for (const std::size_t size : {0U, 1U, 1023U, 1024U, 1025U, 2048U, 5000U, 65536U}) {
        INFO(size);
        Outgoing out;
        Incoming in;
        Bytes packet = out.begin(counted(size));
        std::size_t packets = 1;
        while (out.goes_on()) {
            CHECK(parse(packet)->total.has_value() == (packets == 1));
            REQUIRE(in.add(*parse(packet)) == Incoming::State::kMore);
            packet = out.next();
            ++packets;
        }
        REQUIRE(in.add(*parse(packet)) == Incoming::State::kWhole);
        CHECK(in.take() == counted(size));
        CHECK(packets == std::max<std::size_t>(1, (size + kTlsFragment - 1) / kTlsFragment));
    }
}

TEST_CASE("Fragments that do not add up are refused") {
    using Packets = std::vector<std::string>;
    const std::pair<Packets, bool> cases[] = {
        {{"00 01"}, true},
        {{"80 00000001 01"}, true},
        {{"c0 00000003 01", "40 02", "00 03"}, true},
        {{"c0 00000003 01", "c0 00000003 02", "80 00000003 03"}, true},
        // The first of several does not say how long they are.
        {{"40 01"}, false},
        // The last one comes too early, or too late.
        {{"80 00000002 01"}, false},
        {{"c0 00000003 01", "00 02"}, false},
        {{"c0 00000003 01", "00"}, false},
        {{"c0 00000001 01"}, false},
        {{"c0 00000002 01", "40 02"}, false},
        {{"c0 00000002 01", "00 0203"}, false},
        {{"c0 00000002 01", "40 0203"}, false},
        // One that comes again makes it longer.
        {{"c0 00000002 01", "c0 00000002 01"}, false},
        // Two lengths.
        {{"c0 00000003 01", "c0 00000004 02"}, false},
        {{"c0 00000003 01", "80 00000002 0203"}, false},
        // Longer than anybody needs.
        {{"c0 00010001 01"}, false},
        {{"c0 ffffffff 01"}, false},
    };
    for (const auto& [packets, whole] : cases) {
        INFO(packets.front() << " and " << packets.size() - 1 << " more");
        Incoming in;
        for (std::size_t i = 0; i + 1 < packets.size(); ++i)
            REQUIRE(in.add(*parse(from_hex(packets[i]))) == Incoming::State::kMore);
        const auto last = in.add(*parse(from_hex(packets.back())));
        CHECK(last == (whole ? Incoming::State::kWhole : Incoming::State::kWrong));
    }
}

}  // namespace
}  // namespace esplane::ike::eap::tls
