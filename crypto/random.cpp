#include "crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <limits>

#include "crypto/require.h"
#include "crypto/secret.h"

namespace esplane::crypto {

Bytes Random::bytes(std::size_t count) {
    Bytes drawn(count);
    fill(drawn);
    return drawn;
}

std::uint32_t Random::u32() {
    std::array<std::uint8_t, sizeof(std::uint32_t)> drawn;
    fill(drawn);
    return load_be<std::uint32_t>(drawn.data());
}

std::uint64_t Random::u64() {
    std::array<std::uint8_t, sizeof(std::uint64_t)> drawn;
    fill(drawn);
    return load_be<std::uint64_t>(drawn.data());
}

std::uint64_t Random::below(std::uint64_t bound) {
    require(bound != 0, "a random number below 0 was asked for");
    // The lowest 2^64 mod bound values are one too many for an even spread over the remainders: they are drawn again.
    const std::uint64_t surplus = (0 - bound) % bound;
    for (int attempt = 0; attempt < 128; ++attempt) {  // each fails with a chance of less than a half
        const std::uint64_t drawn = u64();
        if (drawn >= surplus) return drawn % bound;
    }
    require(false, "the random generator repeats itself");
    return 0;
}

namespace {

void draw(MutableByteView out) {
    constexpr std::size_t kMostAtOnce = std::numeric_limits<int>::max();  // RAND_bytes counts in int
    while (!out.empty()) {
        const std::size_t count = std::min(out.size(), kMostAtOnce);
        require(RAND_bytes(out.data(), static_cast<int>(count)) == 1, "the system's random generator failed");
        out = out.subspan(count);
    }
}

}  // namespace

SystemRandom::~SystemRandom() {
    wipe(ahead_);
}

void SystemRandom::fill(MutableByteView out) {
    if (out.size() > ahead_.size()) return draw(out);
    if (out.size() > ahead_.size() - used_) {
        draw(ahead_);
        used_ = 0;
    }
    const MutableByteView taken = MutableByteView(ahead_).subspan(used_, out.size());
    std::copy(taken.begin(), taken.end(), out.begin());
    wipe(taken);
    used_ += out.size();
}

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), eight octets a step. What a
// call leaves of its last step is thrown away.
void SeededRandom::fill(MutableByteView out) {
    while (!out.empty()) {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        const Be64 step = mixed ^ (mixed >> 31);
        const std::size_t count = std::min(out.size(), sizeof step);
        std::memcpy(out.data(), &step, count);
        out = out.subspan(count);
    }
}

}  // namespace esplane::crypto
