#include "dataplane/worker/handoff.h"

#include <utility>

namespace esplane::dataplane {

void Handoff::deliver() {
    for (const Neighbour& neighbour : neighbours_) {
        if (neighbour.to == nullptr) continue;
        const bool outbound = neighbour.to->outbound.publish();
        const bool inbound = neighbour.to->inbound.publish();
        if (outbound || inbound) neighbour.bell->ring();
    }
}

HandoffMesh::HandoffMesh(std::vector<const Bell*> bells) : bells_(std::move(bells)) {
    for (std::size_t from = 0; from < bells_.size(); ++from) {
        for (std::size_t to = 0; to < bells_.size(); ++to)
            lanes_.push_back(from == to ? nullptr : std::make_unique<HandoffLane>());
    }
}

Handoff HandoffMesh::ends_of(WorkerId worker) const {
    if (bells_.size() == 1) return {};
    std::vector<Handoff::Neighbour> neighbours(bells_.size());
    const std::size_t own = to_number(worker);
    for (std::size_t other = 0; other < bells_.size(); ++other) {
        if (other != own) neighbours[other] = {lane(own, other), lane(other, own), bells_[other]};
    }
    return Handoff(std::move(neighbours));
}

}  // namespace esplane::dataplane
