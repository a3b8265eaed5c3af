// Has a NIC put ESP into the queue of the worker that has its SA, where its driver can (rte_flow). What it cannot is
// spread by RSS or as the driver pleases, and workers hand over what is another's.
#pragma once

#include <string>
#include <vector>

#include "dataplane/dpdk/steering_rule.h"

namespace esplane::dataplane {

/// All ways that ESP comes.
inline constexpr std::array<EspBehind, 4> kWaysOfEsp = {
    {{Family::kIpv4, false}, {Family::kIpv6, false}, {Family::kIpv4, true}, {Family::kIpv6, true}}};

/// As status says it: "esp/ipv4", "esp/udp/ipv6".
std::string to_string(const EspBehind& behind);

/// Installs a rule for each worker, for each way of ESP that the device has rules for: for all workers, or none of that
/// way. Returns those ways. `device`:
///
/// takes   whether the driver would take this SteeringRule
/// add     installs it; false when it was not taken after all
/// remove  undoes the last `count` of add
template <typename Device>
std::vector<EspBehind> steer_esp(Device& device, std::size_t workers, SteeringOptions options) {
    const auto takes_all = [&](const EspBehind& behind) {
        if (!device.takes(SteeringRule(behind, WorkerId{0}, options))) return false;
        for (std::size_t worker = 0; worker < workers; ++worker) {
            if (device.add(SteeringRule(behind, WorkerId{static_cast<std::uint8_t>(worker)}, options))) continue;
            device.remove(worker);
            return false;
        }
        return true;
    };
    std::vector<EspBehind> steered;
    for (const EspBehind& behind : kWaysOfEsp) {
        options.spares_fragments = true;
        bool taken = takes_all(behind);
        if (!taken && behind.family == Family::kIpv4) {
            options.spares_fragments = false;
            taken = takes_all(behind);
        }
        if (taken) steered.push_back(behind);
    }
    return steered;
}

/// The rules of one port, which end with it.
class SpiSteering {
  public:
    /// `port`: DPDK's number of one that runs, with a queue for each worker.
    SpiSteering(std::uint16_t port, std::size_t workers, const SteeringOptions& options);
    ~SpiSteering();
    SpiSteering(const SpiSteering&) = delete;
    SpiSteering& operator=(const SpiSteering&) = delete;

    const std::vector<EspBehind>& steered() const { return steered_; }

  private:
    std::uint16_t port_;
    std::vector<EspBehind> steered_;
};

}  // namespace esplane::dataplane
