#include "gateway/net/network_changes.h"

#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "gateway/net/netlink.h"

namespace esplane::gateway {
namespace {

bool is_own_route(const nlmsghdr* header) {
    if (header->nlmsg_type != RTM_NEWROUTE && header->nlmsg_type != RTM_DELROUTE) return false;
    return nlmsg_valid_hdr(header, sizeof(rtmsg)) != 0 &&
           static_cast<const rtmsg*>(nlmsg_data(header))->rtm_protocol == kOwnRoutes;
}

int note(nl_msg* message, void* changed) {
    if (!is_own_route(nlmsg_hdr(message))) *static_cast<bool*>(changed) = true;
    return NL_OK;
}

}  // namespace

void NetworkChanges::Close::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}

Result<NetworkChanges, std::string> NetworkChanges::open() {
    NetworkChanges made(nl_socket_alloc());
    nl_sock* socket = made.socket_.get();
    int error = socket == nullptr ? -NLE_NOMEM : nl_connect(socket, NETLINK_ROUTE);
    if (error == 0) {
        nl_socket_disable_seq_check(socket);  // notifications answer nothing
        error = nl_socket_add_memberships(socket, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                          RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
                                          RTNLGRP_NONE);
    }
    if (error == 0) error = nl_socket_set_nonblocking(socket);
    if (error < 0) return Failure{std::string("cannot hear of changes of the network: ") + nl_geterror(error)};
    return made;
}

int NetworkChanges::descriptor() const {
    return nl_socket_get_fd(socket_.get());
}

bool NetworkChanges::take() {
    bool changed = false;
    nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_CUSTOM, note, &changed);
    for (;;) {
        const int error = nl_recvmsgs_default(socket_.get());
        if (error == -NLE_AGAIN) return changed;
        // Notifications were lost, and what they said with them. Any other error is not to be read away either.
        if (error < 0) changed = true;
        if (error < 0 && error != -NLE_NOMEM) return changed;
    }
}

}  // namespace esplane::gateway
