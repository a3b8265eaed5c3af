// Addresses that the peer gives us, by the configuration payload (RFC 7296 2.19). They last as long as the tunnel is
// not given others: what runs over them survives an IKE SA that is lost.

#include <algorithm>

#include "ike/core/configuration.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

bool wants(const Tunnel& tunnel, Family family) {
    const auto& local = tunnel.child(0).selectors.local;
    return std::any_of(local.begin(), local.end(),
                       [&](const auto& selector) { return selector.first.family() == family; });
}

/// The first of each family that was asked for.
std::vector<IpAddress> usable(const Tunnel& tunnel, const std::vector<IpAddress>& given) {
    std::vector<IpAddress> addresses;
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const auto first = std::find_if(given.begin(), given.end(),
                                        [&](const IpAddress& address) { return address.family() == family; });
        if (wants(tunnel, family) && first != given.end()) addresses.push_back(*first);
    }
    return addresses;
}

template <typename List>
std::string listed(const List& list) {
    std::string text;
    for (const auto& each : list)
        text += (text.empty() ? "" : ", ") + each.to_string();
    return text;
}

}  // namespace

void ask_for_address(const Tunnel& tunnel, ChildOffer& offer, wire::Payloads& payloads) {
    payloads.configuration =
        make_request(wants(tunnel, Family::kIpv4), wants(tunnel, Family::kIpv6), tunnel.assigned.addresses);
    offer.selectors.local = tunnel.child(0).selectors.local;
}

bool take_address(Core& core, Tunnel& tunnel, ChildOffer& offer, const wire::Payloads& payloads) {
    Assignment assigned = read_reply(payloads);
    assigned.addresses = usable(tunnel, assigned.addresses);
    if (assigned.addresses.empty()) return false;
    offer.selectors.local = host_selectors(assigned.addresses);
    const bool is_news = assigned.addresses != tunnel.assigned.addresses || assigned.dns != tunnel.assigned.dns;
    tunnel.assigned = std::move(assigned);
    // Once more, too: the device may have lost it meanwhile.
    core.emit(UseVirtualAddresses{tunnel.id(), tunnel.assigned.addresses});
    if (!is_news) return true;
    const std::string dns = listed(tunnel.assigned.dns);
    core.report(Severity::kInfo, &tunnel, "virtual_address",
                "Tunnel " + tunnel.name() + ": the peer has given us " + listed(tunnel.assigned.addresses) +
                    (dns.empty() ? "" : ", and names as DNS servers " + dns) + ".");
    return true;
}

}  // namespace esplane::ike
