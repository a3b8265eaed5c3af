#include "config/conflicts.h"

#include <algorithm>
#include <map>

#include "config/dpdk_tunnel.h"
#include "config/wording.h"

namespace esplane::config {
namespace {

std::string address_text(const std::optional<IpAddress>& address) {
    return address ? address->to_string() : "any";
}

/// All by which an IKE_AUTH exchange finds its tunnel.
std::string peering(const gateway::TunnelOptions& tunnel) {
    const ike::TunnelOptions& ike = tunnel.ike;
    return address_text(ike.local_address) + ' ' + ike.local_id.to_string() + ' ' + address_text(ike.remote_address) +
           ' ' + ike.remote_id.to_string();
}

/// All by which a packet finds its CHILD_SA. The order of the selectors plays no part in that.
std::string policy(const std::string& interface, const ike::ChildPolicy& child) {
    std::string result = interface;
    for (const auto* selectors : {&child.selectors.local, &child.selectors.remote}) {
        std::vector<std::string> texts;
        for (const dataplane::TrafficSelector& selector : *selectors)
            texts.push_back(selector.to_string());
        std::sort(texts.begin(), texts.end());
        result += " :";
        for (const std::string& text : texts)
            result += ' ' + text;
    }
    return result;
}

class Check {
  public:
    Check(const std::vector<gateway::TunnelOptions>& tunnels, const std::vector<Place>& places, bool devices,
          Problems& problems)
        : tunnels_(tunnels), places_(places), devices_(devices), problems_(problems) {}

    void run() {
        for (std::size_t i = 0; i < tunnels_.size(); ++i) {
            check_peering(i);
            check_policy(i);
            if (tunnels_[i].routes) check_routes(i);
        }
        check_pools();
    }

  private:
    std::string name(std::size_t index) const {
        return "tunnel " + quoted(tunnels_[index].ike.name) + " (line " + std::to_string(places_[index].line) + ")";
    }

    void check_peering(std::size_t index) {
        const auto [first, is_new] = peerings_.emplace(peering(tunnels_[index]), index);
        if (is_new) return;
        problems_.add(places_[index],
                      "has the same addresses and ids as " + name(first->second) +
                          ", so that a peer could mean either; list all subnets in one tunnel, or give it another id");
    }

    void check_policy(std::size_t index) {
        const gateway::TunnelOptions& tunnel = tunnels_[index];
        for (const ike::ChildPolicy& child : tunnel.ike.children) {
            const auto [first, is_new] = policies_.emplace(policy(tunnel.interface, child), index);
            if (!is_new && first->second != index) return complain_of_policy(index, first->second);
        }
    }

    void complain_of_policy(std::size_t index, std::size_t first) {
        const std::string packet = ", so that a packet could take either; ";
        problems_.add(places_[index], devices_ ? "has the same subnets and interface as " + name(first) + packet +
                                                     "give it an interface of its own"
                                               : "has the same subnets as " + name(first) + packet +
                                                     "leave them out in one of the two");
    }

    void check_routes(std::size_t index) {
        for (const Prefix& prefix : tunnels_[index].remote_prefixes) {
            const auto [first, is_new] = routes_.emplace(prefix, index);
            if (is_new || tunnels_[first->second].interface == tunnels_[index].interface) continue;
            problems_.add(places_[index], "routes " + prefix.to_string() + " into " +
                                              quoted(tunnels_[index].interface) + ", but " + name(first->second) +
                                              " routes it into " + quoted(tunnels_[first->second].interface) +
                                              "; write routes: none in one of them");
        }
    }

    /// In order of their first address, a prefix that overlaps another one lies within one that is before it.
    void check_pools() {
        std::vector<std::pair<Prefix, std::size_t>> prefixes;
        for (std::size_t i = 0; i < tunnels_.size(); ++i) {
            const auto& pool = tunnels_[i].ike.pool;
            for (const Prefix& prefix : pool ? pool->addresses : std::vector<Prefix>())
                prefixes.emplace_back(prefix, i);
        }
        std::sort(prefixes.begin(), prefixes.end());
        const std::pair<Prefix, std::size_t>* outer = nullptr;
        for (const auto& each : prefixes) {
            if (outer == nullptr || !outer->first.contains(each.first.address)) {
                outer = &each;
                continue;
            }
            problems_.add(places_[each.second], "hands out " + each.first.to_string() + ", which " +
                                                    outer->first.to_string() + " of " + name(outer->second) +
                                                    " has, too; an address is one peer's");
        }
    }

    const std::vector<gateway::TunnelOptions>& tunnels_;
    const std::vector<Place>& places_;
    bool devices_;  // the clear side is TUN devices, which a tunnel may choose among
    Problems& problems_;
    std::map<std::string, std::size_t> peerings_;
    std::map<std::string, std::size_t> policies_;
    std::map<Prefix, std::size_t> routes_;
};

}  // namespace

void check_conflicts(const std::vector<gateway::TunnelOptions>& tunnels, const std::vector<Place>& places,
                     const dataplane::DpdkOptions* dpdk, Problems& problems) {
    Check(tunnels, places, dpdk == nullptr || clear_port(*dpdk) == nullptr, problems).run();
}

}  // namespace esplane::config
