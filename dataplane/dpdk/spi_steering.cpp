#include "dataplane/dpdk/spi_steering.h"

#include "dataplane/dpdk/heard_log.h"

namespace esplane::dataplane {
namespace {

/// The port's driver.
class Driver {
  public:
    explicit Driver(std::uint16_t port) : port_(port) {}

    bool takes(const SteeringRule& rule) const {
        rte_flow_error error{};
        return rte_flow_validate(port_, &rule.attributes(), rule.pattern(), rule.actions(), &error) == 0;
    }
    bool add(const SteeringRule& rule) {
        rte_flow_error error{};
        rte_flow* const flow = rte_flow_create(port_, &rule.attributes(), rule.pattern(), rule.actions(), &error);
        if (flow != nullptr) flows_.push_back(flow);
        return flow != nullptr;
    }
    void remove(std::size_t count) {
        for (; count > 0; --count) {
            rte_flow_error error{};
            rte_flow_destroy(port_, flows_.back(), &error);
            flows_.pop_back();
        }
    }

  private:
    std::uint16_t port_;
    std::vector<rte_flow*> flows_;
};

}  // namespace

std::string to_string(const EspBehind& behind) {
    return std::string("esp/") + (behind.udp ? "udp/" : "") + (behind.family == Family::kIpv4 ? "ipv4" : "ipv6");
}

SpiSteering::SpiSteering(std::uint16_t port, std::size_t workers, const SteeringOptions& options) : port_(port) {
    const HeardLog refusals;  // drivers complain of what they are asked for
    Driver driver(port);
    steered_ = steer_esp(driver, workers, options);
}

SpiSteering::~SpiSteering() {
    rte_flow_error error{};
    if (!steered_.empty()) rte_flow_flush(port_, &error);
}

}  // namespace esplane::dataplane
