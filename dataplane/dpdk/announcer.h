// Tells everybody on a link that comes up who has our addresses. Whoever knew them at another MAC address, of a gateway
// before this one or of a NIC that was replaced, would send there until its entry grows old.
#pragma once

#include <vector>

#include "dataplane/dpdk/frame_sender.h"
#include "dataplane/dpdk/resolver.h"
#include "dataplane/dpdk/tick.h"
#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

class Announcer {
  public:
    /// Of one worker for all. All must outlive it; `pool` is for announcements.
    Announcer(const Links& links, const LinkResponders& responders, FrameSender& sender, rte_mempool* pool,
              DropCounters& drops);

    /// Once a turn.
    void turn() {
        if (tick_.is_due()) [[unlikely]]
            look_around(std::chrono::steady_clock::now());
    }
    /// What a turn does every now and then. A link is announced on that is up, and was not at the last look.
    void look_around(TimePoint now);

    /// Times, and what is between them: RFC 5227 2.3, ANNOUNCE_NUM and ANNOUNCE_INTERVAL. Within RFC 4861 7.2.6, too.
    static constexpr int kTimes = 2;
    static constexpr std::chrono::seconds kBetweenTimes{2};

  private:
    static constexpr std::chrono::milliseconds kBetweenLooks{10};

    struct Link {
        bool was_up = false;
        int times_left = 0;
        TimePoint next;
    };
    void announce(PortNumber port);

    const Links& links_;
    const LinkResponders& responders_;
    FrameSender& sender_;
    rte_mempool* pool_;
    DropCounters& drops_;
    Tick tick_{kBetweenLooks};
    std::vector<Link> state_;  // by port
};

}  // namespace esplane::dataplane
