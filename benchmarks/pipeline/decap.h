// The inbound half of a worker, from receive burst to transmit burst, between ports in memory.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "benchmarks/pipeline/frames.h"
#include "benchmarks/pipeline/peer_headers.h"
#include "benchmarks/pipeline/raw_cipher.h"
#include "benchmarks/pipeline/traffic.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/pipeline/in_place.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::bench {

class Decap {
  public:
    static constexpr std::string_view kDirection = "decap";
    static constexpr std::array<std::string_view, 10> kStages{
        "rx", "classify", "sa_lookup", "replay", "open", "trailer", "selector_check", "congestion", "mss_clamp", "tx"};

    Decap(RingWorker& ports, const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch);

    /// The peers seal a batch anew, each packet by a tunnel at random: every sequence number is one that the replay
    /// window has not seen.
    void prepare();
    /// The batch that was sealed last comes in once more.
    void prepare_again();

    /// The batch through all stages. `lap()` is called after each stage, in the order of kStages.
    template <typename Lap>
    void run(Lap lap) {
        const std::size_t count = ports_.cipher().rx(received_);
        run_part(0, count, lap);
        ports_.cipher().release();
    }

    /// The same packets, received together, through all further stages one after the other, each a batch of its own.
    void run_singly() {
        const std::size_t count = ports_.cipher().rx(received_);
        for (std::size_t i = 0; i < count; ++i)
            run_part(i, 1, [] {});
        ports_.cipher().release();
    }

    double memory_bytes() const { return tunnels_.memory_bytes(); }  ///< of the data plane, for each tunnel

    /// After a run, when its time has been taken: collects what left. Returns the number of packets.
    std::size_t take_sent();

    /// The cipher alone, on the same buffers. Destroys them; they are prepared again before the next run.
    void run_raw(RawCipher& cipher) { cipher.open(texts_); }

  private:
    template <typename Lap>
    void run_part(std::size_t first, std::size_t count, Lap lap) {
        batch_.clear();
        for (const dataplane::Received& received : std::span(received_).subspan(first, count))
            batch_.add().received = &received;
        lap();
        dataplane::classify(batch_, drops_, [](const dataplane::Received&, ByteView) { return true; });
        lap();
        dataplane::look_up_sa(batch_, tunnels_.inbound(), drops_, [](const dataplane::Received&) { return false; });
        lap();
        dataplane::check_replay(batch_, drops_);
        lap();
        lend();
        dataplane::open(batch_, slots_, cipher_, drops_,
                        [this](const dataplane::InboundPacket& packet) { accepted(packet); });
        lap();
        dataplane::strip_trailer(batch_, drops_);
        lap();
        dataplane::check_selectors(batch_, {{}, fragments_}, drops_);
        for (const dataplane::InboundPacket& packet : batch_.packets())
            tunnels_.notices().received(*packet.child);
        lap();
        dataplane::carry_congestion(batch_, drops_);
        lap();
        dataplane::clamp_mss(batch_);
        lap();
        send();
        lap();
    }

    void lend() {
        std::size_t count = 0;
        for (const dataplane::InboundPacket& packet : batch_.packets()) {
            ports_.clear().slot_for(*packet.received, count, -dataplane::shrinks_by(packet), slots_[count]);
            ++count;
        }
    }

    void send() {
        std::size_t count = 0;
        for (const dataplane::InboundPacket& packet : batch_.packets())
            slots_[count++] = packet.slot;
        ports_.clear().tx(std::span(slots_).first(count));
    }

    void seal();

    /// What a worker looks at for each authentic packet.
    void accepted(const dataplane::InboundPacket& packet) {
        dataplane::ChildSa& child = *packet.child;
        if (!child.in.heard) [[unlikely]]
            child.in.heard = true;
        tunnels_.notices().received(child);
        tunnels_.notices().came_from(child, *packet.received, 0);
    }

    RingWorker& ports_;
    Tunnels tunnels_;
    std::vector<std::unique_ptr<dataplane::ChildSa>> peers_;
    TunnelChoice choice_;
    Mix mix_;
    FrameBatch frames_;
    PeerHeaders headers_;
    PacketMemory plain_;                           // the peers'
    std::vector<dataplane::Received> sent_;        // of them
    std::vector<dataplane::Slot> on_wire_;         // where the peers seal them to
    std::vector<std::vector<std::uint8_t>> wire_;  // the frames of the last batch
    std::array<dataplane::Received, dataplane::kBurst> received_;
    std::array<dataplane::Slot, dataplane::kBurst> slots_;
    std::vector<MutableByteView> texts_;  // where the cipher text of each packet lies
    dataplane::OutboundBatch sealing_;
    crypto::EspCipher cipher_;
    dataplane::InboundBatch batch_;
    dataplane::DropCounters drops_;
    dataplane::FragmentPorts fragments_{dataplane::DatagramLimits{}};
};

}  // namespace esplane::bench
