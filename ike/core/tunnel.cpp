#include "ike/core/tunnel.h"

namespace esplane::ike {

dataplane::SelectorPair Tunnel::selectors(std::uint32_t policy) const {
    dataplane::SelectorPair now = child(policy).selectors;
    if (options.virtual_address) now.local = host_selectors(assigned.addresses);
    return now;
}

Tunnel* TunnelTable::insert(TunnelOptions options) {
    const dataplane::TunnelId id = options.id;
    if (tunnels_.count(id) != 0 || by_name_.count(options.name) != 0) return nullptr;
    by_name_.emplace(options.name, id);
    Tunnel& tunnel = tunnels_[id];
    tunnel.options = std::move(options);
    tunnel.policies.resize(tunnel.options.children.size());
    return &tunnel;
}

Tunnel* TunnelTable::add(TunnelOptions options) {
    Tunnel* added = insert(std::move(options));
    if (added == nullptr) return nullptr;
    by_remote_.emplace(std::pair(added->options.remote_address, added->id()), added);
    if (added->options.pool) added->pool.emplace(added->options.pool->addresses);
    return added;
}

Tunnel* TunnelTable::add_instance(TunnelOptions options, Instance instance) {
    Tunnel* added = insert(std::move(options));
    if (added != nullptr) added->instance = std::move(instance);
    return added;
}

void TunnelTable::remove(dataplane::TunnelId id) {
    const auto found = tunnels_.find(id);
    if (found == tunnels_.end()) return;
    by_name_.erase(found->second.name());
    by_remote_.erase({found->second.options.remote_address, id});
    tunnels_.erase(found);
}

Tunnel* TunnelTable::find(dataplane::TunnelId id) {
    const auto found = tunnels_.find(id);
    return found == tunnels_.end() ? nullptr : &found->second;
}

const Tunnel* TunnelTable::find(dataplane::TunnelId id) const {
    const auto found = tunnels_.find(id);
    return found == tunnels_.end() ? nullptr : &found->second;
}

Tunnel* TunnelTable::find(const std::string& name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : find(found->second);
}

std::vector<Tunnel*> TunnelTable::candidates(const Path& path) {
    std::vector<Tunnel*> found;
    find_candidate(path, [&](Tunnel& tunnel) {
        found.push_back(&tunnel);
        return false;
    });
    return found;
}

}  // namespace esplane::ike
