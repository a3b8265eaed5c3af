#include "crypto/esp_key.h"

#include <catch2/catch.hpp>
#include <thread>

#include "crypto/esp_cipher.h"
#include "crypto/ipsec_mb.h"
#include "crypto/random.h"
#include "tests/unit/crypto/aborts.h"
#include "tests/unit/crypto/esp_oracle.h"
#include "tests/unit/crypto/heap_watch.h"

namespace esplane::crypto {
namespace {

using test::Suite;

constexpr std::uint32_t kSpi = 0xc0ffee00;

/// Seals `text` with `key` as packet `sequence`, without ESN.
Bytes seal(EspCipher& cipher, const EspKey& key, std::uint64_t sequence, const Bytes& text) {
    Bytes packet(text.size() + key.overhead());
    const std::array<Slice, 1> slices{text};
    const std::array<SealJob, 1> job{
        {{.key = &key, .spi = kSpi, .sequence = sequence, .text = slices, .packet = packet.data()}}};
    cipher.seal(job);
    return packet;
}

bool opens(EspCipher& cipher, const EspKey& key, Bytes packet, const Bytes& text) {
    Bytes opened(packet.size());
    std::array<OpenJob, 1> job{{{.key = &key, .packet = packet, .text = opened.data()}}};
    cipher.open(job);
    opened.resize(text.size());
    return job[0].genuine && opened == text;
}

TEST_CASE("A key knows what its suite adds to a packet") {
    struct Expected {
        Suite suite;
        std::size_t material, iv, icv, block;
    };
    const Expected table[] = {
        {{{EncrId::kAesGcm16, 128}}, 20, 8, 16, 4},
        {{{EncrId::kAesGcm16, 256}}, 36, 8, 16, 4},
        {{{EncrId::kChaCha20Poly1305, 256}}, 36, 8, 16, 4},
        {{{EncrId::kNullAuthAesGmac, 192}}, 28, 8, 16, 4},
        {{{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128}, 16 + 32, 16, 16, 16},
        {{{EncrId::kAesCbc, 192}, IntegId::kHmacSha384_192}, 24 + 48, 16, 24, 16},
        {{{EncrId::kAesCbc, 256}, IntegId::kHmacSha512_256}, 32 + 64, 16, 32, 16},
        {{{EncrId::kNull, 0}, IntegId::kHmacSha384_192}, 48, 0, 24, 4},
    };
    for (const auto& [suite, material, iv, icv, block] : table) {
        INFO(test::name_of(suite));
        REQUIRE(EspKey::material_length(suite.encr, suite.integ) == material);
        const EspKey key(suite.encr, suite.integ, Secret(material));
        CHECK(key.iv_length() == iv);
        CHECK(key.icv_length() == icv);
        CHECK(key.block_length() == block);
        CHECK(key.overhead() == 8 + iv + icv);
    }
}

TEST_CASE("Key material of another length ends the process") {
    bool shorter = false;  // in turn: each try is a process
    for (const Suite& suite : test::all_suites()) {
        const std::size_t length = EspKey::material_length(suite.encr, suite.integ) + (shorter ? -1 : 1);
        shorter = !shorter;
        INFO(test::name_of(suite) << " from " << length << " octets");
        CHECK(::esplane::test::aborts([&] { const EspKey key(suite.encr, suite.integ, Secret(length)); }));
    }
}

TEST_CASE("An AEAD with integrity of its own, and another cipher without, end the process") {
    const Suite wrong[] = {
        {{EncrId::kAesGcm16, 256}, IntegId::kHmacSha256_128},
        {{EncrId::kChaCha20Poly1305, 256}, IntegId::kHmacSha512_256},
        {{EncrId::kNullAuthAesGmac, 128}, IntegId::kHmacSha384_192},
        {{EncrId::kAesCbc, 128}, IntegId::kNone},
        {{EncrId::kNull, 0}, IntegId::kNone},
    };
    for (const Suite& suite : wrong) {
        INFO(test::name_of(suite));
        const std::size_t length = EspKey::material_length(suite.encr, suite.integ);
        CHECK(::esplane::test::aborts([&] { const EspKey key(suite.encr, suite.integ, Secret(length)); }));
    }
}

TEST_CASE("A packet opens under its own key only, whichever octet of the material differs") {
    SeededRandom random(91);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        INFO(test::name_of(suite));
        const Bytes material = random.bytes(EspKey::material_length(suite.encr, suite.integ));
        const EspKey key(suite.encr, suite.integ, Secret(ByteView(material)));
        const Bytes text = random.bytes(64);
        const Bytes packet = seal(cipher, key, 1, text);
        CHECK(opens(cipher, key, packet, text));
        for (std::size_t octet = 0; octet < material.size(); ++octet) {
            Bytes other(material);
            other[octet] ^= 0x10;
            // A wrong cipher key of CBC passes the ICV and yields another text; all else fails the ICV.
            const EspKey other_key(suite.encr, suite.integ, Secret(ByteView(other)));
            if (opens(cipher, other_key, packet, text)) FAIL("octet " << octet);
        }
    }
}

TEST_CASE("A key of any suite moves") {
    SeededRandom random(92);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        INFO(test::name_of(suite));
        const std::size_t length = EspKey::material_length(suite.encr, suite.integ);
        EspKey key(suite.encr, suite.integ, Secret(ByteView(random.bytes(length))));
        const Bytes text = random.bytes(48);
        const Bytes packet = seal(cipher, key, 7, text);
        EspKey moved(std::move(key));
        CHECK(opens(cipher, moved, packet, text));
        key = EspKey({EncrId::kAesGcm16, 128}, IntegId::kNone, Secret(20));
        CHECK_FALSE(opens(cipher, key, packet, text));
        key = std::move(moved);
        CHECK(opens(cipher, key, packet, text));
    }
}

/// The block of memory that a class with one owning pointer keeps its key in.
template <typename Owner>
const void* block_of(const Owner& owner) {
    const void* block = nullptr;
    static_assert(sizeof owner == sizeof block);
    std::memcpy(&block, static_cast<const void*>(&owner), sizeof block);
    return block;
}

TEST_CASE("Expanded keys, and the lanes that worked with them, are wiped when they end") {
    SeededRandom random(93);
    {
        const EspHmac hmac({EncrId::kAesCbc, 256}, IntegId::kHmacSha512_256, Secret(ByteView(random.bytes(96))));
        ::esplane::test::watch_block(block_of(hmac), 15 * 16 + 11 * 16 + 15 * 16 + 64 + 64);
        CHECK_FALSE(::esplane::test::freed_as_zeros().has_value());
    }
    CHECK(::esplane::test::freed_as_zeros() == true);
    {
        const EspGmac gmac(Secret(ByteView(random.bytes(36))));
        ::esplane::test::watch_block(block_of(gmac), 1024);
        CHECK_FALSE(::esplane::test::freed_as_zeros().has_value());
    }
    CHECK(::esplane::test::freed_as_zeros() == true);
    {
        const JobManager manager = make_job_manager();
        ::esplane::test::watch_block(manager.get(), imb_get_mb_mgr_size());
    }
    CHECK(::esplane::test::freed_as_zeros() == true);
}

TEST_CASE("One key of each suite serves several threads at once, each with a cipher of its own") {
    SeededRandom random(94);
    std::vector<EspKey> keys;
    std::vector<Bytes> materials;
    for (const Suite& suite : test::all_suites()) {
        materials.push_back(random.bytes(EspKey::material_length(suite.encr, suite.integ)));
        keys.emplace_back(suite.encr, suite.integ, Secret(ByteView(materials.back())));
    }
    const Bytes text = random.bytes(320);
    constexpr int kThreads = 4;
    std::array<int, kThreads> wrong{};
    const auto work = [&](std::size_t thread) {
        EspCipher cipher;
        for (std::uint64_t round = 0; round < 100; ++round) {
            for (const EspKey& key : keys) {
                const Bytes packet = seal(cipher, key, round * kThreads + thread, text);
                if (!opens(cipher, key, packet, text)) ++wrong[thread];
            }
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back(work, thread);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::array<int, kThreads>{});
}

}  // namespace
}  // namespace esplane::crypto
