// One's complement sums do not care for the order of octets (RFC 1071 2 B): all is summed as the machine reads it, and
// the folded result turned once. Vectors add 32-bit words into 64-bit lanes, so that no carry is lost.
#include "dataplane/packet/checksum.h"

#include <immintrin.h>

#include <algorithm>

namespace esplane::dataplane {
namespace {

/// Words of the machine's order, of anything from 0 to 64 KiB.
std::uint64_t sum_words(const std::uint8_t* from, std::size_t length) {
    std::uint64_t sum = 0;
    while (length >= sizeof(std::uint32_t)) {
        std::uint32_t word;
        std::memcpy(&word, from, sizeof word);
        sum += word;
        from += sizeof word;
        length -= sizeof word;
    }
    if (length == 0) return sum;
    std::uint32_t rest = 0;
    std::memcpy(&rest, from, length);
    return sum + rest;
}

__attribute__((target("avx2"))) std::uint64_t sum_vectors(const std::uint8_t* from, std::size_t length) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i low = zero;
    __m256i high = zero;
    for (; length >= sizeof(__m256i); length -= sizeof(__m256i)) {
        const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        low = _mm256_add_epi64(low, _mm256_unpacklo_epi32(words, zero));
        high = _mm256_add_epi64(high, _mm256_unpackhi_epi32(words, zero));
        from += sizeof(__m256i);
    }
    alignas(sizeof(__m256i)) std::uint64_t lanes[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), _mm256_add_epi64(low, high));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + sum_words(from, length);
}

const auto kSum = __builtin_cpu_supports("avx2") != 0 ? sum_vectors : sum_words;

std::uint32_t to_network_order(std::uint64_t sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    return byte_swap(checksum_fold(static_cast<std::uint32_t>(sum)));
}

}  // namespace

std::uint32_t checksum_add(std::uint32_t sum, ByteView octets) {
    return sum + to_network_order(kSum(octets.data(), octets.size()));
}

}  // namespace esplane::dataplane
