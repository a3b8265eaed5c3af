#include "dataplane/link/echo.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/icmpv6.h"

namespace esplane::dataplane {
namespace {

using test::address;

const IpAddress kOurs4 = address("192.0.2.1");
const IpAddress kPeer4 = address("192.0.2.2");
const IpAddress kOurs6 = address("2001:db8::1");
const IpAddress kPeer6 = address("2001:db8::2");
const std::vector<PortAddress> kOurs = {{kOurs4, 24}, {kOurs6, 64}, {address("fe80::1"), 64}};

/// Identifier, sequence number and data, behind type, code and checksum.
Bytes message(std::uint8_t type, std::size_t data = 32) {
    Bytes made(4);
    made[0] = type;
    append(made, test::filler(4 + data));
    return made;
}

Bytes icmp4(Bytes made) {
    store_be(made.data() + 2, std::uint16_t{0});
    store_be(made.data() + 2, static_cast<std::uint16_t>(65535 - test::checksum_residue(made)));
    return made;
}

Bytes request4(const IpAddress& source = kPeer4, const IpAddress& destination = kOurs4, ByteView options = {}) {
    return test::ipv4(source, destination, 1, icmp4(message(8)), 0, options);
}

Bytes request6(const IpAddress& source = kPeer6, const IpAddress& destination = kOurs6) {
    return test::icmpv6(source, destination, 17, message(128));
}

/// The reply; empty when there is none, and then nothing has changed.
Bytes answer(const Bytes& packet) {
    const test::Exactly exact(packet);
    const std::uint32_t length = answer_echo(exact.view(), kOurs);
    if (length == 0) CHECK(to_bytes(exact.view()) == packet);
    if (length > 0) CHECK(is_echo_request(packet, kOurs));
    return to_bytes(exact.view().first(length));
}

void check_ipv4_reply(const Bytes& request, const Bytes& reply) {
    const std::size_t header = (request[0] & 0x0fU) * 4U;
    Bytes expected = request;
    expected.resize(load_be<std::uint16_t>(request.data() + 2));
    std::swap_ranges(expected.begin() + 12, expected.begin() + 16, expected.begin() + 16);
    expected[8] = 64;
    expected[header] = 0;
    CHECK(test::ipv4_header_checksum_is_right(reply));
    CHECK(test::checksum_residue(ByteView(reply).subspan(header)) == 0);
    for (const std::size_t checksum : {std::size_t{10}, header + 2})
        std::copy_n(reply.begin() + static_cast<std::ptrdiff_t>(checksum), 2,
                    expected.begin() + static_cast<std::ptrdiff_t>(checksum));
    CHECK(to_hex(reply) == to_hex(expected));
}

TEST_CASE("echo: an IPv4 request becomes its reply, with options and without what follows it") {
    for (const char* options : {"", "01010101", "94040000", "07070400000000 00", "44080500 00000000"}) {
        INFO(options);
        Bytes request = request4(kPeer4, kOurs4, from_hex(options));
        check_ipv4_reply(request, answer(request));
        append(request, test::filler(9));
        check_ipv4_reply(request, answer(request));
    }
    for (std::size_t data = 0; data < 40; ++data) {
        const Bytes request = test::ipv4(kPeer4, kOurs4, 1, icmp4(message(8, data)));
        check_ipv4_reply(request, answer(request));
    }
}

TEST_CASE("echo: an IPv6 request becomes its reply") {
    for (const IpAddress& ours : {kOurs6, address("fe80::1")}) {
        for (const IpAddress& peer : {kPeer6, address("fe80::9")}) {
            const Bytes request = request6(peer, ours);
            const Bytes expected = test::icmpv6(ours, peer, 64, message(129));
            CHECK(to_hex(answer(request)) == to_hex(expected));
        }
    }
}

TEST_CASE("echo: only another host's request to one of our addresses") {
    struct Case {
        const char* source;
        const char* destination;
        bool is_request;
        bool answered;
    };
    const Case cases[] = {{"192.0.2.2", "192.0.2.1", true, true},
                          {"198.51.100.255", "192.0.2.1", true, true},  // a prefix that we do not know
                          {"192.0.2.255", "192.0.2.1", true, false},
                          {"255.255.255.255", "192.0.2.1", true, false},
                          {"224.0.0.1", "192.0.2.1", true, false},
                          {"240.0.0.1", "192.0.2.1", true, false},
                          {"127.0.0.1", "192.0.2.1", true, false},
                          {"0.0.0.0", "192.0.2.1", true, false},
                          {"192.0.2.1", "192.0.2.1", true, false},
                          {"192.0.2.2", "192.0.2.3", false, false},
                          {"192.0.2.2", "192.0.2.255", false, false},
                          {"192.0.2.2", "255.255.255.255", false, false},
                          {"192.0.2.2", "224.0.0.1", false, false},
                          {"2001:db8::2", "2001:db8::1", true, true},
                          {"ff02::1", "2001:db8::1", true, false},
                          {"::", "2001:db8::1", true, false},
                          {"::1", "2001:db8::1", true, false},
                          {"fe80::1", "2001:db8::1", true, false},
                          {"2001:db8::2", "2001:db8::3", false, false},
                          {"2001:db8::2", "ff02::1", false, false}};
    for (const Case& c : cases) {
        INFO(c.source << " to " << c.destination);
        const bool v4 = address(c.source).family() == Family::kIpv4;
        const Bytes request = v4 ? request4(address(c.source), address(c.destination))
                                 : request6(address(c.source), address(c.destination));
        CHECK(is_echo_request(request, kOurs) == c.is_request);
        CHECK(answer(request).empty() == !c.answered);
    }
}

TEST_CASE("echo: what is not a request is none") {
    for (int type = 0; type < 256; ++type) {
        const auto octet = static_cast<std::uint8_t>(type);
        CHECK(is_echo_request(test::ipv4(kPeer4, kOurs4, 1, icmp4(message(octet))), kOurs) == (type == 8));
        CHECK(is_echo_request(test::icmpv6(kPeer6, kOurs6, 64, message(octet)), kOurs) == (type == 128));
    }
    // The other family's ICMP, another protocol, fragments.
    CHECK_FALSE(is_echo_request(test::ipv4(kPeer4, kOurs4, 58, icmp4(message(8))), kOurs));
    CHECK_FALSE(is_echo_request(test::ipv4(kPeer4, kOurs4, 17, icmp4(message(8))), kOurs));
    CHECK_FALSE(is_echo_request(test::ipv6(kPeer6, kOurs6, 1, message(128)), kOurs));
    for (const std::uint16_t fragment : {std::uint16_t{0x2000}, std::uint16_t{0x2001}, std::uint16_t{1}})
        CHECK_FALSE(is_echo_request(test::ipv4(kPeer4, kOurs4, 1, icmp4(message(8)), fragment), kOurs));
    CHECK_FALSE(is_echo_request({}, kOurs));
}

TEST_CASE("echo: wrong checksums, codes, source routes and extension headers are refused") {
    Bytes wrong = request4();
    wrong[8] -= 1;  // the header's checksum
    CHECK(answer(wrong).empty());
    wrong = request4();
    wrong.back() ^= 1;
    CHECK(answer(wrong).empty());
    wrong = request6();
    wrong.back() ^= 1;
    CHECK(answer(wrong).empty());
    Bytes coded = message(8);
    coded[1] = 1;
    CHECK(answer(test::ipv4(kPeer4, kOurs4, 1, icmp4(coded))).empty());
    coded[0] = 128;
    CHECK(answer(test::icmpv6(kPeer6, kOurs6, 64, coded)).empty());
    Bytes brief = icmp4(message(8));
    brief.resize(7);
    CHECK(answer(test::ipv4(kPeer4, kOurs4, 1, brief)).empty());
    for (const char* options : {"8307040a00000100", "0189070400000000", "4400000000000000", "4401000000000000",
                                "0101010101010144", "440a000000000000"}) {
        INFO(options);
        CHECK(answer(request4(kPeer4, kOurs4, from_hex(options))).empty());
    }
    Bytes destination_options = from_hex("3a00 0104 00000000");
    append(destination_options, message(128));
    CHECK(answer(test::ipv6(kPeer6, kOurs6, 60, destination_options)).empty());
}

TEST_CASE("echo: random requests with random changes: a reply is right or there is none") {
    constexpr std::uint64_t kSeed = 0xec40;
    crypto::SeededRandom random(kSeed);
    int answered = 0;
    for (int step = 0; step < 10'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        const bool v4 = random.below(2) == 0;
        Bytes content = message(v4 ? 8 : 128, random.below(100));
        const Bytes noise = random.bytes(content.size() - 4);
        std::copy(noise.begin(), noise.end(), content.begin() + 4);
        Bytes request = v4 ? test::ipv4(kPeer4, kOurs4, 1, icmp4(content)) : test::icmpv6(kPeer6, kOurs6, 3, content);
        const bool is_changed = random.below(4) == 0;
        if (is_changed) request[random.below(request.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
        if (random.below(20) == 0) request.resize(random.below(request.size()));
        const Bytes reply = answer(request);
        answered += reply.empty() ? 0 : 1;
        if (reply.empty()) continue;
        const std::size_t header = v4 ? 20 : 40;
        if (v4) check_ipv4_reply(request, reply);
        if (!v4) CHECK(test::icmpv6_residue(reply) == 0);
        CHECK(std::equal(reply.begin() + static_cast<std::ptrdiff_t>(header) + 4, reply.end(),
                         request.begin() + static_cast<std::ptrdiff_t>(header) + 4));
    }
    CHECK(answered > 6000);
}

}  // namespace
}  // namespace esplane::dataplane
