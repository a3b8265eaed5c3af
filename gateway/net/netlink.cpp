#include "gateway/net/netlink.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace esplane::gateway {
namespace {

constexpr std::uint32_t kLongerPrefixesPriority = 5051;
constexpr std::uint32_t kSourcePriority = 5053;

std::uint32_t rule_priority(RouteTable table) {
    return table == RouteTable::kPrefixes ? 5050 : 5052;
}

std::uint8_t address_family(Family family) {
    return family == Family::kIpv4 ? AF_INET : AF_INET6;
}

std::uint8_t route_type(RouteKind kind) {
    switch (kind) {
        case RouteKind::kBlackhole:
            return RTN_BLACKHOLE;
        case RouteKind::kThrow:
            return RTN_THROW;
        case RouteKind::kDevice:
            break;
    }
    return RTN_UNICAST;
}

std::string reason(int error) {
    return std::system_category().message(-error);
}

std::string describe(const Route& route) {
    const char* kind = route.kind == RouteKind::kBlackhole ? "blackhole "
                       : route.kind == RouteKind::kThrow   ? "throw "
                                                           : "";
    std::string text = "route " + std::string(kind) + route.prefix.to_string();
    if (!route.device.empty()) text += " into " + route.device;
    return text;
}

void put_address(nl_msg* message, int attribute, const IpAddress& address) {
    nla_put(message, attribute, static_cast<int>(address.octets().size()), address.octets().data());
}

void put_host_address(nl_msg* message, const std::string& device, const IpAddress& address) {
    ifaddrmsg header{};
    header.ifa_family = address_family(address.family());
    header.ifa_prefixlen = static_cast<std::uint8_t>(address.bits());
    header.ifa_flags = IFA_F_NODAD;
    header.ifa_index = if_nametoindex(device.c_str());
    nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO);
    put_address(message, IFA_LOCAL, address);
    put_address(message, IFA_ADDRESS, address);
}

void put_header_and_destination(nl_msg* message, const Route& route) {
    const rtmsg header{
        .rtm_family = address_family(route.prefix.address.family()),
        .rtm_dst_len = route.prefix.length,
        .rtm_src_len = 0,
        .rtm_tos = 0,
        .rtm_table = RT_TABLE_UNSPEC,
        .rtm_protocol = kOwnRoutes,
        .rtm_scope = static_cast<std::uint8_t>(route.kind == RouteKind::kDevice ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE),
        .rtm_type = route_type(route.kind),
        .rtm_flags = 0};
    nlmsg_append(message, const_cast<rtmsg*>(&header), sizeof header, NLMSG_ALIGNTO);
    put_address(message, RTA_DST, route.prefix.address);
    nla_put_u32(message, RTA_TABLE, static_cast<std::uint32_t>(route.table));
    nla_put_u32(message, RTA_PRIORITY, route.metric);
}

std::optional<IpAddress> preferred_source(const std::vector<IpAddress>& ours, const Route& route) {
    for (const IpAddress& address : ours) {
        if (address.family() != route.prefix.address.family()) continue;
        const bool inside = std::any_of(route.sources.begin(), route.sources.end(),
                                        [&](const Prefix& prefix) { return prefix.contains(address); });
        if (inside) return address;
    }
    return std::nullopt;
}

/// Without a source it stands for all of ours: what a request to remove leaves out is not compared.
void put_source_rule(nl_msg* message, Family family, const std::optional<IpAddress>& source) {
    fib_rule_hdr header{};
    header.family = address_family(family);
    header.src_len = static_cast<std::uint8_t>(source ? source->bits() : 0);
    header.action = FR_ACT_TO_TBL;
    nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_u32(message, FRA_PRIORITY, kSourcePriority);
    nla_put_u32(message, FRA_TABLE, static_cast<std::uint32_t>(RouteTable::kHost));
    nla_put_u8(message, FRA_PROTOCOL, kOwnRoutes);
    if (source) put_address(message, FRA_SRC, *source);
}

/// A kernel without IPv6 has no rules of it either.
bool is_nothing_there(int error) {
    return error == -ENOENT || error == -EAFNOSUPPORT || error == -EOPNOTSUPP;
}

// --- dumps: libnl calls back once a message ---

template <typename Visit>
int visit_valid(nl_msg* message, void* visit) {
    (*static_cast<Visit*>(visit))(nlmsg_hdr(message));
    return NL_OK;
}

template <typename Visit>
int dump(nl_sock* socket, nl_msg* request, Visit visit) {
    if (const int sent = nl_send_auto(socket, request); sent < 0) return -EIO;
    nl_cb* callbacks = nl_cb_alloc(NL_CB_DEFAULT);
    if (callbacks == nullptr) return -ENOMEM;
    nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, visit_valid<Visit>, &visit);
    const int received = nl_recvmsgs(socket, callbacks);
    nl_cb_put(callbacks);
    return received < 0 ? -EIO : 0;
}

std::optional<Route> to_our_route(nlmsghdr* header) {
    nlattr* attributes[RTA_MAX + 1] = {};
    if (nlmsg_parse(header, sizeof(rtmsg), attributes, RTA_MAX, nullptr) < 0) return std::nullopt;
    const auto* route = static_cast<const rtmsg*>(nlmsg_data(header));
    if (route->rtm_protocol != kOwnRoutes || attributes[RTA_TABLE] == nullptr) return std::nullopt;
    const std::uint32_t table = nla_get_u32(attributes[RTA_TABLE]);
    if (table != static_cast<std::uint32_t>(RouteTable::kPrefixes) &&
        table != static_cast<std::uint32_t>(RouteTable::kDefaults)) {
        return std::nullopt;
    }
    Route found;
    found.table = static_cast<RouteTable>(table);
    found.kind = route->rtm_type == RTN_BLACKHOLE ? RouteKind::kBlackhole
                 : route->rtm_type == RTN_THROW   ? RouteKind::kThrow
                                                  : RouteKind::kDevice;
    found.metric = attributes[RTA_PRIORITY] != nullptr ? nla_get_u32(attributes[RTA_PRIORITY]) : 0;
    const Family family = route->rtm_family == AF_INET6 ? Family::kIpv6 : Family::kIpv4;
    found.prefix = {IpAddress::any(family), route->rtm_dst_len};
    if (nlattr* to = attributes[RTA_DST]; to != nullptr) {
        const ByteView octets(static_cast<const std::uint8_t*>(nla_data(to)), static_cast<std::size_t>(nla_len(to)));
        const auto address = IpAddress::from_octets(octets);
        if (!address) return std::nullopt;
        found.prefix.address = *address;
    }
    char name[IF_NAMESIZE] = {};
    if (nlattr* out = attributes[RTA_OIF]; found.kind == RouteKind::kDevice && out != nullptr) {
        if (if_indextoname(nla_get_u32(out), name) != nullptr) found.device = name;
    }
    return found;
}

std::optional<IpAddress> to_address(nlmsghdr* header) {
    nlattr* attributes[IFA_MAX + 1] = {};
    if (nlmsg_parse(header, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr) < 0) return std::nullopt;
    // On point-to-point links IFA_ADDRESS is the peer's; IFA_LOCAL, where there is one, is ours.
    nlattr* value = attributes[IFA_LOCAL] != nullptr ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    if (value == nullptr) return std::nullopt;
    return IpAddress::from_octets(
        {static_cast<const std::uint8_t*>(nla_data(value)), static_cast<std::size_t>(nla_len(value))});
}

}  // namespace

void Netlink::Close::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}
void Netlink::Free::operator()(nl_msg* message) const {
    nlmsg_free(message);
}

Result<Netlink, std::string> Netlink::open() {
    nl_sock* socket = nl_socket_alloc();
    if (socket == nullptr) return Failure{std::string("netlink: out of memory")};
    Netlink netlink(socket);
    if (const int error = nl_connect(socket, NETLINK_ROUTE); error < 0) {
        return Failure{std::string("cannot open an rtnetlink socket: ") + nl_geterror(error)};
    }
    return netlink;
}

int Netlink::request(Message message) {
    if (nl_send_auto(socket_.get(), message.get()) < 0) return -EIO;
    // nl_wait_for_ack reports libnl's own numbers; the kernel's errno, needed to tell EEXIST from EPERM, comes by
    // callback.
    int answer = 0;
    nl_cb* callbacks = nl_cb_alloc(NL_CB_DEFAULT);
    if (callbacks == nullptr) return -ENOMEM;
    nl_cb_set(
        callbacks, NL_CB_ACK, NL_CB_CUSTOM, [](nl_msg*, void*) -> int { return NL_STOP; }, nullptr);
    nl_cb_err(
        callbacks, NL_CB_CUSTOM,
        [](sockaddr_nl*, nlmsgerr* error, void* to) -> int {
            *static_cast<int*>(to) = error->error;
            return NL_STOP;
        },
        &answer);
    const int received = nl_recvmsgs(socket_.get(), callbacks);
    nl_cb_put(callbacks);
    return answer != 0 ? answer : received < 0 ? -EIO : 0;
}

Result<void, std::string> Netlink::add_route(const Route& route) {
    Message message(nlmsg_alloc_simple(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE));
    put_header_and_destination(message.get(), route);
    if (route.kind == RouteKind::kDevice) {
        const unsigned index = if_nametoindex(route.device.c_str());
        if (index == 0) return Failure{"cannot lay " + describe(route) + ": there is no such device"};
        nla_put_u32(message.get(), RTA_OIF, index);
        auto ours = addresses();
        if (!ours) return Failure{ours.error()};
        if (const auto source = preferred_source(*ours, route)) put_address(message.get(), RTA_PREFSRC, *source);
        if (route.mtu_bytes != 0) {
            nlattr* metrics = nla_nest_start(message.get(), RTA_METRICS);
            nla_put_u32(message.get(), RTAX_MTU, route.mtu_bytes);
            nla_nest_end(message.get(), metrics);
        }
    }
    if (const int error = request(std::move(message)); error < 0) {
        return Failure{"cannot lay " + describe(route) + ": " + reason(error)};
    }
    return {};
}

Result<void, std::string> Netlink::remove_route(const Route& route) {
    Message message(nlmsg_alloc_simple(RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK));
    put_header_and_destination(message.get(), route);
    const int error = request(std::move(message));
    if (error < 0 && error != -ESRCH && error != -ENOENT && error != -ENODEV) {
        return Failure{"cannot remove " + describe(route) + ": " + reason(error)};
    }
    return {};
}

Result<std::vector<Route>, std::string> Netlink::our_routes() {
    std::vector<Route> found;
    for (const int family : {AF_INET, AF_INET6}) {
        Message message(nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP));
        rtmsg header{};
        header.rtm_family = static_cast<unsigned char>(family);
        nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
        const int error = dump(socket_.get(), message.get(), [&](nlmsghdr* entry) {
            if (const auto route = to_our_route(entry)) found.push_back(*route);
        });
        if (error < 0) return Failure{"cannot list routes: " + reason(error)};
    }
    return found;
}

Netlink::Message Netlink::rule_message(int type, int flags, Family family, std::uint32_t priority, std::uint32_t table,
                                       std::uint32_t socket_mark) {
    Message message(nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags));
    fib_rule_hdr header{};
    header.family = address_family(family);
    header.action = FR_ACT_TO_TBL;
    header.flags = FIB_RULE_INVERT;  // every packet but those with the mark
    nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_u32(message.get(), FRA_PRIORITY, priority);
    nla_put_u32(message.get(), FRA_TABLE, table);
    nla_put_u32(message.get(), FRA_FWMARK, socket_mark);
    nla_put_u32(message.get(), FRA_FWMASK, 0xffffffff);
    nla_put_u8(message.get(), FRA_PROTOCOL, kOwnRoutes);
    if (table == RT_TABLE_MAIN) nla_put_u32(message.get(), FRA_SUPPRESS_PREFIXLEN, 0);
    return message;
}

Result<void, std::string> Netlink::add_rule(const Rule& rule, std::uint32_t socket_mark) {
    const int flags = NLM_F_CREATE | NLM_F_EXCL;
    const auto add = [&](std::uint32_t priority, std::uint32_t table) {
        return request(rule_message(RTM_NEWRULE, flags, rule.family, priority, table, socket_mark));
    };
    int error = 0;
    if (rule.table == RouteTable::kDefaults) error = add(kLongerPrefixesPriority, RT_TABLE_MAIN);
    if (error == 0 || error == -EEXIST) error = add(rule_priority(rule.table), static_cast<std::uint32_t>(rule.table));
    if (error < 0 && error != -EEXIST) {
        return Failure{"cannot add the rule that looks up table " +
                       std::to_string(static_cast<std::uint32_t>(rule.table)) + ": " + reason(error)};
    }
    return {};
}

Result<void, std::string> Netlink::remove_rule(const Rule& rule, std::uint32_t socket_mark) {
    const auto remove = [&](std::uint32_t priority, std::uint32_t table) {
        const int error = request(rule_message(RTM_DELRULE, 0, rule.family, priority, table, socket_mark));
        return is_nothing_there(error) ? 0 : error;
    };
    int error = remove(rule_priority(rule.table), static_cast<std::uint32_t>(rule.table));
    if (error == 0 && rule.table == RouteTable::kDefaults) error = remove(kLongerPrefixesPriority, RT_TABLE_MAIN);
    if (error < 0) {
        return Failure{"cannot remove the rule that looks up table " +
                       std::to_string(static_cast<std::uint32_t>(rule.table)) + ": " + reason(error)};
    }
    return {};
}

Result<void, std::string> Netlink::add_source_rule(const IpAddress& source) {
    Message message(nlmsg_alloc_simple(RTM_NEWRULE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL));
    put_source_rule(message.get(), source.family(), source);
    if (const int error = request(std::move(message)); error < 0) {
        return Failure{"cannot add the rule for what is sent from " + source.to_string() + ": " + reason(error)};
    }
    return {};
}

Result<void, std::string> Netlink::remove_source_rules() {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        int error = 0;
        while (error == 0) {  // one goes at a time
            Message message(nlmsg_alloc_simple(RTM_DELRULE, NLM_F_REQUEST | NLM_F_ACK));
            put_source_rule(message.get(), family, std::nullopt);
            error = request(std::move(message));
        }
        if (!is_nothing_there(error)) {
            return Failure{"cannot remove the rules for what is sent from the ports' addresses: " + reason(error)};
        }
    }
    return {};
}

// Without an address of its own the device sends no router solicitations, which fit no tunnel and would be counted as
// drops. Best effort: a kernel without IPv6 knows no such setting, and needs none.
void Netlink::forgo_link_local(int index) {
    Message message(nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK));
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = index;
    nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
    nlattr* families = nla_nest_start(message.get(), IFLA_AF_SPEC);
    nlattr* ipv6 = nla_nest_start(message.get(), AF_INET6);
    nla_put_u8(message.get(), IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    nla_nest_end(message.get(), ipv6);
    nla_nest_end(message.get(), families);
    (void)request(std::move(message));
}

Result<void, std::string> Netlink::set_link_up(const std::string& device, std::uint32_t mtu_bytes) {
    Message message(nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK));
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = static_cast<int>(if_nametoindex(device.c_str()));
    forgo_link_local(header.ifi_index);
    header.ifi_flags = IFF_UP;
    header.ifi_change = IFF_UP;
    nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_u32(message.get(), IFLA_MTU, mtu_bytes);
    if (const int error = request(std::move(message)); error < 0) {
        return Failure{"cannot take device " + device + " up with MTU " + std::to_string(mtu_bytes) + ": " +
                       reason(error)};
    }
    return {};
}

Result<void, std::string> Netlink::add_address(const std::string& device, const IpAddress& address) {
    Message message(nlmsg_alloc_simple(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE));
    put_host_address(message.get(), device, address);
    if (const int error = request(std::move(message)); error < 0) {
        const bool v6 = address.family() == Family::kIpv6;
        return Failure{
            "cannot give device " + device + " the address " + address.to_string() + ": " + reason(error) +
            (v6 ? "; the kernel may have IPv6 switched off: look at `sysctl net.ipv6.conf.all.disable_ipv6`" : "")};
    }
    return {};
}

Result<void, std::string> Netlink::remove_address(const std::string& device, const IpAddress& address) {
    if (if_nametoindex(device.c_str()) == 0) return {};
    Message message(nlmsg_alloc_simple(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK));
    put_host_address(message.get(), device, address);
    const int error = request(std::move(message));
    if (error < 0 && error != -NLE_NOADDR) {
        return Failure{"cannot take the address " + address.to_string() + " from device " + device + ": " +
                       reason(error)};
    }
    return {};
}

Result<std::vector<IpAddress>, std::string> Netlink::addresses() {
    std::vector<IpAddress> found;
    Message message(nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP));
    ifaddrmsg header{};
    header.ifa_family = AF_UNSPEC;
    nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
    const int error = dump(socket_.get(), message.get(), [&](nlmsghdr* entry) {
        if (const auto address = to_address(entry)) found.push_back(*address);
    });
    if (error < 0) return Failure{"cannot list addresses: " + reason(error)};
    return found;
}

}  // namespace esplane::gateway
