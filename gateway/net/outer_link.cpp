#include "gateway/net/outer_link.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <memory>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

using Socket = std::unique_ptr<nl_sock, decltype(&nl_socket_free)>;
using Message = std::unique_ptr<nl_msg, decltype(&nlmsg_free)>;

struct Way {
    int link = 0;           ///< interface index; 0: none
    std::uint32_t mtu = 0;  ///< written by an operator; 0: none
};

int read_route(nl_msg* message, void* result) {
    auto& route = *static_cast<Way*>(result);
    nlattr* attributes[RTA_MAX + 1] = {};
    if (nlmsg_parse(nlmsg_hdr(message), sizeof(rtmsg), attributes, RTA_MAX, nullptr) < 0) return NL_OK;
    if (attributes[RTA_OIF] != nullptr) route.link = static_cast<int>(nla_get_u32(attributes[RTA_OIF]));
    if (attributes[RTA_METRICS] == nullptr) return NL_OK;
    // A route that expires is what the kernel has learnt.
    if (attributes[RTA_CACHEINFO] != nullptr) {
        const auto* cached = static_cast<const rta_cacheinfo*>(nla_data(attributes[RTA_CACHEINFO]));
        if (cached->rta_expires != 0) return NL_OK;
    }
    nlattr* metrics[RTAX_MAX + 1] = {};
    if (nla_parse_nested(metrics, RTAX_MAX, attributes[RTA_METRICS], nullptr) < 0) return NL_OK;
    if (metrics[RTAX_MTU] != nullptr) route.mtu = nla_get_u32(metrics[RTAX_MTU]);
    return NL_OK;
}

Way look_up(const IpAddress& peer, std::uint32_t socket_mark) {
    Way route;
    const Socket socket(nl_socket_alloc(), nl_socket_free);
    if (!socket || nl_connect(socket.get(), NETLINK_ROUTE) < 0) return route;
    const Message message(nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST), nlmsg_free);
    rtmsg header{};
    header.rtm_family = peer.family() == Family::kIpv4 ? AF_INET : AF_INET6;
    header.rtm_dst_len = static_cast<unsigned char>(peer.bits());
    nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
    nla_put(message.get(), RTA_DST, peer.bits() / 8, peer.octets().data());
    nla_put_u32(message.get(), RTA_MARK, socket_mark);
    nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, read_route, &route);
    nl_socket_disable_auto_ack(socket.get());
    if (nl_send_auto(socket.get(), message.get()) >= 0) nl_recvmsgs_default(socket.get());
    return route;
}

std::optional<std::uint32_t> device_mtu(int link) {
    ifreq request{};
    if (if_indextoname(static_cast<unsigned>(link), request.ifr_name) == nullptr) return std::nullopt;
    const dataplane::FileDescriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!any.is_open() || ioctl(any.get(), SIOCGIFMTU, &request) != 0) return std::nullopt;
    return static_cast<std::uint32_t>(request.ifr_mtu);
}

}  // namespace

std::optional<std::uint32_t> link_mtu_towards(const IpAddress& peer, std::uint32_t socket_mark) {
    const Way route = look_up(peer, socket_mark);
    if (route.mtu != 0) return route.mtu;
    return route.link == 0 ? std::nullopt : device_mtu(route.link);
}

}  // namespace esplane::gateway
