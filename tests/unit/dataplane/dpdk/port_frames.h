// Frames as they come in by either of RingWorker's ports, and what leaves by them: packets of tunnels that are up, each
// with a number.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/pipeline/peer_headers.h"
#include "benchmarks/pipeline/ring_worker.h"
#include "benchmarks/pipeline/suites.h"
#include "crypto/esp_cipher.h"
#include "dataplane/pipeline/outbound.h"
#include "dataplane/sa/child_sa.h"

namespace esplane::dataplane::test {

inline constexpr std::uint32_t kShortest = 44;  ///< octets of an inner packet: its number is behind IP and TCP

/// Of the hosts and peers on both links. One thread's.
class PortFrames {
  public:
    /// `ports` must outlive it.
    PortFrames(bench::RingWorker& ports, const bench::Suite& suite, std::uint32_t tunnels);

    /// From our host to one behind `tunnel`, `length` octets of IP.
    rte_mbuf* plain(std::uint32_t tunnel, std::uint32_t length, std::uint32_t number);
    /// The same from behind it to our host, sealed by the peer.
    rte_mbuf* sealed(std::uint32_t tunnel, std::uint32_t length, std::uint32_t number);

    /// Of a plain packet that has left by the clear port.
    static std::uint32_t number_of(const rte_mbuf& plain);
    /// Of an ESP packet in UDP that has left by the cipher port.
    static Spi spi_of(const rte_mbuf& sealed);
    static std::uint32_t sequence_of(const rte_mbuf& sealed);

  private:
    rte_mbuf* begin(std::uint32_t length);

    bench::RingWorker& ports_;
    std::vector<std::unique_ptr<ChildSa>> peers_;
    bench::PeerHeaders headers_;
    OutboundBatch sealing_;
    crypto::EspCipher cipher_;
    DropCounters drops_;
};

}  // namespace esplane::dataplane::test
