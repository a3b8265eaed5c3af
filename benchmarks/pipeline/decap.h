// The inbound pipeline, as a worker runs it, between packets in memory.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "benchmarks/pipeline/raw_cipher.h"
#include "benchmarks/pipeline/traffic.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::bench {

class Decap {
  public:
    static constexpr std::string_view kDirection = "decap";
    static constexpr std::array<std::string_view, 9> kStages{
        "fill", "classify", "sa_lookup", "replay", "open", "trailer", "selector_check", "congestion", "mss_clamp"};

    Decap(const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch);

    /// The peers seal a batch anew, each packet by a tunnel at random: every sequence number is one that the replay
    /// window has not seen.
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

    /// Destroys the batch; it is prepared again before the next run.
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
        dataplane::look_up_sa(batch_, tunnels_.inbound, drops_, [](const dataplane::Received&) { return false; });
        lap();
        dataplane::check_replay(batch_, drops_);
        lap();
        dataplane::open(batch_, std::span(slots_).subspan(first, count), cipher_, drops_,
                        [this](const dataplane::InboundPacket& packet) { accepted(packet); });
        lap();
        dataplane::strip_trailer(batch_, drops_);
        lap();
        dataplane::check_selectors(batch_, {{}, fragments_}, drops_);
        lap();
        dataplane::carry_congestion(batch_, drops_);
        lap();
        dataplane::clamp_mss(batch_);
        lap();
    }

    /// What a worker looks at for each authentic packet.
    void accepted(const dataplane::InboundPacket& packet) {
        dataplane::ChildSa& child = *packet.child;
        if (!child.in.heard) [[unlikely]]
            child.in.heard = true;
        if (packet.received->outer.remote != child.out.path.remote) [[unlikely]]
            ++moved_;
    }

    Tunnels tunnels_;
    std::vector<std::unique_ptr<dataplane::ChildSa>> peers_;
    TunnelChoice choice_;
    PacketMemory plain_;   // the peers' packets before, ours after
    PacketMemory sealed_;  // on the way
    std::vector<dataplane::Received> sent_;
    std::vector<dataplane::Slot> on_wire_;
    std::vector<dataplane::Received> received_;
    std::vector<dataplane::Slot> slots_;
    std::vector<MutableByteView> texts_;  // where the cipher text of each packet lies
    dataplane::OutboundBatch sealing_;
    crypto::EspCipher cipher_;
    dataplane::InboundBatch batch_;
    dataplane::DropCounters drops_;
    dataplane::FragmentPorts fragments_{dataplane::DatagramLimits{}};
    std::size_t passed_ = 0;
    std::size_t moved_ = 0;
};

}  // namespace esplane::bench
