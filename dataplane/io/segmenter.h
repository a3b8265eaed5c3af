// Does for a packet out of a TUN device what the kernel left to us: cuts a super-packet into segments, each with its
// own headers and checksum, or fills in a checksum. Payload is read once, for its checksum, and stays where it is.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/io/offload.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class Segmenter {
  public:
    enum class Verdict : std::uint8_t {
        kWhole,   ///< the packet is complete as it stands, its checksum filled in
        kCut,     ///< to be taken out by next()
        kBroken,  ///< the header and the packet do not fit together
    };
    /// `packet` stays where it is until done(), and for as long as its segments are in use.
    Verdict begin(const OffloadHeader& offload, MutableByteView packet);

    bool done() const { return at_ >= packet_.size(); }
    /// The next segment, its headers in `headers`. To be called only once the segments before may be written over, but
    /// for those of the same burst (see Received::octets).
    Received next(SegmentHeaders& headers);

  private:
    bool find_headers(const OffloadHeader& offload);
    /// Both return where the checksum stands, which is 0 then.
    std::uint8_t* change_tcp(std::uint8_t* header, bool last) const;
    std::uint8_t* change_udp(std::uint8_t* header, std::size_t length) const;

    MutableByteView packet_;
    InnerPacket inner_;                                              // the super-packet's
    std::array<std::uint8_t, SegmentHeaders::kMost> super_headers_;  // its own are written over with its first segment
    std::size_t at_ = 0;                                             // in the payload that is left
    std::size_t segment_size_ = 0;
    std::size_t transport_ = 0;  // offset of the TCP or UDP header
    std::size_t headers_ = 0;    // all of them
    std::uint16_t count_ = 0;    // of segments so far
    bool tcp_ = false;
};

}  // namespace esplane::dataplane
