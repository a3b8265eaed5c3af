// The outbound half of a worker, from receive burst to transmit burst, between ports in memory.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "benchmarks/pipeline/frames.h"
#include "benchmarks/pipeline/raw_cipher.h"
#include "benchmarks/pipeline/traffic.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/pipeline/in_place.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::bench {

class Encap {
  public:
    static constexpr std::string_view kDirection = "encap";
    static constexpr std::array<std::string_view, 7> kStages{"rx",          "policy_lookup", "mss_clamp", "fit",
                                                             "encapsulate", "seal",          "tx"};

    Encap(RingWorker& ports, const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch);

    /// New packets in the same buffers, each for a tunnel at random.
    void prepare();

    /// The batch through all stages. `lap()` is called after each stage, in the order of kStages.
    template <typename Lap>
    void run(Lap lap) {
        const std::size_t count = ports_.clear().rx(received_);
        run_part(0, count, lap);
        ports_.clear().release();
    }

    /// The same packets, received together, through all further stages one after the other, each a batch of its own.
    void run_singly() {
        const std::size_t count = ports_.clear().rx(received_);
        for (std::size_t i = 0; i < count; ++i)
            run_part(i, 1, [] {});
        ports_.clear().release();
    }

    double memory_bytes() const { return tunnels_.memory_bytes(); }  ///< of the data plane, for each tunnel

    /// After a run, when its time has been taken: collects what left. Returns the number of packets.
    std::size_t take_sent();

    /// The cipher alone, on the same buffers. Destroys them; they are prepared again before the next run.
    void run_raw(RawCipher& cipher) { cipher.seal(texts_); }

  private:
    template <typename Lap>
    void run_part(std::size_t first, std::size_t count, Lap lap) {
        batch_.clear();
        for (dataplane::Received& received : std::span(received_).subspan(first, count))
            batch_.add().received = &received;
        lap();
        dataplane::policy_lookup(batch_, tunnels_.policies(), {{}, fragments_}, drops_, [](dataplane::Policy&) {});
        lap();
        dataplane::clamp_mss(batch_);
        lap();
        fitting_.sort(batch_, drops_);
        lap();
        lend();
        dataplane::encapsulate(batch_, slots_, drops_);
        lap();
        dataplane::seal(batch_, cipher_, drops_);
        for (const dataplane::OutboundPacket& packet : batch_.packets())
            tunnels_.notices().sent(*packet.child);
        lap();
        send();
        lap();
    }

    void lend() {
        std::size_t count = 0;
        for (const dataplane::OutboundPacket& packet : batch_.packets()) {
            ports_.cipher().slot_for(*packet.received, count, dataplane::grows_by(packet), slots_[count]);
            ++count;
        }
    }

    void send() {
        std::size_t count = 0;
        for (const dataplane::OutboundPacket& packet : batch_.packets())
            slots_[count++] = packet.slot;
        ports_.cipher().tx(std::span(slots_).first(count));
    }

    RingWorker& ports_;
    Tunnels tunnels_;
    TunnelChoice choice_;
    Mix mix_;
    FrameBatch frames_;
    std::array<dataplane::Received, dataplane::kBurst> received_;
    std::array<dataplane::Slot, dataplane::kBurst> slots_;
    std::vector<MutableByteView> texts_;  // where the cipher text of each packet lies
    crypto::EspCipher cipher_;
    dataplane::OutboundBatch batch_;
    dataplane::DropCounters drops_;
    dataplane::Fitting fitting_;
    dataplane::FragmentPorts fragments_{dataplane::DatagramLimits{}};
};

}  // namespace esplane::bench
