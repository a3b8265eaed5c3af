#include "dataplane/tunnel_placement.h"

#include <algorithm>

namespace esplane::dataplane {

WorkerId TunnelPlacement::place(TunnelId tunnel, std::optional<WorkerId> wanted) {
    const auto fewest = std::min_element(tunnels_of_.begin(), tunnels_of_.end());
    const WorkerId owner = wanted.value_or(WorkerId{static_cast<std::uint8_t>(fewest - tunnels_of_.begin())});
    ++tunnels_of_.at(to_number(owner));
    placed_[tunnel] = {.owner = owner};
    return owner;
}

void TunnelPlacement::leave(TunnelId tunnel) {
    const auto found = placed_.find(tunnel);
    if (found == placed_.end() || found->second.left) return;
    found->second.left = true;
    --tunnels_of_[to_number(found->second.owner)];
}

std::optional<WorkerId> TunnelPlacement::owner(TunnelId tunnel) const {
    const auto found = placed_.find(tunnel);
    if (found == placed_.end() || found->second.left) return std::nullopt;
    return found->second.owner;
}

void TunnelPlacement::hand_out(WorkerId worker, const TunnelState& state) {
    placed_.at(state.policy.id).states[worker] = &state;
}

void TunnelPlacement::came_back(WorkerId worker, const TunnelState& state) {
    const auto found = placed_.find(state.policy.id);
    if (found == placed_.end()) return;
    auto& states = found->second.states;
    const auto known = states.find(worker);
    if (known != states.end() && known->second == &state) states.erase(known);
    if (states.empty() && found->second.left) placed_.erase(found);
}

std::uint64_t TunnelPlacement::drops(TunnelId tunnel, DropReason reason) const {
    const auto found = placed_.find(tunnel);
    if (found == placed_.end()) return 0;
    std::uint64_t sum = 0;
    for (const auto& [worker, state] : found->second.states)
        sum += state->drops.read(reason);
    return sum;
}

}  // namespace esplane::dataplane
