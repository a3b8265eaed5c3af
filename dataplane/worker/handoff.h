// Between any two workers: packets that arrived at one and belong to a tunnel of the other.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "dataplane/worker/bell.h"
#include "dataplane/worker/handoff_ring.h"

namespace esplane::dataplane {

/// From one worker to another.
struct HandoffLane {
    HandoffRing outbound;  ///< out of a device
    HandoffRing inbound;   ///< from the cipher side
};

/// One worker's ends. Nothing in it when there are no others.
class Handoff {
  public:
    /// What joins it with another worker: null, all of it, for itself.
    struct Neighbour {
        HandoffLane* to = nullptr;
        HandoffLane* from = nullptr;
        const Bell* bell = nullptr;  ///< wakes that worker
    };

    Handoff() = default;
    /// `neighbours` by worker.
    explicit Handoff(std::vector<Neighbour> neighbours) : neighbours_(std::move(neighbours)) {}

    bool is_alone() const { return neighbours_.empty(); }
    /// Whether there is such a worker, and it is another.
    bool is_elsewhere(WorkerId worker) const {
        return to_number(worker) < neighbours_.size() && neighbours_[to_number(worker)].to != nullptr;
    }
    /// To a worker that is elsewhere. False when there is no room.
    bool send_outbound(WorkerId to, const Received& packet) {
        return neighbours_[to_number(to)].to->outbound.push(packet);
    }
    bool send_inbound(WorkerId to, const Received& packet) {
        return neighbours_[to_number(to)].to->inbound.push(packet);
    }
    /// Shows the others what was sent, and wakes them. Once a turn is enough.
    void deliver();

    /// Whether packets have come that were not taken yet.
    bool has_backlog() const {
        return std::any_of(neighbours_.begin(), neighbours_.end(), [](const Neighbour& neighbour) {
            return neighbour.from != nullptr &&
                   (neighbour.from->outbound.has_more() || neighbour.from->inbound.has_more());
        });
    }
    /// Tells `handle(HandoffLane&)` of each lane by which packets come.
    template <typename Handle>
    void for_each_arriving(Handle handle) {
        for (const Neighbour& neighbour : neighbours_) {
            if (neighbour.from != nullptr) handle(*neighbour.from);
        }
    }

  private:
    std::vector<Neighbour> neighbours_;
};

/// The lanes between all workers.
class HandoffMesh {
  public:
    /// `bells` by worker; they must outlive the mesh's users.
    explicit HandoffMesh(std::vector<const Bell*> bells);

    /// The mesh must outlive it. One worker, one thread, uses it.
    Handoff ends_of(WorkerId worker) const;

  private:
    HandoffLane* lane(std::size_t from, std::size_t to) const { return lanes_[from * bells_.size() + to].get(); }

    std::vector<const Bell*> bells_;
    std::vector<std::unique_ptr<HandoffLane>> lanes_;  // null from a worker to itself
};

}  // namespace esplane::dataplane
