// Why a packet went nowhere. The names are a contract with the operator: they are shown, and alarms are built on them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/sa/counter.h"

namespace esplane::dataplane {

// clang-format off
#define ESPLANE_DROP_REASONS(X)                                                                                     \
    X(kNoPolicy, "no_policy")                    /* out: no tunnel of this device has selectors that fit */        \
    X(kNoSa, "no_sa")                            /* out: the tunnel is down */                                     \
    X(kOutsideSelectors, "outside_selectors")    /* out: not in what was negotiated; in: not allowed by its SA */  \
    X(kMalformedInner, "malformed_inner")        /* not an IP packet, or lengths that do not hold */               \
    X(kTooBig, "too_big")                        /* does not fit the tunnel; answered where its sender can be told */                         \
    X(kNotTransport, "not_transport")            /* out, transport mode: a fragment, or behind IP options */       \
    X(kLifetimeOver, "lifetime_over")            /* its SA has carried all that it may (RFC 4301 4.4.2.1) */       \
    X(kSequenceExhausted, "sequence_exhausted")  /* out: no sequence number left (RFC 4303 3.3.3) */               \
    X(kRunt, "runt")                             /* in: too short for what it claims to be */                      \
    X(kUnknownSpi, "unknown_spi")                /* in: no SA of this SPI */                                       \
    X(kReplay, "replay")                         /* in: seen before, or behind the window */                       \
    X(kBadIcv, "bad_icv")                        /* in: does not verify */                                         \
    X(kBadPadding, "bad_padding")                /* in: pad length or content (RFC 4303 2.4) */                    \
    X(kBadNextHeader, "bad_next_header")         /* in: neither IPv4, IPv6 nor a dummy packet */                   \
    X(kCongestion, "congestion")                 /* in: marked as congested, and knows no ECN (RFC 6040 4.2) */    \
    X(kDummy, "dummy")                           /* in: a dummy packet of the peer's (RFC 4303 2.6), as it should */ \
    X(kKeepalive, "keepalive")                   /* in: a NAT keepalive (RFC 3948 2.3), as it should */            \
    X(kControlRingFull, "control_ring_full")     /* in: an IKE message that the control thread had no room for */  \
    X(kHandoffFull, "handoff_full")              /* another worker has its SA, and no room: it is too slow */      \
    X(kBadFrame, "bad_frame")                    /* a frame of lengths or checksums that do not hold */            \
    X(kNotForUs, "not_for_us")                   /* a frame to somebody else, or of what we do not speak */        \
    X(kHostLimit, "host_limit")                  /* for the host, at one of the ports' addresses: too many */      \
    X(kInClear, "in_clear")                      /* for the host, by a port, from behind a tunnel as it says */    \
    X(kBadFragment, "bad_fragment")              /* in: lengths or offsets that do not hold, or a part too small */ \
    X(kOverlappingFragment, "overlapping_fragment") /* in: overlaps another of its packet (RFC 5722), or that one did */ \
    X(kDuplicateFragment, "duplicate_fragment")  /* in: the same as one that is there */                          \
    X(kFragmentTimeout, "fragment_timeout")      /* in: the others of its packet did not come */                  \
    X(kFragmentsFull, "fragments_full")          /* in: gave way to others: more wait than may */                 \
    X(kHopLimit, "hop_limit")                    /* its TTL or hop limit is used up */                             \
    X(kNoNeighbour, "no_neighbour")              /* no way to the next hop, or it does not answer */               \
    X(kRxOverflow, "rx_overflow")                /* in: the sockets' buffers were full: the worker is too slow */  \
    X(kNoBuffer, "no_buffer")                    /* no memory for it that is large enough */                       \
    X(kTxFailed, "tx_failed")                    /* the kernel, or the port, did not take it */
// clang-format on

enum class DropReason : std::uint8_t {
#define X(symbol, name) symbol,
    ESPLANE_DROP_REASONS(X)
#undef X
};

inline constexpr std::string_view kDropReasonNames[] = {
#define X(symbol, name) name,
    ESPLANE_DROP_REASONS(X)
#undef X
};

inline constexpr std::size_t kDropReasonCount = std::size(kDropReasonNames);

constexpr std::string_view name(DropReason reason) {
    return kDropReasonNames[static_cast<std::size_t>(reason)];
}

class DropCounters {
  public:
    void count(DropReason reason, std::uint64_t packets = 1) {
        counters_[static_cast<std::size_t>(reason)].add(packets);
    }
    std::uint64_t read(DropReason reason) const { return counters_[static_cast<std::size_t>(reason)].read(); }

  private:
    std::array<Counter, kDropReasonCount> counters_;
};

}  // namespace esplane::dataplane
