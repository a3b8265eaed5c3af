// Fragmentation of IPv4 packets before they are encrypted (RFC 791 3.2): the tunnel then carries packets that fit, and
// the peer's gateway has nothing to reassemble. IPv6 is fragmented by its source alone (RFC 8200 4.5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace esplane::dataplane {

enum class FragmentRefusal : std::uint8_t {
    kDontFragment,  ///< DF is set: answer with "fragmentation needed" instead
    kMtuTooSmall,   ///< not even eight octets behind the header
    kMalformed,     ///< not IPv4, or lengths, options or offset that do not hold
};

struct FragmentOptions {
    std::uint32_t mtu_bytes = 0;
    /// Fragments in spite of DF, and clears it. The identification is needed because that of a packet with DF need not
    /// be unique (RFC 6864 4.1): the caller counts it up.
    std::optional<std::uint16_t> override_df;
};

/// The pieces of one packet, in order. A packet that fits is its own only piece, whatever its DF. Holds a view of the
/// packet, which must stay as it is meanwhile.
class Ipv4Fragmenter {
  public:
    /// A header made anew and a slice of the packet's payload. Valid until the next next().
    struct Piece {
        ByteView header;
        ByteView payload;
        std::size_t length() const { return header.size() + payload.size(); }
        /// `out` holds length() octets and lies apart from the packet.
        void write(MutableByteView out) const;
    };

    /// Octets behind the packet's own length (TFC padding) belong to no piece.
    static Result<Ipv4Fragmenter, FragmentRefusal> start(ByteView packet, const FragmentOptions& options);

    /// Empty when all are given out.
    std::optional<Piece> next();

  private:
    Ipv4Fragmenter() = default;
    void keep_copied_options();  // RFC 791 3.1: those that every fragment carries

    std::array<std::uint8_t, 60> header_;
    std::size_t header_length_ = 0;
    ByteView payload_;  // what is left
    std::size_t mtu_ = 0;
    std::uint16_t flags_ = 0;   // as the last piece has them
    std::uint32_t offset_ = 0;  // of what is left, in units of eight octets, within the original datagram
    bool begun_ = false;
    bool done_ = false;
};

}  // namespace esplane::dataplane
