#include "crypto/key_exchange.h"

#include <catch2/catch.hpp>

#include "tests/unit/crypto/aborts.h"
#include "tests/unit/crypto/key_exchange_oracle.h"
#include "tests/vectors/diffie_hellman.h"
#include "tests/vectors/modp_rfc3526.h"

namespace esplane::crypto {
namespace {

using test::generate;
using test::kGroups;
using test::kModpGroups;

std::string sha256_hex(ByteView octets) {
    std::array<std::uint8_t, 32> hash;
    REQUIRE(EVP_Q_digest(nullptr, "SHA256", nullptr, octets.data(), octets.size(), hash.data(), nullptr) == 1);
    return to_hex(hash);
}

TEST_CASE("Published examples of key exchanges come out") {
    for (const auto& vector : vectors::kDhCases) {
        INFO(vector.source);
        const auto own = KeyExchange::from_private(vector.group, from_hex(vector.own_private));
        REQUIRE(own);
        CHECK(own->group() == vector.group);
        if (!vector.own_public.empty()) CHECK(to_hex(own->public_value()) == vector.own_public);
        const auto shared = own->derive(from_hex(vector.peer_public));
        REQUIRE(shared);
        CHECK(to_hex(shared->view()) == vector.shared);
    }
}

TEST_CASE("MODP exchanges agree with an independent implementation") {
    for (const auto& vector : vectors::kModpCases) {
        INFO(name(vector.group));
        const auto initiator = KeyExchange::from_private(vector.group, from_hex(vector.private_i));
        const auto responder = KeyExchange::from_private(vector.group, from_hex(vector.private_r));
        REQUIRE(initiator);
        REQUIRE(responder);
        CHECK(sha256_hex(initiator->public_value()) == vector.public_i_sha256);
        CHECK(sha256_hex(responder->public_value()) == vector.public_r_sha256);
        const auto shared = initiator->derive(responder->public_value());
        REQUIRE(shared);
        CHECK(sha256_hex(shared->view()) == vector.shared_sha256);
    }
}

TEST_CASE("Two sides agree on a secret in every group") {
    for (const DhId group : kGroups) {
        INFO(name(group) << ", seeds 1 and 2");
        const auto initiator = generate(group, 1);
        const auto responder = generate(group, 2);
        CHECK(initiator->public_value().size() == public_value_length(group));
        const auto shared_i = initiator->derive(responder->public_value());
        const auto shared_r = responder->derive(initiator->public_value());
        REQUIRE(shared_i);
        REQUIRE(shared_r);
        CHECK(to_hex(shared_i->view()) == to_hex(shared_r->view()));
    }
}

TEST_CASE("The key pair follows from the random numbers alone") {
    for (const DhId group : kGroups) {
        INFO(name(group));
        CHECK(generate(group, 5)->public_value() == generate(group, 5)->public_value());
        CHECK(generate(group, 5)->public_value() != generate(group, 6)->public_value());
    }
    SystemRandom random;
    CHECK(KeyExchange::generate(DhId::kX25519, random)->public_value() !=
          KeyExchange::generate(DhId::kX25519, random)->public_value());
    CHECK(KeyExchange::generate(DhId::kNone, random) == nullptr);
}

TEST_CASE("Public values have the length of the KE payload") {
    // RFC 3526, RFC 5903 7 (x | y, without a prefix), RFC 8031 3.1.
    const std::pair<DhId, std::size_t> lengths[] = {
        {DhId::kNone, 0},    {DhId::kModp2048, 256}, {DhId::kModp3072, 384}, {DhId::kModp4096, 512},
        {DhId::kEcp256, 64}, {DhId::kEcp384, 96},    {DhId::kEcp521, 132},   {DhId::kX25519, 32}};
    for (const auto& [group, length] : lengths) {
        CHECK(public_value_length(group) == length);
    }
}

Bytes power(DhId group, ByteView base, ByteView exponent) {
    const std::unique_ptr<BN_CTX, FreeWith<BN_CTX_free>> context(BN_CTX_new());
    const Bignum result(BN_new());
    REQUIRE(BN_mod_exp(result.get(), test::to_number(base).get(), test::to_number(exponent).get(),
                       test::prime_of(group).get(), context.get()) == 1);
    return test::to_octets(result, public_value_length(group));
}

TEST_CASE("A MODP secret or public value that begins with zeros keeps its length") {
    for (const DhId group : kModpGroups) {
        INFO(name(group) << ", seed 3");
        const Bytes peer = generate(group, 3)->public_value();
        int short_secrets = 0;
        // One in 256 begins with a zero. Short private values make the search quick.
        for (std::uint16_t x = 2; short_secrets < 2 && x < 8192; ++x) {
            std::array<std::uint8_t, 2> octets;
            store_be(octets.data(), x);
            const auto own = KeyExchange::from_private(group, octets);
            REQUIRE(own);
            const auto shared = own->derive(peer);
            REQUIRE(shared);
            if (shared->view()[0] != 0) continue;
            ++short_secrets;
            CHECK(to_bytes(shared->view()) == power(group, peer, octets));
            CHECK(own->public_value() == power(group, Bytes{2}, octets));
        }
        CHECK(short_secrets == 2);
        const auto two = KeyExchange::from_private(group, Bytes{1});
        REQUIRE(two);
        Bytes expected(public_value_length(group), 0);
        expected.back() = 2;
        CHECK(two->public_value() == expected);
    }
}

TEST_CASE("An ECP secret that begins with a zero keeps its length") {
    const Bytes peer = generate(DhId::kEcp256, 4)->public_value();
    bool found = false;
    for (std::uint16_t x = 1; !found && x < 8192; ++x) {
        Bytes scalar(32, 0);
        store_be(&scalar[30], x);
        const auto shared = KeyExchange::from_private(DhId::kEcp256, scalar)->derive(peer);
        REQUIRE(shared);
        REQUIRE(shared->size() == 32);
        found = shared->view()[0] == 0;
    }
    CHECK(found);
}

/// Counts what is drawn and says the same octet each time.
class ConstantRandom final : public Random {
  public:
    explicit ConstantRandom(std::uint8_t octet) : octet_(octet) {}
    void fill(MutableByteView out) override {
        std::fill(out.begin(), out.end(), octet_);
        drawn_ += out.size();
    }
    std::size_t drawn() const { return drawn_; }

  private:
    std::uint8_t octet_;
    std::size_t drawn_ = 0;
};

TEST_CASE("A private value is twice as long as the group is strong") {
    // Bits of strength at the higher estimate of RFC 3526 section 8; the whole scalar for the curves.
    const std::pair<DhId, std::size_t> strengths[] = {
        {DhId::kModp2048, 160}, {DhId::kModp3072, 210}, {DhId::kModp4096, 240}, {DhId::kEcp256, 128},
        {DhId::kEcp384, 192},   {DhId::kEcp521, 260},   {DhId::kX25519, 128}};
    for (const auto& [group, strength] : strengths) {
        INFO(name(group));
        ConstantRandom random(0x55);
        REQUIRE(KeyExchange::generate(group, random) != nullptr);
        CHECK(8 * random.drawn() >= 2 * strength);
    }
}

TEST_CASE("A generator that yields no scalar ends the process instead of looping") {
    for (const DhId id : test::kEcpGroups) {
        CHECK(test::aborts([id] {
            ConstantRandom zeros(0);
            (void)KeyExchange::generate(id, zeros);
        }));
    }
}

}  // namespace
}  // namespace esplane::crypto
