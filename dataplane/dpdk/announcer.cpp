#include "dataplane/dpdk/announcer.h"

namespace esplane::dataplane {

Announcer::Announcer(const Links& links, const LinkResponders& responders, FrameSender& sender, rte_mempool* pool,
                     DropCounters& drops)
    : links_(links), responders_(responders), sender_(sender), pool_(pool), drops_(drops), state_(links.ports.size()) {}

void Announcer::look_around(TimePoint now) {
    for (std::size_t i = 0; i < state_.size(); ++i) {
        Link& link = state_[i];
        const bool is_up = links_.up[i].load(std::memory_order_relaxed);
        if (is_up && !link.was_up) link = {.times_left = kTimes, .next = now};
        link.was_up = is_up;
        if (!is_up || link.times_left == 0 || now < link.next) continue;
        announce(port_number(i));
        --link.times_left;
        link.next = now + kBetweenTimes;
    }
}

void Announcer::announce(PortNumber port) {
    const LinkResponder& responder = responders_[to_number(port)];
    for (const PortAddress& own : links_.setup(port).addresses) {
        const auto write = [&](std::uint8_t* to) { return responder.write_announcement(own.address, to); };
        if (!sender_.send_written(port, pool_, write)) drops_.count(DropReason::kNoBuffer);
    }
}

}  // namespace esplane::dataplane
