// What a peer writes before an ESP packet to us.
#pragma once

#include "dataplane/link/link_header.h"
#include "dataplane/sa/outer_path.h"

namespace esplane::bench {

class PeerHeaders {
  public:
    /// Octets before a packet that may be written over.
    static constexpr std::size_t kLongest = dataplane::LinkHeader::kLongest + dataplane::OuterIp::kLongest;

    PeerHeaders(const dataplane::OuterIp& ip, const dataplane::MacAddress& sender)
        : ip_(ip), link_({.source = sender, .type = dataplane::kEtherTypeIpv4}) {}

    std::size_t length() const { return link_.length() + ip_.length(); }  ///< octets
    /// Writes length() octets so that they end at `packet`, which is `bytes` long.
    void write(std::uint8_t* packet, std::uint32_t bytes) const {
        ip_.write({.payload_bytes = bytes}, packet);
        link_.write(packet - ip_.length());
    }

  private:
    dataplane::OuterIp ip_;
    dataplane::LinkHeader link_;
};

}  // namespace esplane::bench
