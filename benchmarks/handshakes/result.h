// What a run says of IKE set-ups. All times are CPU time of the responder, in microseconds, but where they say more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace esplane::bench {

/// Set-ups of an IKE_SA with a CHILD_SA, one after the other, while `established` are up already.
struct SetUpCost {
    std::uint32_t established = 0;
    std::uint32_t set_ups = 0;
    double median_us = 0;
    double mean_us = 0;
    double public_key_us = 0;  ///< key generation and derivation alone, in turn with the set-ups; median
    double octets_each = 0;    ///< on the heap, of an IKE_SA with its CHILD_SA; the control side alone
    double octets_tunnel = 0;  ///< on the heap, of a tunnel's configuration

    double ratio() const { return median_us / public_key_us; }
    double per_second() const { return 1e6 / mean_us; }
};

/// Every tunnel starts at the same moment, each peer on a machine of its own.
struct ColdStart {
    std::uint32_t tunnels = 0;
    double seconds = 0;       ///< until the last is up, by a clock that the responder's CPU time moves
    double wall_seconds = 0;  ///< of this process, which works for all the peers, too
    std::uint64_t cookies_asked = 0;
    std::uint64_t dropped = 0;  ///< requests above the limit of half-open SAs
};

/// IKE_SA_INIT requests from invented addresses, and between them honest set-ups and rekeys.
struct Flood {
    std::uint32_t rate = 0;  ///< spoofed requests a second
    std::uint32_t seconds = 0;
    double spoofed_us = 0;     ///< for each of them, mean
    double memory_octets = 0;  ///< most that the heap had grown by, beside what the honest ones left
    std::uint32_t honest = 0;
    std::uint32_t honest_up = 0;
    std::uint32_t rekeys = 0;  ///< of tunnels that were up before
    std::uint32_t rekeys_done = 0;

    double cpu_share() const { return spoofed_us * rate / 1e6; }
};

struct HandshakeResults {
    std::vector<SetUpCost> set_ups;
    std::vector<ColdStart> cold_starts;
    std::vector<Flood> floods;
};

}  // namespace esplane::bench
