// What the sentences of a diagnosis are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ike/core/options.h"

namespace esplane::ike::diagnosis {

/// "tunnels.NAME.REST": where the operator finds it in the configuration.
std::string key(const TunnelOptions& tunnel, std::string_view rest);
/// Where the selectors of one side stand, "local" or "remote": "tunnels.NAME.local.subnets", or, for one of several
/// CHILD_SAs, "tunnels.NAME.children.CHILD.local".
std::string selectors_key(const TunnelOptions& tunnel, const ChildPolicy& child, std::string_view side);

/// "Tunnel NAME", and ", child CHILD" behind it for a CHILD_SA that has a name.
std::string subject(const TunnelOptions& tunnel, const ChildPolicy& child);
/// "Tunnel NAME: peer ADDRESS".
std::string who(const TunnelOptions& tunnel, const std::string& peer);
std::string who(const TunnelOptions& tunnel, const IpAddress& peer);
/// "Tunnel NAME, child CHILD: peer ADDRESS".
std::string who(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);

std::string in_braces(const std::vector<dataplane::TrafficSelector>& selectors);

template <typename Proposal>
std::string joined(const std::vector<Proposal>& proposals) {
    std::string text;
    for (const auto& proposal : proposals) {
        if (!text.empty()) text += ", ";
        text += to_string(proposal);
    }
    return text.empty() ? "none" : text;
}

}  // namespace esplane::ike::diagnosis
