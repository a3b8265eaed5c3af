#include "ike/core/diagnosis_words.h"

namespace esplane::ike::diagnosis {

std::string key(const TunnelOptions& tunnel, std::string_view rest) {
    // Of an instance, "TUNNEL/PEER", the tunnel alone is configured.
    return "tunnels." + tunnel.name.substr(0, tunnel.name.find('/')) + "." + std::string(rest);
}

std::string selectors_key(const TunnelOptions& tunnel, const ChildPolicy& child, std::string_view side) {
    const std::string name(side);
    const bool is_instance = tunnel.name.find('/') != std::string::npos;
    if (is_instance && side == "remote") return key(tunnel, "pool.addresses");
    return key(tunnel, child.name.empty() ? name + ".subnets" : "children." + child.name + "." + name);
}

std::string subject(const TunnelOptions& tunnel, const ChildPolicy& child) {
    return "Tunnel " + tunnel.name + (child.name.empty() ? "" : ", child " + child.name);
}

std::string who(const TunnelOptions& tunnel, const std::string& peer) {
    return "Tunnel " + tunnel.name + ": peer " + peer;
}

std::string who(const TunnelOptions& tunnel, const IpAddress& peer) {
    return who(tunnel, peer.to_string());
}

std::string who(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return subject(tunnel, child) + ": peer " + peer.to_string();
}

std::string in_braces(const std::vector<dataplane::TrafficSelector>& selectors) {
    return "[" + dataplane::to_string(selectors) + "]";
}

}  // namespace esplane::ike::diagnosis
