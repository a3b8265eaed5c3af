// Finds the MAC address of a next hop, or asks for it and keeps what is to go there for a moment: the first packet to a
// neighbour should not be lost for its being the first.
#pragma once

#include <array>
#include <deque>
#include <optional>

#include "dataplane/dpdk/frame_sender.h"
#include "dataplane/dpdk/tick.h"
#include "dataplane/packet/time_point.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

/// A worker's, by port. Not a vector: they count for other threads, and stay where they are.
using LinkResponders = std::deque<LinkResponder>;

class Resolver {
  public:
    /// One worker's. All must outlive it; `pool` is for questions.
    Resolver(Links& links, const LinkResponders& responders, FrameSender& sender, rte_mempool* pool,
             DropCounters& drops);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    std::optional<MacAddress> find(const NextHop& hop) const { return links_.neighbours.find(hop.port, hop.address); }
    /// Takes a frame that lacks its destination's MAC address only. It is sent when there is an answer, dropped with a
    /// count when there is none, or when too many wait.
    void wait_for(const NextHop& hop, rte_mbuf* frame);
    /// Once a turn: sends what has its answer by now, and asks what is due.
    void turn() {
        if (tick_.is_due()) [[unlikely]]
            look_around();
    }

  private:
    static constexpr std::size_t kMost = 64;
    static constexpr std::chrono::seconds kPatience{3};
    static constexpr std::chrono::milliseconds kBetweenLooks{1};
    static constexpr int kMostQuestions = 16;  // at one look

    struct Waiting {
        NextHop hop;
        rte_mbuf* frame = nullptr;
        TimePoint since;
    };
    void look_around();
    void look_at_waiting(TimePoint now);
    void ask_what_is_due(TimePoint now);
    void ask(const NextHop& hop, const std::optional<MacAddress>& known_mac);
    void drop(rte_mbuf* frame);

    Links& links_;
    const LinkResponders& responders_;
    FrameSender& sender_;
    rte_mempool* pool_;
    DropCounters& drops_;
    Tick tick_{kBetweenLooks};
    std::array<Waiting, kMost> waiting_;
    std::size_t count_ = 0;
};

}  // namespace esplane::dataplane
