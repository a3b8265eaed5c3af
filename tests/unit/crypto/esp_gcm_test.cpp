#include "crypto/esp_gcm.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <thread>

#include "crypto/dense_memory.h"
#include "crypto/openssl.h"
#include "crypto/random.h"
#include "tests/unit/crypto/aborts.h"
#include "tests/vectors/aes_gcm.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kGuard = 32;  // octets behind each buffer that no call may touch
constexpr std::uint8_t kGuardOctet = 0xa5;

struct Sealed {
    Bytes ciphertext;
    Bytes icv;
    friend bool operator==(const Sealed&, const Sealed&) = default;
};

/// A key with its nonce parts, as ESP has them.
struct Fixture {
    Bytes key;
    Bytes salt;
    EspGcm::Iv iv;
    Bytes aad;
    EspGcm gcm;

    Fixture(const Bytes& key_octets, ByteView nonce, Bytes aad_octets)
        : key(key_octets), salt(to_bytes(nonce.first(4))), iv{}, aad(std::move(aad_octets)), gcm(key_and_salt()) {
        std::copy_n(nonce.begin() + 4, iv.size(), iv.begin());
    }
    Fixture(std::size_t key_length, std::size_t aad_length, Random& random)
        : Fixture(random.bytes(key_length), random.bytes(12), random.bytes(aad_length)) {}

    Secret key_and_salt() const {
        Bytes both(key);
        append(both, salt);
        return Secret(ByteView(both));
    }

    Sealed seal(std::span<const Slice> slices, std::size_t misalignment = 0) const {
        std::size_t length = 0;
        for (const Slice slice : slices) {
            length += slice.size();
        }
        Bytes to(misalignment + length + kGuard, kGuardOctet);
        Bytes icv(EspGcm::kIcvLength + kGuard, kGuardOctet);
        gcm.seal(aad, iv, slices, to.data() + misalignment, icv.data());
        const auto untouched = [](ByteView guard) {
            return std::all_of(guard.begin(), guard.end(), [](std::uint8_t octet) { return octet == kGuardOctet; });
        };
        CHECK(untouched(ByteView(to).first(misalignment)));
        CHECK(untouched(ByteView(to).last(kGuard)));
        CHECK(untouched(ByteView(icv).last(kGuard)));
        return {to_bytes(ByteView(to).subspan(misalignment, length)), to_bytes(ByteView(icv).first(16))};
    }

    Sealed seal(ByteView plaintext) const { return seal(std::array<Slice, 1>{plaintext}); }
};

/// What OpenSSL makes of it.
Sealed oracle(const Fixture& fixture, ByteView plaintext) {
    const std::string name = "AES-" + std::to_string(8 * fixture.key.size()) + "-GCM";
    static const Cipher ciphers[] = {Cipher(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)),
                                     Cipher(EVP_CIPHER_fetch(nullptr, "AES-192-GCM", nullptr)),
                                     Cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr))};
    const Cipher& cipher = ciphers[(fixture.key.size() - 16) / 8];
    const CipherContext context(EVP_CIPHER_CTX_new());
    Bytes nonce(fixture.salt);
    append(nonce, fixture.iv);
    Sealed sealed{Bytes(plaintext.size()), Bytes(16)};
    int length = 0;
    REQUIRE(EVP_EncryptInit_ex2(context.get(), cipher.get(), fixture.key.data(), nonce.data(), nullptr) == 1);
    REQUIRE(EVP_EncryptUpdate(context.get(), nullptr, &length, fixture.aad.data(),
                              static_cast<int>(fixture.aad.size())) == 1);
    if (!plaintext.empty()) {
        REQUIRE(EVP_EncryptUpdate(context.get(), sealed.ciphertext.data(), &length, plaintext.data(),
                                  static_cast<int>(plaintext.size())) == 1);
    }
    std::array<std::uint8_t, 16> rest;
    REQUIRE(EVP_EncryptFinal_ex(context.get(), rest.data(), &length) == 1);
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, sealed.icv.data()) == 1);
    return sealed;
}

/// Cuts at random into up to six slices, of which some are empty.
std::vector<Slice> cut(ByteView whole, Random& random) {
    std::vector<Slice> slices;
    for (std::uint64_t pieces = random.below(6); pieces > 0; --pieces) {
        const std::size_t length = random.below(whole.size() + 1);
        slices.push_back(whole.first(length));
        whole = whole.subspan(length);
    }
    slices.push_back(whole);
    return slices;
}

void check_vector(const vectors::GcmCase& vector) {
    INFO("case " << vector.number);
    const Fixture fixture(from_hex(vector.key), from_hex(vector.nonce), from_hex(vector.aad));
    const Bytes plaintext = from_hex(vector.plaintext);
    const Sealed expected{from_hex(vector.ciphertext), from_hex(vector.tag)};
    CHECK(fixture.seal(plaintext) == expected);
    for (std::size_t at = 0; at <= plaintext.size(); ++at) {
        CHECK(fixture.seal(std::array<Slice, 2>{ByteView(plaintext).first(at), ByteView(plaintext).subspan(at)}) ==
              expected);
    }
    Bytes opened(plaintext.size());
    CHECK(fixture.gcm.open(fixture.aad, fixture.iv, expected.ciphertext, opened.data(), expected.icv));
    CHECK(opened == plaintext);
}

TEST_CASE("ESP packets are sealed as the published test cases for RFC 4106 are") {
    for (const auto& vector : vectors::kEspGcm) {
        check_vector(vector);
    }
}

TEST_CASE("GCM is that of the test cases submitted to NIST") {
    for (const auto& vector : vectors::kNistGcm) {
        check_vector(vector);
    }
}

void check_length(const Fixture& fixture, std::size_t length, Random& random) {
    const Bytes plaintext = random.bytes(length);
    const Sealed expected = oracle(fixture, plaintext);
    CHECK(fixture.seal(std::array<Slice, 1>{plaintext}, random.below(16)) == expected);
    CHECK(fixture.seal(cut(plaintext, random), random.below(16)) == expected);

    Sealed in_place{plaintext, Bytes(16)};
    fixture.gcm.seal(fixture.aad, fixture.iv, std::array<Slice, 1>{in_place.ciphertext}, in_place.ciphertext.data(),
                     in_place.icv.data());
    CHECK(in_place == expected);

    const std::size_t misalignment = random.below(16);
    Bytes opened(misalignment + length + kGuard, kGuardOctet);
    CHECK(fixture.gcm.open(fixture.aad, fixture.iv, expected.ciphertext, opened.data() + misalignment, expected.icv));
    CHECK(to_bytes(ByteView(opened).subspan(misalignment, length)) == plaintext);
    CHECK(to_bytes(ByteView(opened).last(kGuard)) == Bytes(kGuard, kGuardOctet));
    CHECK(fixture.gcm.open(fixture.aad, fixture.iv, in_place.ciphertext, in_place.ciphertext.data(), in_place.icv));
    CHECK(in_place.ciphertext == plaintext);
}

TEST_CASE("Every length is sealed and opened as OpenSSL does it, in one slice and in several, in place and not") {
    const std::uint64_t seed = 31;
    SeededRandom random(seed);
    for (const std::size_t key_length : {16, 24, 32}) {
        for (const std::size_t aad_length : {8, 12}) {
            const Fixture fixture(key_length, aad_length, random);
            for (std::size_t length = 0; length <= 300; ++length) {
                INFO("key of " << key_length << ", AAD of " << aad_length << ", text of " << length << ", seed "
                               << seed);
                check_length(fixture, length, random);
            }
            for (const std::size_t length : {511, 767, 768, 769, 1280, 1419, 1420, 1500, 4096, 9000, 65535}) {
                INFO("key of " << key_length << ", AAD of " << aad_length << ", text of " << length << ", seed "
                               << seed);
                check_length(fixture, length, random);
            }
        }
    }
}

TEST_CASE("Nothing at all is sealed, in no slice and in empty ones") {
    SeededRandom random(32);
    const Fixture fixture(32, 8, random);
    const Sealed expected = oracle(fixture, {});
    CHECK(fixture.seal(std::span<const Slice>()) == expected);
    CHECK(fixture.seal(std::array<Slice, 3>{}) == expected);
    Bytes icv(16);
    fixture.gcm.seal(fixture.aad, fixture.iv, std::array<Slice, 1>{}, nullptr, icv.data());
    CHECK(icv == expected.icv);
    CHECK(fixture.gcm.open(fixture.aad, fixture.iv, {}, nullptr, expected.icv));
}

TEST_CASE("A packet with any bit changed is refused and leaves zeros") {
    SeededRandom random(33);
    for (const std::size_t key_length : {16, 24, 32}) {
        const Fixture fixture(key_length, 12, random);
        const Bytes plaintext = random.bytes(53);
        const Sealed sealed = fixture.seal(plaintext);
        const Bytes iv(fixture.iv.begin(), fixture.iv.end());
        Bytes all(sealed.ciphertext);
        append(all, sealed.icv);
        append(all, fixture.aad);
        append(all, iv);
        for (std::size_t bit = 0; bit < 8 * all.size(); ++bit) {
            Bytes changed(all);
            changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            const ByteView ciphertext = ByteView(changed).first(53);
            const ByteView icv = ByteView(changed).subspan(53, 16);
            const ByteView aad = ByteView(changed).subspan(53 + 16, 12);
            EspGcm::Iv changed_iv;
            std::copy_n(changed.end() - 8, 8, changed_iv.begin());
            Bytes opened(53 + kGuard, kGuardOctet);
            if (fixture.gcm.open(aad, changed_iv, ciphertext, opened.data(), icv)) FAIL("bit " << bit);
            CHECK(to_bytes(ByteView(opened).first(53)) == Bytes(53, 0));
            CHECK(to_bytes(ByteView(opened).last(kGuard)) == Bytes(kGuard, kGuardOctet));
        }
        Bytes in_place(sealed.ciphertext);
        in_place[7] ^= 1;
        CHECK_FALSE(fixture.gcm.open(fixture.aad, fixture.iv, in_place, in_place.data(), sealed.icv));
        CHECK(in_place == Bytes(53, 0));
    }
}

TEST_CASE("An ICV of another length, and a packet under another key or salt, are refused") {
    SeededRandom random(34);
    const Fixture fixture(32, 8, random);
    const Sealed sealed = fixture.seal(random.bytes(40));
    Bytes opened(40);
    for (const std::size_t length : {0, 8, 12, 15}) {
        CHECK_FALSE(fixture.gcm.open(fixture.aad, fixture.iv, sealed.ciphertext, opened.data(),
                                     ByteView(sealed.icv).first(length)));
    }
    Bytes longer(sealed.icv);
    longer.push_back(0);
    CHECK_FALSE(fixture.gcm.open(fixture.aad, fixture.iv, sealed.ciphertext, opened.data(), longer));
    for (const std::size_t octet : {0, 31, 32, 35}) {
        Secret other = fixture.key_and_salt();
        other.writable()[octet] ^= 1;
        CHECK_FALSE(EspGcm(other).open(fixture.aad, fixture.iv, sealed.ciphertext, opened.data(), sealed.icv));
    }
    CHECK(fixture.gcm.open(fixture.aad, fixture.iv, sealed.ciphertext, opened.data(), sealed.icv));
}

TEST_CASE("A key of a length that AES does not have ends the process") {
    for (const std::size_t length : {0, 3, 4, 16, 19, 21, 32, 37, 68}) {
        INFO(length << " octets");
        CHECK(test::aborts([&] { EspGcm gcm{Secret(length)}; }));
    }
}

TEST_CASE("An expanded key moves, and is wiped when it ends") {
    SeededRandom random(35);
    Fixture fixture(24, 8, random);
    const Bytes plaintext = random.bytes(100);
    const Sealed expected = fixture.seal(plaintext);
    const void* expanded = nullptr;
    static_assert(sizeof(EspGcm) == sizeof expanded);
    std::memcpy(&expanded, static_cast<const void*>(&fixture.gcm), sizeof expanded);
    constexpr std::size_t kExpandedLength = 1024;
    {
        const EspGcm moved(std::move(fixture.gcm));
        fixture.gcm = EspGcm(Secret(36));
        CHECK_FALSE(fixture.seal(plaintext) == expected);
        Sealed sealed{Bytes(100), Bytes(16)};
        moved.seal(fixture.aad, fixture.iv, std::array<Slice, 1>{plaintext}, sealed.ciphertext.data(),
                   sealed.icv.data());
        CHECK(sealed == expected);
    }
    // What it was in is the next of its size. Only where the one behind it is has been written there since.
    auto* const again = static_cast<const std::uint8_t*>(DenseMemory::allocate(kExpandedLength));
    REQUIRE(again == expanded);
    CHECK(std::all_of(again + sizeof(void*), again + kExpandedLength, [](std::uint8_t octet) { return octet == 0; }));
    DenseMemory::release(const_cast<std::uint8_t*>(again), kExpandedLength);
}

TEST_CASE("One key serves several threads at once") {
    SeededRandom random(36);
    const Fixture fixture(32, 12, random);
    constexpr int kThreads = 4;
    std::array<int, kThreads> wrong{};
    const Bytes plaintext = random.bytes(333);
    const Sealed expected = oracle(fixture, plaintext);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int& count : wrong) {
        threads.emplace_back([&] {
            Sealed sealed{Bytes(333), Bytes(16)};
            for (int round = 0; round < 2000; ++round) {
                const std::array<Slice, 2> halves{ByteView(plaintext).first(100), ByteView(plaintext).subspan(100)};
                fixture.gcm.seal(fixture.aad, fixture.iv, halves, sealed.ciphertext.data(), sealed.icv.data());
                if (sealed != expected) ++count;
                if (!fixture.gcm.open(fixture.aad, fixture.iv, sealed.ciphertext, sealed.ciphertext.data(),
                                      sealed.icv) ||
                    sealed.ciphertext != plaintext) {
                    ++count;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::array<int, kThreads>{});
}

}  // namespace
}  // namespace esplane::crypto
