#include "dataplane/link/host_routes.h"

#include <algorithm>
#include <mutex>

namespace esplane::dataplane {
namespace {

bool is_one_host(const IpAddress& address) {
    const std::uint8_t first = address.octets()[0];
    if (address.is_unspecified()) return false;
    return address.family() == Family::kIpv6 ? first != 0xff : first < 224;
}

}  // namespace

void HostRoutes::protect(const std::string& tunnel, const std::vector<Prefix>& local,
                         const std::vector<Prefix>& remote) {
    const std::lock_guard lock(mutex_);
    protected_.set(tunnel, local, remote);
}

bool HostRoutes::is_own(const IpAddress& address) const {
    return std::any_of(ports_.begin(), ports_.end(), [&](const PortSetup& port) { return port.has(address); });
}

HostRoutes::Way HostRoutes::find(const IpAddress& source, const IpAddress& destination) const {
    if (!is_one_host(destination) || is_own(destination)) return {Kind::kForeign};
    const auto hop = hops_.from_own(source, destination);
    if (const auto length = protected_.find(destination)) {
        // As with any default route, what is on a link goes there.
        const bool is_nearer = *length == 0 && hop && hop->address == destination;
        if (!is_nearer) return {Kind::kTunnels};
    }
    if (!is_own(source)) return {Kind::kForeign};
    return hop ? Way{Kind::kPort, *hop} : Way{Kind::kNoWay};
}

}  // namespace esplane::dataplane
