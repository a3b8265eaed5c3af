// One port of DPDK, and where it is written.
#pragma once

#include <vector>

#include "config/section.h"
#include "dataplane/dpdk/options.h"

namespace esplane::config {

inline constexpr Key kPortKeys[] = {{"name"},    {"role"},   {"device"}, {"addresses"},
                                    {"gateway"}, {"queues"}, {"mtu"},    {"vlan"}};

/// What is right of a port; `addresses` has a place for each of those in `options`.
struct WrittenPort {
    dataplane::PortOptions options;
    Section section;
    Place name;
    Place device;
    std::vector<Place> addresses;
};

/// `workers` is how many queues the port needs.
WrittenPort read_port(const Section& port, std::size_t workers);

/// The two sides of the gateway. A port may be on both.
inline bool on_clear_side(const dataplane::PortOptions& port) {
    return port.role != dataplane::PortRole::kCipher;
}
inline bool on_cipher_side(const dataplane::PortOptions& port) {
    return port.role != dataplane::PortRole::kClear;
}

}  // namespace esplane::config
