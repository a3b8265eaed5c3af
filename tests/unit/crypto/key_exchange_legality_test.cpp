// Values that a peer must not get away with (RFC 6989, RFC 8031), and private values that we must not use.
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <catch2/catch.hpp>
#include <string>

#include "crypto/key_exchange.h"
#include "tests/unit/crypto/key_exchange_oracle.h"

namespace esplane::crypto {
namespace {

using test::generate;
using test::kEcpGroups;
using test::kGroups;
using test::kModpGroups;
using test::prime_of;
using test::to_octets;

void check_refused(const KeyExchange& exchange, ByteView value, const std::string& what) {
    INFO(name(exchange.group()) << ": " << what);
    ERR_clear_error();
    CHECK_FALSE(exchange.derive(value).has_value());
    CHECK(ERR_peek_error() == 0);  // nothing is left that a later caller could take for its own
}

TEST_CASE("A public value of the wrong length is refused") {
    for (const DhId group : kGroups) {
        const auto own = generate(group, 7);
        const Bytes peer = generate(group, 8)->public_value();
        REQUIRE(own->derive(peer));
        check_refused(*own, {}, "empty");
        check_refused(*own, ByteView(peer).first(peer.size() - 1), "one octet short");
        check_refused(*own, ByteView(peer).subspan(1), "first octet missing");
        Bytes longer(peer);
        longer.push_back(0);
        check_refused(*own, longer, "one octet long");
        longer = Bytes{0};
        append(longer, peer);
        check_refused(*own, longer, "a zero in front");
        longer[0] = 4;
        check_refused(*own, longer, "a point's prefix in front");
    }
}

TEST_CASE("A MODP public value outside of [2, p-2] is refused") {
    for (const DhId group : kModpGroups) {
        const auto own = generate(group, 9);
        const std::size_t length = public_value_length(group);
        const auto near_prime = [&](BN_ULONG below) {
            const Bignum number = prime_of(group);
            REQUIRE(BN_sub_word(number.get(), below) == 1);
            return to_octets(number, length);
        };
        Bytes small(length, 0);
        check_refused(*own, small, "0");
        small.back() = 1;
        check_refused(*own, small, "1");
        check_refused(*own, near_prime(1), "p-1");
        check_refused(*own, near_prime(0), "p");
        const Bignum above = prime_of(group);
        REQUIRE(BN_add_word(above.get(), 2) == 1);
        check_refused(*own, to_octets(above, length), "p+2");
        check_refused(*own, Bytes(length, 0xff), "all ones");

        small.back() = 2;
        const auto from_two = own->derive(small);
        REQUIRE(from_two);
        CHECK(to_bytes(from_two->view()) == own->public_value());
        CHECK(own->derive(near_prime(2)).has_value());
    }
}

using Curve = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_free>>;

Curve curve_of(DhId group) {
    return Curve(EC_GROUP_new_by_curve_name(group == DhId::kEcp256   ? NID_X9_62_prime256v1
                                            : group == DhId::kEcp384 ? NID_secp384r1
                                                                     : NID_secp521r1));
}

TEST_CASE("An ECP public value that is no point of the curve is refused") {
    for (const DhId id : kEcpGroups) {
        const auto own = generate(id, 10);
        const Bytes peer = generate(id, 11)->public_value();
        for (std::size_t octet = 0; octet < peer.size(); ++octet) {
            Bytes off(peer);
            off[octet] ^= 1;
            check_refused(*own, off, "a bit flipped in octet " + std::to_string(octet));
        }
        check_refused(*own, Bytes(peer.size(), 0), "0 | 0");
        check_refused(*own, Bytes(peer.size(), 0xff), "all ones");
        Bytes swapped(peer.begin() + static_cast<std::ptrdiff_t>(peer.size() / 2), peer.end());
        append(swapped, ByteView(peer).first(peer.size() / 2));
        check_refused(*own, swapped, "y | x");
    }
}

TEST_CASE("An ECP coordinate that is not reduced is refused, though its remainder is a point's") {
    for (const DhId id : kEcpGroups) {
        const auto own = generate(id, 12);
        const std::size_t length = public_value_length(id) / 2;
        const Curve curve = curve_of(id);
        const Point point(EC_POINT_new(curve.get()));
        const Bignum x(BN_new());
        const Bignum y(BN_new());
        const Bignum prime(BN_new());
        REQUIRE(EC_GROUP_get_curve(curve.get(), prime.get(), nullptr, nullptr, nullptr) == 1);
        BN_ULONG small = 0;  // the smallest x of the curve: x + p then has as many octets as p
        do {
            REQUIRE(BN_set_word(x.get(), ++small) == 1);
        } while (small < 100 &&
                 EC_POINT_set_compressed_coordinates(curve.get(), point.get(), x.get(), 0, nullptr) != 1);
        REQUIRE(EC_POINT_get_affine_coordinates(curve.get(), point.get(), x.get(), y.get(), nullptr) == 1);
        Bytes value = to_octets(x, length);
        append(value, to_octets(y, length));
        CHECK(own->derive(value).has_value());
        REQUIRE(BN_add(x.get(), x.get(), prime.get()) == 1);
        value = to_octets(x, length);
        append(value, to_octets(y, length));
        check_refused(*own, value, "x + p | y");
    }
}

TEST_CASE("An X25519 public value of small order is refused") {
    const auto own = generate(DhId::kX25519, 13);
    const char* const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",  // 0
        "0100000000000000000000000000000000000000000000000000000000000000",  // 1
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",  // of order 8
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",  // of order 8
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p - 1
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p, which is 0
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p + 1, which is 1
        "0000000000000000000000000000000000000000000000000000000000000080",  // 0, the top bit set
    };
    for (const char* const point : points) {
        check_refused(*own, from_hex(point), point);
    }
}

TEST_CASE("A private value that is not legal yields no key pair") {
    for (const DhId group : kGroups) {
        INFO(name(group));
        CHECK(KeyExchange::from_private(group, {}) == nullptr);
        CHECK(KeyExchange::from_private(group, Bytes(public_value_length(group) + 1, 1)) == nullptr);
    }
    for (const DhId group : kModpGroups) {
        CHECK(KeyExchange::from_private(group, Bytes{0}) == nullptr);
        CHECK(KeyExchange::from_private(group, Bytes(public_value_length(group), 0)) == nullptr);
        CHECK(KeyExchange::from_private(group, to_octets(prime_of(group), public_value_length(group))) == nullptr);
    }
    for (const DhId id : kEcpGroups) {
        const std::size_t length = public_value_length(id) / 2;
        const Curve curve = curve_of(id);
        const Bignum scalar(BN_dup(EC_GROUP_get0_order(curve.get())));
        CHECK(KeyExchange::from_private(id, Bytes(length, 0)) == nullptr);
        CHECK(KeyExchange::from_private(id, to_octets(scalar, length)) == nullptr);
        CHECK(KeyExchange::from_private(id, Bytes(length - 1, 1)) == nullptr);
        REQUIRE(BN_sub_word(scalar.get(), 1) == 1);
        CHECK(KeyExchange::from_private(id, to_octets(scalar, length)) != nullptr);
    }
    CHECK(KeyExchange::from_private(DhId::kNone, Bytes{1}) == nullptr);
    CHECK(ERR_peek_error() == 0);
}

}  // namespace
}  // namespace esplane::crypto
