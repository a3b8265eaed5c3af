// Captures in the classic format of libpcap (draft-ietf-opsawg-pcap), of either order of octets, with microseconds or
// nanoseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace esplane::bench::generate {

struct CapturedFrame {
    std::chrono::nanoseconds time{};  ///< since 1970
    std::uint32_t original_length = 0;
    Bytes octets;  ///< fewer than that if the capture cut it
};

struct Capture {
    std::uint32_t link_type = 0;  ///< LINKTYPE_: 1 is Ethernet
    std::vector<CapturedFrame> frames;
};

/// Throws std::runtime_error that says what is wrong, and at which octet.
Capture parse_pcap(ByteView file);
/// And that names the file, or says that it cannot be read.
Capture read_pcap(const std::string& file);

}  // namespace esplane::bench::generate
