#include "dataplane/dpdk/kernel_interface.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "dataplane/io/ancillary.h"

namespace esplane::dataplane {
namespace {

/// A name that only one socket of a network namespace can have, and that ends with its process, however that ends.
Result<FileDescriptor, std::string> claim(const std::string& interface, unsigned index) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const std::string name = "esplane-interface-" + std::to_string(index);
    std::copy(name.begin(), name.end(), address.sun_path + 1);  // behind a zero: not in the file system
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    FileDescriptor fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0) return fd;
    if (errno != EADDRINUSE) return Failure{"cannot claim interface " + interface + ": " + std::strerror(errno)};
    return Failure{"another port has interface " + interface +
                   " already, here or in another esplane that runs. Give each an interface of its own"};
}

std::optional<IpAddress> address_of(const ifaddrs& entry) {
    if (entry.ifa_addr == nullptr) return std::nullopt;
    sockaddr_storage storage{};
    switch (entry.ifa_addr->sa_family) {
        case AF_INET:
            std::memcpy(&storage, entry.ifa_addr, sizeof(sockaddr_in));
            break;
        case AF_INET6:
            std::memcpy(&storage, entry.ifa_addr, sizeof(sockaddr_in6));
            break;
        default:
            return std::nullopt;
    }
    const auto endpoint = from_socket_address(storage);
    return endpoint ? std::optional(endpoint->address) : std::nullopt;
}

/// Those that this process has open on the interface.
std::vector<int> packet_sockets(unsigned index) {
    std::vector<int> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
        const int fd = std::atoi(entry.path().filename().c_str());
        int domain = 0;
        socklen_t length = sizeof domain;
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0 || domain != AF_PACKET) continue;
        sockaddr_ll bound{};
        length = sizeof bound;
        if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) continue;
        if (bound.sll_ifindex == static_cast<int>(index)) found.push_back(fd);
    }
    return found;
}

}  // namespace

Result<KernelInterface, std::string> KernelInterface::take(unsigned index) {
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(index, name.data()) == nullptr)
        return Failure{std::string("its interface is gone: ") + std::strerror(errno)};
    auto claimed = claim(name.data(), index);
    if (!claimed) return Failure{claimed.error()};
    return KernelInterface(name.data(), std::move(*claimed), packet_sockets(index));
}

bool KernelInterface::ask(unsigned long what, ifreq& answer) const {
    name_.copy(answer.ifr_name, IF_NAMESIZE - 1);
    return ioctl(claim_.get(), what, &answer) == 0;
}

std::uint32_t KernelInterface::mtu_bytes() const {
    ifreq answer{};
    return ask(SIOCGIFMTU, answer) ? static_cast<std::uint32_t>(answer.ifr_mtu) : 0;
}

bool KernelInterface::is_running() const {
    ifreq answer{};
    return !ask(SIOCGIFFLAGS, answer) || (answer.ifr_flags & IFF_RUNNING) != 0;
}

std::vector<IpAddress> KernelInterface::shared(const std::vector<IpAddress>& addresses) const {
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(all, &freeifaddrs);
    std::vector<IpAddress> found;
    for (const ifaddrs* entry = all; entry != nullptr; entry = entry->ifa_next) {
        const auto address = name_ == entry->ifa_name ? address_of(*entry) : std::nullopt;
        if (address && std::find(addresses.begin(), addresses.end(), *address) != addresses.end())
            found.push_back(*address);
    }
    return found;
}

std::uint64_t KernelInterface::missed() const {
    for (const int fd : sockets_) {
        tpacket_stats counted{};
        socklen_t length = sizeof counted;
        // The kernel begins anew with each answer.
        if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counted, &length) == 0) missed_ += counted.tp_drops;
    }
    return missed_;
}

}  // namespace esplane::dataplane
