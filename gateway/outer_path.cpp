#include "gateway/outer_path.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/file_descriptor.h"
#include "gateway/net/outer_link.h"

namespace esplane::gateway {
namespace {

constexpr std::uint16_t kAnyPort = 500;  // routing by port is rare, and IKE is what goes there
constexpr std::uint32_t kHighestMtu = 1500;
constexpr std::uint32_t kLowestMtu = 576;

}  // namespace

Result<OuterPath, std::string> find_outer_path(const IpAddress& peer, std::uint32_t socket_mark) {
    const auto failure = [&] { return Failure{"no way to " + peer.to_string() + ": " + std::strerror(errno)}; };
    const int domain = peer.family() == Family::kIpv4 ? AF_INET : AF_INET6;
    const dataplane::FileDescriptor probe(socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe.is_open()) return failure();
    if (setsockopt(probe.get(), SOL_SOCKET, SO_MARK, &socket_mark, sizeof socket_mark) != 0) return failure();
    sockaddr_storage address{};
    socklen_t length = dataplane::to_socket_address({peer, kAnyPort}, address);
    if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return failure();
    length = sizeof address;
    if (getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) return failure();
    const auto endpoint = dataplane::from_socket_address(address);
    if (!endpoint) return failure();
    const std::uint32_t mtu = link_mtu_towards(peer, socket_mark).value_or(kHighestMtu);
    return OuterPath{endpoint->address, std::clamp(mtu, kLowestMtu, kHighestMtu)};
}

}  // namespace esplane::gateway
