// Sends the packets of a capture, again and again, and counts those that arrive.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "benchmarks/generate/course.h"
#include "benchmarks/generate/pcap.h"
#include "benchmarks/generate/stamper.h"

namespace esplane::bench::generate {

struct Replay {
    std::vector<Bytes> frames;     ///< Ethernet, ready to be sent
    std::uint64_t cut = 0;         ///< frames left out because the capture has not all of them
    std::uint64_t without_ip = 0;  ///< and because no router forwards them
    double rate = 0;               ///< packets a second of the capture, 0 where its times say nothing
};

/// The packets of a capture of Ethernet or of IP without a link layer, from one hop to the next. Throws
/// std::runtime_error for another link layer, or if no packet remains.
Replay make_replay(const Capture& capture, const EthernetEnds& ends);

/// The frames in turn.
class ReplaySource {
  public:
    /// Refers to it.
    explicit ReplaySource(const Replay& replay);

    std::uint32_t longest() const { return longest_; }
    std::uint32_t write(std::uint8_t* to, std::uint64_t now);

  private:
    const std::vector<Bytes>& frames_;
    std::size_t next_ = 0;
    std::uint32_t longest_ = 0;
};

struct ReplayArrivals {
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicates = 0;  ///< more of a packet than were sent
    std::uint64_t foreign = 0;     ///< among them those that are damaged: they carry no mark
};

/// {"capture": the file's name, "seconds", "sent", "missed", "received", "lost", "duplicates", "foreign"}.
nlohmann::ordered_json to_json(const std::string& file, const Course& course, const ReplayArrivals& arrivals);

/// Knows packets again by what no router changes: addresses, protocol, and what follows the IP header.
class ReplaySink {
  public:
    explicit ReplaySink(const Replay& replay);

    void take(ByteView frame, std::uint64_t now);
    /// After that many frames have been sent, in turn.
    ReplayArrivals arrivals(std::uint64_t sent) const;

  private:
    std::vector<std::size_t> kinds_;  // of each frame; equal packets are of one kind
    std::unordered_map<std::string, std::size_t> by_content_;
    std::vector<std::uint64_t> received_;  // of each kind
    std::uint64_t foreign_ = 0;
};

}  // namespace esplane::bench::generate
