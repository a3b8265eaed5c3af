// The kernel's side of the host interface: addresses, routes and rules of host_plan.h.
#pragma once

#include <memory>
#include <string>

#include "crypto/result.h"
#include "gateway/net/host_plan.h"
#include "gateway/net/netlink.h"

namespace esplane::gateway {

/// The kernel drops addresses and routes with the device, whose end is its owner's. The rules are removed by the
/// destructor; what a crash left of them, by the next start.
class HostInterface {
  public:
    /// Takes the device up with all that is planned. The error says what the kernel refused.
    static Result<std::unique_ptr<HostInterface>, std::string> open(const HostPlan& plan);
    ~HostInterface();
    HostInterface(const HostInterface&) = delete;
    HostInterface& operator=(const HostInterface&) = delete;

  private:
    explicit HostInterface(Netlink netlink) : netlink_(std::move(netlink)) {}
    Result<void, std::string> apply(const HostPlan& plan);

    Netlink netlink_;
};

}  // namespace esplane::gateway
