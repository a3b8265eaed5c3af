// Any octets as a configuration: they load, or every problem has a place in the file. Never anything else.
#include <cstdlib>
#include <string_view>

#include "config/load.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void require_ports(const esplane::dataplane::DpdkOptions& dpdk, std::size_t workers) {
    bool cipher = false;
    for (const auto& port : dpdk.ports) {
        cipher = cipher || port.role != esplane::dataplane::PortRole::kClear;
        require(!port.name.empty() && !port.device.empty() && !port.addresses.empty());
        require(port.queues == 0 || port.queues >= workers);
        require(port.gateways.size() <= 2 && port.mtu_bytes >= 576);
    }
    require(cipher);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view yaml(reinterpret_cast<const char*>(data), size);
    const auto loaded = esplane::config::load_text(yaml, "fuzz.yaml", "/nonexistent");
    if (loaded) {
        if (const auto& dpdk = loaded.value().dataplane.dpdk)
            require_ports(*dpdk, loaded.value().dataplane.cpus.size());
        for (const auto& tunnel : loaded.value().tunnels) {
            // What the gateway takes for granted of a configuration that loads.
            require(tunnel.ike.psk != nullptr && !tunnel.ike.psk->empty());
            require(!tunnel.ike.ike_proposals.empty() && !tunnel.ike.esp_proposals.empty());
            require(!tunnel.ike.children.empty());
            for (const auto& child : tunnel.ike.children)
                require(!child.selectors.local.empty() && !child.selectors.remote.empty());
            require(!tunnel.local_prefixes.empty() && !tunnel.remote_prefixes.empty());
            require(!tunnel.ike.local_id.value.empty());
            require(tunnel.ike.esp_rekey_margin * 2 < tunnel.ike.esp_lifetime);
            require(tunnel.ike.remote_address || tunnel.ike.start == esplane::ike::StartMode::kListen);
        }
        return 0;
    }
    require(!loaded.error().empty());
    for (const auto& problem : loaded.error()) {
        require(problem.line >= 1 && problem.column >= 1 && !problem.message.empty());
    }
    return 0;
}
