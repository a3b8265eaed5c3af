// Reassembly of received fragments (RFC 791 3.2, RFC 8200 4.5), bounded in every direction: datagrams, datagrams of a
// source, fragments of a datagram, memory for their data, and time. All memory is allocated at construction; where a
// bound is met the oldest datagrams give way.
//
// Fragments that overlap end their datagram (RFC 5722 4), for IPv4 as well: no sender makes them, and who is given the
// choice of which octets count can be told a different story than the next hop. Exact duplicates are another matter,
// networks make them: the second is dropped, the datagram goes on (RFC 8200 4.5 allows it).
//
// After that an IPv6 datagram's remaining fragments are refused until its time is over (RFC 5722 4). An IPv4 one is
// forgotten at once: with 16 bits its identification is soon another's, and at high rates a shorter timeout than 30 s
// keeps halves of different datagrams from being joined (RFC 4963).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/packet/block_pool.h"
#include "dataplane/packet/datagram_table.h"
#include "dataplane/packet/fragment_ranges.h"
#include "dataplane/sa/counter.h"

namespace esplane::dataplane {

// clang-format off
#define ESPLANE_REASSEMBLY_DROPS(X)                                                                     \
    X(kMalformed, "malformed")    /* lengths, offsets or a second last fragment that do not hold */    \
    X(kTooLong, "too_long")       /* reaches beyond 65535 octets */                                    \
    X(kTiny, "tiny")              /* splits the transport header (RFC 1858 3, RFC 3128) */             \
    X(kOverlap, "overlap")        /* overlaps another fragment of its datagram, or that one did */     \
    X(kDuplicate, "duplicate")    /* the same as one that is there */                                  \
    X(kMixedEcn, "mixed_ecn")     /* congestion was met, and a part is not ECN-capable (RFC 3168 5.3) */ \
    X(kTooMany, "too_many")       /* no room, or more fragments than a datagram may have */            \
    X(kTimeout, "timeout")        /* the others did not come */
// clang-format on

enum class ReassemblyDrop : std::uint8_t {
#define X(symbol, name) symbol,
    ESPLANE_REASSEMBLY_DROPS(X)
#undef X
};

inline constexpr std::string_view kReassemblyDropNames[] = {
#define X(symbol, name) name,
    ESPLANE_REASSEMBLY_DROPS(X)
#undef X
};

inline constexpr std::size_t kReassemblyDropCount = std::size(kReassemblyDropNames);

struct ReassemblyOptions {
    DatagramLimits limits;
    std::size_t memory_bytes = 4 << 20;  ///< for the fragments' data; bookkeeping takes another kilobyte a datagram
};

class Reassembly {
  public:
    struct Outcome {
        /// A whole datagram; empty while others are missing. It lies in the packet that was given or in this object,
        /// and is valid until the next add().
        MutableByteView datagram;
        std::optional<ReassemblyDrop> drop;  ///< why the packet itself went nowhere
    };

    explicit Reassembly(const ReassemblyOptions& options);

    /// Takes any IP packet: one that is no fragment is the datagram, less what follows its own length. `scope` keeps
    /// apart what must not be joined: 0, or the number of the tunnel it came through.
    Outcome add(MutableByteView packet, std::uint32_t scope, TimePoint now);

    /// Gives up what waits too long. add() does so, too.
    void expire(TimePoint now);

    /// Packets dropped. Each one that add() was given is in a datagram given back, is held, or is counted once.
    std::uint64_t dropped(ReassemblyDrop reason) const { return drops_[static_cast<std::size_t>(reason)].read(); }
    std::uint32_t datagrams() const { return table_.size(); }
    std::size_t free_blocks() const { return pool_.free_blocks(); }

  private:
    static constexpr std::size_t kLongestKept = 256;

    struct Datagram {
        FragmentRanges ranges;
        BlockPool::Extent data;
        std::array<std::uint8_t, kLongestKept> kept;  // of the first fragment: what stands in front of its data
        std::uint32_t kept_length = 0;
        std::uint32_t next_header_at = 0;  // IPv6: in `kept`
        std::uint8_t protocol = 0;
        std::uint8_t ecn_seen = 0;                  // a bit for each codepoint
        std::optional<ReassemblyDrop> refused_for;  // IPv6: it has ended badly, and so does what follows
    };

    static std::optional<ReassemblyDrop> refuse(const FragmentHeader& header, ByteView packet);
    Outcome join(const FragmentHeader& header, ByteView packet, const DatagramKey& key, TimePoint now);
    std::optional<ReassemblyDrop> place(Datagram& datagram, const FragmentHeader& header, ByteView data);
    Outcome finish(Datagram& datagram, const DatagramKey& key);
    MutableByteView build(const Datagram& datagram, Family family);
    void abandon(Datagram& datagram, const DatagramKey& key, ReassemblyDrop reason);
    /// Counts the fragments that a datagram holds, and takes its memory back.
    void lose(Datagram& datagram, ReassemblyDrop reason);
    Outcome drop(ReassemblyDrop reason);
    Counter& counter(ReassemblyDrop reason) { return drops_[static_cast<std::size_t>(reason)]; }

    DatagramTable<Datagram> table_;
    BlockPool pool_;
    Bytes result_;
    std::array<Counter, kReassemblyDropCount> drops_;
};

}  // namespace esplane::dataplane
