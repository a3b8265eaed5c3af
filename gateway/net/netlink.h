// The few rtnetlink requests that the gateway makes, over libnl. Every call waits for the kernel's answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/result.h"
#include "gateway/net/route_plan.h"

struct nl_sock;
struct nl_msg;

namespace esplane::gateway {

/// The protocol number that marks our routes and rules among everybody's, so that a later run recognises what a crash
/// left.
inline constexpr std::uint8_t kOwnRoutes = 229;

/// An rtnetlink socket. Errors are sentences: what was asked, what the kernel answered.
class Netlink {
  public:
    static Result<Netlink, std::string> open();

    /// Adds, or replaces the same one. A device route takes a preferred source out of `route.sources` if the host has
    /// one.
    Result<void, std::string> add_route(const Route& route);
    /// Not there is as good as removed.
    Result<void, std::string> remove_route(const Route& route);
    /// Routes in our tables that carry our protocol number; devices by name.
    Result<std::vector<Route>, std::string> our_routes();

    /// Rule and, for the table of default routes, the one in front of it that asks main for longer prefixes. There
    /// already is as good as added.
    Result<void, std::string> add_rule(const Rule& rule, std::uint32_t socket_mark);
    Result<void, std::string> remove_rule(const Rule& rule, std::uint32_t socket_mark);

    /// Looks up the table of the host interface for what is sent from this address, behind the rules of the tunnels.
    Result<void, std::string> add_source_rule(const IpAddress& source);
    /// All of those, of this run and of others.
    Result<void, std::string> remove_source_rules();

    Result<void, std::string> set_link_up(const std::string& device, std::uint32_t mtu_bytes);
    /// Gives a device an address that is alone on its link.
    Result<void, std::string> add_address(const std::string& device, const IpAddress& address);
    /// One that the device does not have is no error, nor is a device that is not there.
    Result<void, std::string> remove_address(const std::string& device, const IpAddress& address);
    /// Every address of the host.
    Result<std::vector<IpAddress>, std::string> addresses();

  private:
    struct Close {
        void operator()(nl_sock* socket) const;
    };
    struct Free {
        void operator()(nl_msg* message) const;
    };
    using Message = std::unique_ptr<nl_msg, Free>;

    explicit Netlink(nl_sock* socket) : socket_(socket) {}
    /// Sends and waits for the acknowledgement: 0, or a negative errno of the kernel.
    int request(Message message);
    void forgo_link_local(int index);
    Message rule_message(int type, int flags, Family family, std::uint32_t priority, std::uint32_t table,
                         std::uint32_t socket_mark);

    std::unique_ptr<nl_sock, Close> socket_;
};

}  // namespace esplane::gateway
