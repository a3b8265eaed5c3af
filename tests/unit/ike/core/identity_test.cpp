#include "ike/core/identity.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"

namespace esplane::ike {
namespace {

using wire::IdType;

Bytes text(std::string_view value) {
    return to_bytes(as_bytes(value));
}

wire::Id id(IdType type, Bytes value) {
    return {static_cast<std::uint8_t>(type), std::move(value)};
}

Identity identity(std::string_view written) {
    const auto parsed = Identity::parse(written);
    INFO(written);
    REQUIRE(parsed.has_value());
    return *parsed;
}

TEST_CASE("Identities are read as strongSwan users write them") {
    struct Case {
        std::string_view written;
        IdType type;
        Bytes value;
        std::string_view shown;  // empty: as written
    };
    const Case cases[] = {
        {"192.0.2.1", IdType::kIpv4Addr, {192, 0, 2, 1}, ""},
        {"ipv4:192.0.2.1", IdType::kIpv4Addr, {192, 0, 2, 1}, "192.0.2.1"},
        {"2001:db8::1", IdType::kIpv6Addr, from_hex("20010db8000000000000000000000001"), ""},
        {"ipv6:2001:db8::1", IdType::kIpv6Addr, from_hex("20010db8000000000000000000000001"), "2001:db8::1"},
        {"gw.example.org", IdType::kFqdn, text("gw.example.org"), ""},
        {"gw", IdType::kFqdn, text("gw"), ""},
        {"GW-1_a.Example.ORG", IdType::kFqdn, text("GW-1_a.Example.ORG"), ""},
        {"@gw.example.org", IdType::kFqdn, text("gw.example.org"), "gw.example.org"},
        {"fqdn:gw.example.org", IdType::kFqdn, text("gw.example.org"), "gw.example.org"},
        {"@192.0.2.1", IdType::kFqdn, text("192.0.2.1"), "fqdn:192.0.2.1"},
        {"fqdn:2001:db8::1", IdType::kFqdn, text("2001:db8::1"), "fqdn:2001:db8::1"},
        {"gw@example.org", IdType::kRfc822Addr, text("gw@example.org"), ""},
        {"email:gw@example.org", IdType::kRfc822Addr, text("gw@example.org"), "gw@example.org"},
        {"fqdn:gw@example.org", IdType::kFqdn, text("gw@example.org"), "fqdn:gw@example.org"},
    };
    for (const Case& each : cases) {
        INFO(each.written);
        const Identity parsed = identity(each.written);
        CHECK(parsed.type == each.type);
        CHECK(parsed.value == each.value);
        CHECK(parsed.to_string() == (each.shown.empty() ? each.written : each.shown));
        CHECK(identity(parsed.to_string()) == parsed);
        CHECK(Identity::from_wire(parsed.to_wire()) == parsed);
    }
}

TEST_CASE("What is no identity, or probably a slip, is refused") {
    for (const std::string_view written : {"",
                                           " ",
                                           "@",
                                           "fqdn:",
                                           "email:",
                                           "ipv4:",
                                           "ipv6:",
                                           "192.0.2.256",
                                           "192.0.2",
                                           "10.0.0.0/16",
                                           "2001:db8:::1",
                                           "ipv4:2001:db8::1",
                                           "ipv6:192.0.2.1",
                                           "email:example.org",
                                           "@example org",
                                           "gw example",
                                           "gw\texample",
                                           "a@",
                                           "email:@b",
                                           "gw@exa mple.org",
                                           "*.example.org",
                                           "*@example.org",
                                           "C=CH, XX=esplane, CN=gw",
                                           "C=Switzerland, CN=gw",
                                           "CN=",
                                           "CN=gw,",
                                           "=gw",
                                           "asn1dn:",
                                           "keyid:abc",
                                           "asn1dn:x",
                                           "%any",
                                           "any thing",
                                           "#0102"}) {
        INFO("'" << written << "'");
        CHECK_FALSE(Identity::parse(written).has_value());
    }
    CHECK_FALSE(Identity::parse(std::string(256, 'a')).has_value());
    CHECK(Identity::parse(std::string(255, 'a')).has_value());
    CHECK_FALSE(Identity::parse(std::string_view("gw\0.example.org", 15)).has_value());
}

TEST_CASE("A distinguished name is known again in either order, whatever its case and blanks") {
    const Identity name = identity("C=CH, O=Example \\, Inc, CN=gw");
    CHECK(name.type == IdType::kDerAsn1Dn);
    CHECK(name.to_string() == "CN=gw,O=Example \\, Inc,C=CH");
    CHECK(Identity::from_wire(name.to_wire()) == name);
    const auto accepts = [](std::string_view pattern, std::string_view written) {
        return IdentityPattern::parse(pattern).value().matches(identity(written));
    };
    CHECK(accepts("C=CH, O=Example, CN=gw", "C=CH,O=example,CN=GW"));
    CHECK(accepts("C=CH, O=Example, CN=gw", "CN=gw, O=Example, C=CH"));
    CHECK(accepts("asn1dn:CN=gw", "CN=gw"));
    CHECK_FALSE(accepts("C=CH, O=Example, CN=gw", "C=CH, CN=gw, O=Example"));
    CHECK_FALSE(accepts("C=CH, O=Example, CN=gw", "C=CH, O=Example, CN=gw2"));
    CHECK_FALSE(accepts("C=CH, O=Example, CN=gw", "C=CH, O=Example"));
    CHECK_FALSE(accepts("CN=gw", "gw"));
    CHECK(IdentityPattern::any().matches(name));
    CHECK_FALSE(IdentityPattern::parse("*.example.org").value().matches(identity("CN=gw.example.org")));
    // A name that says nothing, octets behind, and none at all.
    CHECK_FALSE(Identity::from_wire(id(IdType::kDerAsn1Dn, from_hex("3000"))).has_value());
    Bytes longer = name.value;
    longer.push_back(0);
    CHECK_FALSE(Identity::from_wire(id(IdType::kDerAsn1Dn, longer)).has_value());
    for (std::size_t length = 0; length < name.value.size(); ++length)
        CHECK_FALSE(Identity::from_wire(id(IdType::kDerAsn1Dn,
                                           Bytes(name.value.begin(), name.value.begin() + static_cast<long>(length))))
                        .has_value());
}

TEST_CASE("An identity of the wire must be of its type") {
    CHECK(Identity::from_wire(id(IdType::kIpv4Addr, Bytes(4))).has_value());
    CHECK(Identity::from_wire(id(IdType::kIpv6Addr, Bytes(16))).has_value());
    for (std::size_t length = 0; length < 300; ++length) {
        CHECK(Identity::from_wire(id(IdType::kIpv4Addr, Bytes(length))).has_value() == (length == 4));
        CHECK(Identity::from_wire(id(IdType::kIpv6Addr, Bytes(length))).has_value() == (length == 16));
        const bool is_name = length >= 1 && length <= 255;
        CHECK(Identity::from_wire(id(IdType::kFqdn, Bytes(length, 'x'))).has_value() == is_name);
    }
    CHECK_FALSE(Identity::from_wire(id(IdType::kFqdn, from_hex("676f00"))).has_value());
    CHECK_FALSE(Identity::from_wire(id(IdType::kFqdn, from_hex("c3a4"))).has_value());
    CHECK(Identity::from_wire(id(IdType::kRfc822Addr, text("j\xc3\xb6rg@example.org"))).has_value());
    CHECK_FALSE(Identity::from_wire(id(IdType::kRfc822Addr, text("example.org"))).has_value());
    CHECK_FALSE(Identity::from_wire(id(IdType::kRfc822Addr, text("a\n@example.org"))).has_value());
    for (int type = 0; type < 256; ++type) {
        const wire::Id of_type{static_cast<std::uint8_t>(type), text("a@bc")};
        const bool is_accepted = type == 1 || type == 2 || type == 3;  // four octets, so also an IPv4 address
        CHECK(Identity::from_wire(of_type).has_value() == is_accepted);
    }
}

TEST_CASE("Any ID payload is shown in printable ASCII of bounded length") {
    CHECK(describe(id(IdType::kFqdn, text("a\n\x1b[31mb\\"))) == "fqdn:a\\x0a\\x1b[31mb\\x5c");
    CHECK(describe(id(IdType::kFqdn, {})) == "fqdn:");
    CHECK(describe(id(IdType::kRfc822Addr, text("j\xc3\xb6rg@example.org"))) == "j\\xc3\\xb6rg@example.org");
    CHECK(describe(id(IdType::kRfc822Addr, text("nobody"))) == "email:nobody");
    CHECK(describe(id(IdType::kIpv4Addr, {1, 2, 3})) == "malformed ipv4:010203");
    CHECK(describe(id(IdType::kIpv6Addr, {1, 2, 3, 4})) == "malformed ipv6:01020304");
    CHECK(describe(id(IdType::kIpv4Addr, Bytes(16))) == "malformed ipv4:00000000000000000000000000000000");
    CHECK(describe(id(IdType::kKeyId, text("branch 7"))) == "keyid:branch 7");
    CHECK(describe(id(IdType::kDerAsn1Dn, {0x30, 0x1a})) == "malformed asn1dn:301a");
    CHECK(describe({77, {0xff}}) == "type 77:ff");

    crypto::SeededRandom random(8);
    for (int type = 0; type < 256; ++type) {
        for (const std::size_t length : {0, 1, 4, 16, 64, 65, 320, 2048}) {
            const std::string shown = describe({static_cast<std::uint8_t>(type), random.bytes(length)});
            CHECK(shown.size() < 1400);
            for (const char c : shown) {
                if (c < ' ' || c > '~') FAIL("type " << type << " length " << length);
            }
        }
    }
}

TEST_CASE("Patterns match what they say") {
    struct Case {
        std::string_view pattern;
        std::string_view identity;
        bool matches;
    };
    const Case cases[] = {
        {"any", "192.0.2.1", true},
        {"any", "gw.example.org", true},
        {"%any", "a@example.org", true},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "@192.0.2.1", false},
        {"@192.0.2.1", "192.0.2.1", false},
        {"gw.example.org", "GW.Example.Org", true},
        {"gw.example.org", "gw.example.org.", false},
        {"gw.example.org", "gw.example.or", false},
        {"gw.example.org", "fqdn:gw@example.org", false},
        {"a@example.org", "A@EXAMPLE.ORG", true},
        {"a@example.org", "fqdn:a@example.org", false},
        {"*.example.org", "gw.example.org", true},
        {"*.example.org", "a.b.example.org", true},
        {"*.example.org", "GW.EXAMPLE.ORG", true},
        {"*.example.org", "example.org", false},
        {"*.example.org", "fqdn:.example.org", false},
        {"*.example.org", "gwexample.org", false},
        {"*.example.org", "gw.example.org.evil.net", false},
        {"*.example.org", "a@gw.example.org", false},
        {"*@example.org", "a@example.org", true},
        {"*@example.org", "a@EXAMPLE.org", true},
        {"*@example.org", "a@b.example.org", false},
        {"*@example.org", "fqdn:a@example.org", false},
        {"*@example.org", "example.org", false},
    };
    for (const Case& each : cases) {
        INFO(each.pattern << " and " << each.identity);
        const auto pattern = IdentityPattern::parse(each.pattern);
        REQUIRE(pattern.has_value());
        CHECK(pattern->matches(identity(each.identity)) == each.matches);
    }
}

TEST_CASE("Bytes of another type never match a name by chance") {
    const auto exact = IdentityPattern::exactly(identity("ABCD"));
    CHECK(exact.matches(identity("abcd")));
    CHECK_FALSE(exact.matches({IdType::kIpv4Addr, text("ABCD")}));
    CHECK_FALSE(exact.matches({IdType::kKeyId, text("ABCD")}));
    const auto address = IdentityPattern::exactly({IdType::kIpv4Addr, text("ABCD")});
    CHECK_FALSE(address.matches({IdType::kIpv4Addr, text("abcd")}));
}

TEST_CASE("Patterns that are none are refused, others are shown as written") {
    for (const std::string_view written : {"", "*", "**.example.org", "*example.org", "*.", "*@", "*.exa*mple.org",
                                           "gw.*.org", "*.10.0", "*.example org", "* .example.org"}) {
        INFO("'" << written << "'");
        CHECK_FALSE(IdentityPattern::parse(written).has_value());
    }
    for (const std::string_view written : {"any", "*.example.org", "*@example.org", "192.0.2.1", "gw.example.org"}) {
        CHECK(IdentityPattern::parse(written)->to_string() == written);
    }
    CHECK(IdentityPattern::any().to_string() == "any");
    CHECK_FALSE(IdentityPattern::any().exact().has_value());
    CHECK_FALSE(IdentityPattern::parse("*.example.org")->exact().has_value());
    CHECK(IdentityPattern::parse("gw.example.org")->exact() == identity("gw.example.org"));
}

}  // namespace
}  // namespace esplane::ike
