// The outbound pipeline, as a worker runs it, between packets in memory.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "benchmarks/pipeline/raw_cipher.h"
#include "benchmarks/pipeline/traffic.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::bench {

class Encap {
  public:
    static constexpr std::string_view kDirection = "encap";
    static constexpr std::array<std::string_view, 6> kStages{"fill", "policy_lookup", "mss_clamp",
                                                             "fit",  "encapsulate",   "seal"};

    Encap(const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch);

    /// New packets in the same memory, each for a tunnel at random.
    void prepare();

    /// The batch through all stages. `lap()` is called after each stage, in the order of kStages.
    template <typename Lap>
    void run(Lap lap) {
        run_part(0, received_.size(), lap);
        passed_ = batch_.size();
    }

    /// The same packets through all stages one after the other, each a batch of its own.
    void run_singly() {
        passed_ = 0;
        for (std::size_t i = 0; i < received_.size(); ++i) {
            run_part(i, 1, [] {});
            passed_ += batch_.size();
        }
    }

    /// Packets of the last run that reached the end.
    std::size_t passed() const { return passed_; }

    void run_raw(RawCipher& cipher) { cipher.seal(texts_); }

  private:
    template <typename Lap>
    void run_part(std::size_t first, std::size_t count, Lap lap) {
        batch_.clear();
        for (dataplane::Received& received : std::span(received_).subspan(first, count))
            batch_.add().received = &received;
        lap();
        dataplane::policy_lookup(batch_, tunnels_.policies, {{}, fragments_}, drops_, [](dataplane::Policy&) {});
        lap();
        dataplane::clamp_mss(batch_);
        lap();
        fitting_.sort(batch_, drops_);
        lap();
        dataplane::encapsulate(batch_, std::span(slots_).subspan(first, count), drops_);
        lap();
        dataplane::seal(batch_, cipher_, drops_);
        lap();
    }

    Tunnels tunnels_;
    TunnelChoice choice_;
    PacketMemory plain_;
    PacketMemory sealed_;
    std::vector<dataplane::Received> received_;
    std::vector<dataplane::Slot> slots_;
    std::vector<MutableByteView> texts_;  // where the cipher text of each packet lies
    crypto::EspCipher cipher_;
    dataplane::OutboundBatch batch_;
    dataplane::DropCounters drops_;
    dataplane::Fitting fitting_;
    dataplane::FragmentPorts fragments_{dataplane::DatagramLimits{}};
    std::size_t passed_ = 0;
};

}  // namespace esplane::bench
