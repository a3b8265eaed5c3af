#include "dataplane/dpdk/resolver.h"

#include <algorithm>

namespace esplane::dataplane {

Resolver::Resolver(Links& links, const LinkResponders& responders, FrameSender& sender, rte_mempool* pool,
                   DropCounters& drops)
    : links_(links), responders_(responders), sender_(sender), pool_(pool), drops_(drops) {}

Resolver::~Resolver() {
    for (std::size_t i = 0; i < count_; ++i)
        rte_pktmbuf_free(waiting_[i].frame);
}

void Resolver::wait_for(const NextHop& hop, rte_mbuf* frame) {
    if (count_ == kMost) return drop(frame);
    const TimePoint now = std::chrono::steady_clock::now();
    waiting_[count_++] = {hop, frame, now};
    if (links_.neighbours.want(hop.port, hop.address, now) == NeighbourTable::Step::kAsk) ask(hop, std::nullopt);
}

void Resolver::look_around() {
    const TimePoint now = std::chrono::steady_clock::now();
    look_at_waiting(now);
    ask_what_is_due(now);
}

void Resolver::look_at_waiting(TimePoint now) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        Waiting& waiting = waiting_[i];
        if (const auto mac = find(waiting.hop)) {
            std::copy(mac->octets.begin(), mac->octets.end(), rte_pktmbuf_mtod(waiting.frame, std::uint8_t*));
            sender_.send(waiting.hop.port, waiting.frame);
        } else if (now - waiting.since > kPatience) {
            drop(waiting.frame);
        } else {
            waiting_[kept++] = waiting;
        }
    }
    count_ = kept;
}

/// The workers share the table: whichever looks first asks.
void Resolver::ask_what_is_due(TimePoint now) {
    for (int asked = 0; asked < kMostQuestions; ++asked) {
        const auto question = links_.neighbours.next_question(now);
        if (!question) return;
        ask({question->port, question->address}, question->known_mac);
    }
}

void Resolver::ask(const NextHop& hop, const std::optional<MacAddress>& known_mac) {
    const auto write = [&](std::uint8_t* to) {
        return responders_[to_number(hop.port)].write_question(hop.address, known_mac, to);
    };
    if (!sender_.send_written(hop.port, pool_, write)) drops_.count(DropReason::kNoBuffer);
}

void Resolver::drop(rte_mbuf* frame) {
    drops_.count(DropReason::kNoNeighbour);
    rte_pktmbuf_free(frame);
}

}  // namespace esplane::dataplane
