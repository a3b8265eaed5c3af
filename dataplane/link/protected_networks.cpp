#include "dataplane/link/protected_networks.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

bool covers(const Prefix& wide, const Prefix& narrow) {
    return wide.length < narrow.length && wide.contains(narrow.address);
}

/// Those that lie within a remote prefix. Not within a default route: beneath that, links go first anyway.
std::vector<Prefix> exceptions(const std::vector<Prefix>& local, const std::vector<Prefix>& remote) {
    std::vector<Prefix> result;
    for (const Prefix& prefix : local) {
        const bool covered = std::any_of(remote.begin(), remote.end(),
                                         [&](const Prefix& wide) { return wide.length > 0 && covers(wide, prefix); });
        if (covered) result.push_back(prefix);
    }
    return result;
}

}  // namespace

void ProtectedNetworks::set(const std::string& tunnel, const std::vector<Prefix>& local,
                            const std::vector<Prefix>& remote) {
    const Networks wanted{remote, exceptions(local, remote)};
    for (const Prefix& prefix : wanted.remote)
        add(prefix, &Use::remote);
    for (const Prefix& prefix : wanted.excepted)
        add(prefix, &Use::excepted);
    if (const auto known = tunnels_.find(tunnel); known != tunnels_.end()) {
        for (const Prefix& prefix : known->second.remote)
            remove(prefix, &Use::remote);
        for (const Prefix& prefix : known->second.excepted)
            remove(prefix, &Use::excepted);
        tunnels_.erase(known);
    }
    if (!remote.empty()) tunnels_.emplace(tunnel, wanted);
}

void ProtectedNetworks::add(const Prefix& prefix, std::uint32_t Use::*what) {
    ++(of(prefix.address.family())[prefix.length][prefix.address].*what);
}

void ProtectedNetworks::remove(const Prefix& prefix, std::uint32_t Use::*what) {
    ByLength& lengths = of(prefix.address.family());
    const auto length = lengths.find(prefix.length);
    const auto network = length->second.find(prefix.address);
    Use& use = network->second;
    --(use.*what);
    if (use.remote == 0 && use.excepted == 0) length->second.erase(network);
    if (length->second.empty()) lengths.erase(length);
}

std::optional<std::uint8_t> ProtectedNetworks::find(const IpAddress& address) const {
    bool excepted = false;
    for (const auto& [length, networks] : of(address.family())) {
        // An exception leaves the default routes: those are looked at last, when nothing else has said anything.
        if (excepted && length > 0) continue;
        const auto network = networks.find(Prefix::around(address, length).address);
        if (network == networks.end()) continue;
        if (network->second.remote > 0) return length;
        excepted = true;
    }
    return std::nullopt;
}

}  // namespace esplane::dataplane
