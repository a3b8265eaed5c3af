// What only the ports of DPDK have: devices, addresses with their link, arguments of the EAL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values.h"
#include "dataplane/dpdk/options.h"

namespace esplane::config {

/// A PCI address, as DPDK writes it ("0000:03:00.0"), or a virtual device as it is written, with its arguments.
Parsed<std::string> parse_device(std::string_view text);
/// What DPDK knows a device by: what stands before the arguments.
std::string_view device_name(std::string_view device);
/// The interface of the kernel's that a virtual device is on, or makes (iface=wan); empty when it names none.
std::string_view interface_of(std::string_view device);

/// "203.0.113.1/24": the address of a host, and what is on its link.
Parsed<dataplane::PortAddress> parse_port_address(std::string_view text);
Prefix link_of(const dataplane::PortAddress& address);
/// Why `address`, which lies in `link`, cannot be a host's there ("is the broadcast address of ..."), or nothing.
std::optional<std::string> flaw_on_link(const IpAddress& address, const Prefix& link);

/// One argument, as in argv. What the gateway itself says to the EAL, or what would keep it from starting, is refused.
Parsed<std::string> parse_eal_argument(std::string_view text);

}  // namespace esplane::config
