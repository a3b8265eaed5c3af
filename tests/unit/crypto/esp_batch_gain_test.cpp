// What the multi-buffer lanes gain, printed for who reads the log: a time is no test.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "crypto/esp_cipher.h"
#include "crypto/random.h"
#include "tests/unit/crypto/esp_oracle.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kPackets = 32;
constexpr std::size_t kText = 1424;  // a full packet's 1420 octets or so, in whole blocks
constexpr int kRounds = 40;

/// The shortest of several runs, in microseconds: what others do to the machine only ever adds.
template <typename Call>
double best_of_rounds(Call call) {
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        call();
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count());
    }
    return best;
}

TEST_CASE("A batch of CBC with HMAC is faster than its packets one by one (printed, not checked)") {
    SeededRandom random(95);
    for (const test::Suite& suite : test::all_suites()) {
        const std::size_t material = EspKey::material_length(suite.encr, suite.integ);
        const EspKey key(suite.encr, suite.integ, Secret(ByteView(random.bytes(material))));
        const Bytes text = random.bytes(kText);
        const std::array<Slice, 1> slices{text};
        Bytes memory(kPackets * (kText + key.overhead()));
        Bytes opened(kPackets * kText);
        std::array<SealJob, kPackets> seals;
        std::array<OpenJob, kPackets> opens;
        for (std::size_t i = 0; i < kPackets; ++i) {
            std::uint8_t* const packet = memory.data() + i * (kText + key.overhead());
            seals[i] = {.key = &key, .sequence = i, .text = slices, .packet = packet};
            opens[i] = {.key = &key, .packet = {packet, kText + key.overhead()}, .text = opened.data() + i * kText};
        }
        EspCipher cipher;
        const double sealed = best_of_rounds([&] { cipher.seal(seals); });
        const double sealed_singly = best_of_rounds([&] {
            for (const SealJob& job : seals) {
                cipher.seal({&job, 1});
            }
        });
        const double opened_together = best_of_rounds([&] { cipher.open(opens); });
        const double opened_singly = best_of_rounds([&] {
            for (OpenJob& job : opens) {
                cipher.open({&job, 1});
            }
        });
        CHECK(std::all_of(opens.begin(), opens.end(), [](const OpenJob& job) { return job.genuine; }));
        std::printf("%-22s %zu x %zu: seal %6.1f us, singly %6.1f (x %.2f); open %6.1f us, singly %6.1f (x %.2f)\n",
                    test::name_of(suite).c_str(), kPackets, kText, sealed, sealed_singly, sealed_singly / sealed,
                    opened_together, opened_singly, opened_singly / opened_together);
    }
}

}  // namespace
}  // namespace esplane::crypto
