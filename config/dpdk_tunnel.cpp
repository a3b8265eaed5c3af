#include "config/dpdk_tunnel.h"

#include <algorithm>
#include <string>
#include <vector>

#include "config/dpdk_port.h"
#include "config/ends.h"
#include "config/wording.h"

namespace esplane::config {
namespace {

std::vector<IpAddress> cipher_addresses(const dataplane::DpdkOptions& dpdk) {
    std::vector<IpAddress> result;
    for (const dataplane::PortOptions& port : dpdk.ports) {
        if (!on_cipher_side(port)) continue;
        for (const dataplane::PortAddress& address : port.addresses)
            result.push_back(address.address);
    }
    return result;
}

std::string texts(const std::vector<IpAddress>& addresses) {
    std::string result;
    for (const IpAddress& address : addresses)
        result += (result.empty() ? "" : ", ") + address.to_string();
    return result;
}

void check_local(const Section& tunnel, const std::vector<IpAddress>& own, const IpAddress& address) {
    if (std::find(own.begin(), own.end(), address) != own.end()) return;
    const Section local = tunnel.section("local", kEndKeys);
    const std::optional<Scalar> written = local.scalar("address");
    if (!written) return;
    local.complain(
        written->place, "address",
        quoted(written->text) + " is not an address of a port with role cipher or both; these are " + texts(own));
}

/// Without an address of its family nothing could be sent to the peer.
void check_remote(const Section& tunnel, const std::vector<IpAddress>& own, const IpAddress& address) {
    const auto same_family = [&](const IpAddress& other) { return other.family() == address.family(); };
    if (std::any_of(own.begin(), own.end(), same_family)) return;
    const Section remote = tunnel.section("remote", kEndKeys);
    const std::optional<Scalar> written = remote.scalar("address");
    if (!written) return;
    const std::string family = address.family() == Family::kIpv4 ? "IPv4" : "IPv6";
    remote.complain(written->place, "address",
                    "no port with role cipher or both has an " + family + " address; give one to a port");
}

/// An address of whichever port is answered here, and never sent to.
void check_peer(const Section& tunnel, const dataplane::DpdkOptions& dpdk, const gateway::TunnelOptions& read) {
    const std::optional<IpAddress>& peer = read.ike.remote_address;
    if (!peer || peer == read.ike.local_address) return;
    const auto has_it = [&](const dataplane::PortOptions& port) {
        return std::any_of(port.addresses.begin(), port.addresses.end(),
                           [&](const dataplane::PortAddress& own) { return own.address == *peer; });
    };
    const auto port = std::find_if(dpdk.ports.begin(), dpdk.ports.end(), has_it);
    if (port == dpdk.ports.end()) return;
    const Section remote = tunnel.section("remote", kEndKeys);
    if (const std::optional<Scalar> written = remote.scalar("address")) {
        remote.complain(written->place, "address",
                        quoted(written->text) + " is an address of port " + quoted(port->name) + "; write the peer's");
    }
}

void refuse_device_key(const Section& tunnel, std::string_view key, const dataplane::PortOptions& port) {
    if (!tunnel.has(key)) return;
    const std::optional<Scalar> written = tunnel.scalar(key);
    if (!written) return;
    tunnel.complain(written->place, key,
                    "the clear side is port " + quoted(port.name) +
                        " of DPDK, without a TUN device or routes of the kernel; leave it out");
}

void check_host_interface(const Section& tunnel, const std::string& host_interface, const std::string& interface) {
    if (interface != host_interface) return;
    const std::optional<Scalar> written = tunnel.scalar("interface");
    if (!written && tunnel.extent() == Extent::kPart) return;
    tunnel.complain(written ? written->place : tunnel.place(), "interface",
                    quoted(interface) + " is dpdk.host_interface; give one of the two another name");
}

}  // namespace

const dataplane::PortOptions* clear_port(const dataplane::DpdkOptions& dpdk) {
    const auto found = std::find_if(dpdk.ports.begin(), dpdk.ports.end(), on_clear_side);
    return found == dpdk.ports.end() ? nullptr : &*found;
}

void check_dpdk(const Section& tunnel, const dataplane::DpdkOptions& dpdk, const gateway::TunnelOptions& read) {
    const std::vector<IpAddress> own = cipher_addresses(dpdk);
    if (read.ike.local_address) {
        check_local(tunnel, own, *read.ike.local_address);
    } else if (read.ike.remote_address) {
        check_remote(tunnel, own, *read.ike.remote_address);
    }
    check_peer(tunnel, dpdk, read);
    const dataplane::PortOptions* port = clear_port(dpdk);
    if (port == nullptr) return check_host_interface(tunnel, dpdk.host_interface, read.interface);
    if (read.ike.virtual_address) {
        tunnel.complain(tunnel.place(), "local.subnets",
                        "the clear side is port " + quoted(port->name) +
                            " of DPDK, which cannot be given an address by a peer; write the subnets");
    }
    refuse_device_key(tunnel, "interface", *port);
    refuse_device_key(tunnel, "routes", *port);
}

}  // namespace esplane::config
