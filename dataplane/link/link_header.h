// An Ethernet header that is written before one packet after the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/link/ethernet.h"

namespace esplane::dataplane {

class LinkHeader {
  public:
    static constexpr std::size_t kLongest = kTaggedEthernetHeader;

    LinkHeader() = default;
    explicit LinkHeader(const EthernetHeader& header)
        : length_(static_cast<std::uint8_t>(write_ethernet(header, octets_.data()))) {
        std::rotate(octets_.begin(), octets_.begin() + length_, octets_.end());
    }

    std::size_t length() const { return length_; }  ///< octets

    /// Writes length() octets so that they end at `end`. Up to kLongest octets before that may be written over.
    void write(std::uint8_t* end) const {
        // Of one length always: that is no call.
        std::memcpy(end - kLongest, octets_.data(), kLongest);
    }

  private:
    std::array<std::uint8_t, kLongest> octets_{};  // at their end, the header
    std::uint8_t length_ = 0;
};

}  // namespace esplane::dataplane
