#include "dataplane/link/address_claims.h"

namespace esplane::dataplane {

AddressClaims::AddressClaims(const std::vector<PortSetup>& ports) {
    for (std::size_t port = 0; port < ports.size(); ++port) {
        for (const PortAddress& own : ports[port].addresses) {
            Claim& claim = claims_.emplace_back();
            claim.port = PortNumber{static_cast<std::uint16_t>(port)};
            claim.address = own.address;
        }
    }
}

void AddressClaims::report(PortNumber port, const DuplicateAddress& duplicate) {
    for (Claim& claim : claims_) {
        if (claim.port != port || claim.address != duplicate.address) continue;
        const std::uint64_t count = (claim.count_and_mac.load(std::memory_order_relaxed) >> MacAddress::kBits) + 1;
        claim.count_and_mac.store(count << MacAddress::kBits | duplicate.mac.to_number(), std::memory_order_relaxed);
    }
}

std::vector<AddressClaim> AddressClaims::of(PortNumber port) const {
    std::vector<AddressClaim> found;
    for (const Claim& claim : claims_) {
        const std::uint64_t last = claim.count_and_mac.load(std::memory_order_relaxed);
        if (claim.port == port && last != 0)
            found.push_back(
                {claim.address.to_string(), MacAddress::from_number(last).to_string(), last >> MacAddress::kBits});
    }
    return found;
}

}  // namespace esplane::dataplane
