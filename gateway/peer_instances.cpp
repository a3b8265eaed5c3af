#include "gateway/peer_instances.h"

namespace esplane::gateway {
namespace {

void add_counts(std::map<std::string, std::uint64_t>& sum, const dataplane::DropCounts& more) {
    for (const auto& [reason, count] : more)
        sum[reason] += count;
}

}  // namespace

void PeerInstances::add(dataplane::TunnelId of, const dataplane::TunnelPolicy& policy) {
    dataplane_.add_tunnel(policy);
    instances_[policy.id] = {of, std::nullopt};
    peers_[of].there.insert(policy.id);
}

void PeerInstances::remove(dataplane::TunnelId instance) {
    const auto found = instances_.find(instance);
    if (found == instances_.end()) return;
    if (const auto peers = peers_.find(found->second.of); peers != peers_.end()) {
        add_counts(peers->second.gone_drops, dataplane_.drops(instance));
        peers->second.there.erase(instance);
    }
    dataplane_.remove_tunnel(instance);
    instances_.erase(found);
}

void PeerInstances::forget(dataplane::TunnelId tunnel) {
    peers_.erase(tunnel);
}

bool PeerInstances::resized(const dataplane::Resized& event) {
    const auto found = instances_.find(event.tunnel);
    if (found == instances_.end()) return false;
    found->second.sizes = event.sizes;
    return true;
}

std::optional<dataplane::InnerSizes> PeerInstances::sizes(dataplane::TunnelId instance) const {
    const auto found = instances_.find(instance);
    return found == instances_.end() ? std::nullopt : found->second.sizes;
}

dataplane::DropCounts PeerInstances::with_peers(dataplane::TunnelId tunnel, const dataplane::DropCounts& own) const {
    const auto peers = peers_.find(tunnel);
    if (peers == peers_.end()) return own;
    std::map<std::string, std::uint64_t> sum = peers->second.gone_drops;
    add_counts(sum, own);
    for (const dataplane::TunnelId instance : peers->second.there)
        add_counts(sum, dataplane_.drops(instance));
    return {sum.begin(), sum.end()};
}

}  // namespace esplane::gateway
