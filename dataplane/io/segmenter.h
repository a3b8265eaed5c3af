// Does for a packet out of a TUN device what the kernel left to us: cuts a super-packet into segments, each with its
// own headers and checksum, or fills in a checksum.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/io/offload.h"

namespace esplane::dataplane {

class Segmenter {
  public:
    /// Octets that a segment may have at most; next() writes no more.
    static constexpr std::size_t kLongestSegment = 65535;

    enum class Verdict : std::uint8_t {
        kWhole,   ///< the packet is complete as it stands, its checksum filled in
        kCut,     ///< to be taken out by next()
        kBroken,  ///< the header and the packet do not fit together
    };
    /// `packet` stays where it is until done(); the headers in it may be changed.
    Verdict begin(const OffloadHeader& offload, MutableByteView packet);

    bool done() const { return at_ >= packet_.size(); }
    /// Writes the next segment to `to` and returns its length. Payload and checksum are one pass.
    std::size_t next(std::uint8_t* to);

  private:
    bool find_headers(const OffloadHeader& offload);
    /// Both return where the checksum stands, which is 0 then.
    std::uint8_t* change_tcp(std::uint8_t* header, bool last) const;
    std::uint8_t* change_udp(std::uint8_t* header, std::size_t length) const;

    MutableByteView packet_;
    std::size_t at_ = 0;  // in the payload that is left
    std::size_t segment_size_ = 0;
    std::size_t transport_ = 0;  // offset of the TCP or UDP header
    std::size_t headers_ = 0;    // all of them
    std::uint16_t count_ = 0;    // of segments so far
    bool tcp_ = false;
};

}  // namespace esplane::dataplane
