#include "dataplane/link/address_claims.h"

namespace esplane::dataplane {
namespace {

constexpr unsigned kMacBits = 48;

std::uint64_t number_of(const MacAddress& mac) {
    std::uint64_t number = 0;
    for (const std::uint8_t octet : mac.octets)
        number = number << 8 | octet;
    return number;
}

MacAddress mac_of(std::uint64_t number) {
    MacAddress mac;
    for (std::size_t i = mac.octets.size(); i-- > 0; number >>= 8)
        mac.octets[i] = static_cast<std::uint8_t>(number);
    return mac;
}

}  // namespace

AddressClaims::AddressClaims(const std::vector<PortSetup>& ports) {
    for (std::uint16_t port = 0; port < ports.size(); ++port) {
        for (const PortAddress& own : ports[port].addresses) {
            Claim& claim = claims_.emplace_back();
            claim.port = PortNumber{port};
            claim.address = own.address;
        }
    }
}

void AddressClaims::report(PortNumber port, const DuplicateAddress& duplicate) {
    for (Claim& claim : claims_) {
        if (claim.port != port || claim.address != duplicate.address) continue;
        const std::uint64_t count = (claim.count_and_mac.load(std::memory_order_relaxed) >> kMacBits) + 1;
        claim.count_and_mac.store(count << kMacBits | number_of(duplicate.mac), std::memory_order_relaxed);
    }
}

std::vector<AddressClaim> AddressClaims::of(PortNumber port) const {
    std::vector<AddressClaim> found;
    for (const Claim& claim : claims_) {
        const std::uint64_t last = claim.count_and_mac.load(std::memory_order_relaxed);
        if (claim.port == port && last != 0)
            found.push_back({claim.address.to_string(), mac_of(last).to_string(), last >> kMacBits});
    }
    return found;
}

}  // namespace esplane::dataplane
