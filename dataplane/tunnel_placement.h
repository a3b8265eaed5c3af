// Which worker has which tunnel, and where each worker counts what it drops of it: the control thread's book.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "dataplane/sa/tunnel.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

class TunnelPlacement {
  public:
    explicit TunnelPlacement(std::size_t workers) : tunnels_of_(workers, 0) {}

    /// With the wanted worker, else with the one that has the fewest tunnels: all SAs of this one are its own, both
    /// ways.
    WorkerId place(TunnelId tunnel, std::optional<WorkerId> wanted = std::nullopt);
    /// The workers have been told to forget it. What they count until they do is still read.
    void leave(TunnelId tunnel);
    /// Empty for one that is not placed, or has left.
    std::optional<WorkerId> owner(TunnelId tunnel) const;

    /// What a worker knows of the tunnel, from when it is handed over until it comes back.
    void hand_out(WorkerId worker, const TunnelState& state);
    void came_back(WorkerId worker, const TunnelState& state);
    /// What all workers dropped of it for this reason.
    std::uint64_t drops(TunnelId tunnel, DropReason reason) const;

  private:
    struct Placed {
        WorkerId owner{};
        bool left = false;
        std::map<WorkerId, const TunnelState*> states;
    };

    std::vector<std::size_t> tunnels_of_;  // by worker
    std::map<TunnelId, Placed> placed_;
};

}  // namespace esplane::dataplane
