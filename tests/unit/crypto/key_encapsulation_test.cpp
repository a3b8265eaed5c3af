// ML-KEM, where the OpenSSL that runs has it, and that its absence is noticed where it has not.
#include "crypto/key_encapsulation.h"

#include <catch2/catch.hpp>

namespace esplane::crypto {
namespace {

constexpr DhId kMethods[] = {DhId::kMlKem512, DhId::kMlKem768, DhId::kMlKem1024};

bool same(const Secret& a, const Secret& b) {
    return equal_constant_time(a.view(), b.view());
}

TEST_CASE("a KEM is no group, and has lengths of its own") {
    for (const DhId method : kMethods) {
        CHECK(is_kem(method));
        CHECK_FALSE(known_dh(static_cast<std::uint16_t>(method)));
        CHECK(known_additional(static_cast<std::uint16_t>(method)) == method);
        CHECK(encapsulation_length(method, Side::kInitiator) > 0);
    }
    CHECK(known_additional(31) == DhId::kX25519);
    CHECK(known_additional(0) == DhId::kNone);
    CHECK_FALSE(known_additional(34));
    CHECK_FALSE(known_additional(38));
    CHECK(encapsulation_length(DhId::kMlKem768, Side::kInitiator) == 1184);
    CHECK(encapsulation_length(DhId::kMlKem768, Side::kResponder) == 1088);
    CHECK(encapsulation_length(DhId::kX25519, Side::kInitiator) == 0);
    CHECK_FALSE(openssl_encapsulation().has(DhId::kX25519));
}

TEST_CASE("what an operator is told of ML-KEM agrees with what there is") {
    const bool has = openssl_encapsulation().has(DhId::kMlKem768);
    CHECK((describe_ml_kem().find("not available") == std::string::npos) == has);
    CHECK(describe_ml_kem().find(openssl_version()) != std::string::npos);
}

TEST_CASE("an encapsulation key of another length is refused, whatever OpenSSL it is") {
    SeededRandom random(1);
    for (const DhId method : kMethods) {
        const std::size_t length = encapsulation_length(method, Side::kInitiator);
        for (const std::size_t other : {std::size_t{0}, std::size_t{1}, length - 1, length + 1})
            CHECK_FALSE(openssl_encapsulation().encapsulate(method, Bytes(other, 1), random));
    }
}

TEST_CASE("both sides of ML-KEM come to the same secret, and illegal values are refused") {
    SeededRandom random(1);
    for (const DhId method : kMethods) {
        if (!openssl_encapsulation().has(method)) {
            WARN(openssl_version() << " has no " << name(method) << ": not tested");
            continue;
        }
        const auto initiator = openssl_encapsulation().generate(method, random);
        CHECK(initiator->group() == method);
        CHECK(initiator->public_value().size() == encapsulation_length(method, Side::kInitiator));
        auto answer = openssl_encapsulation().encapsulate(method, initiator->public_value(), random);
        REQUIRE(answer);
        CHECK(answer->public_value.size() == encapsulation_length(method, Side::kResponder));
        const auto shared = initiator->derive(answer->public_value);
        REQUIRE(shared);
        CHECK(same(*shared, answer->shared));
        // FIPS 203 7.2: coefficients that are not reduced.
        CHECK_FALSE(openssl_encapsulation().encapsulate(method, Bytes(initiator->public_value().size(), 0xff), random));
        // Implicit rejection: another secret, no error.
        answer->public_value[0] ^= 1;
        const auto rejected = initiator->derive(answer->public_value);
        REQUIRE(rejected);
        CHECK_FALSE(same(*rejected, answer->shared));
        answer->public_value.pop_back();
        CHECK_FALSE(initiator->derive(answer->public_value));
    }
}

}  // namespace
}  // namespace esplane::crypto
