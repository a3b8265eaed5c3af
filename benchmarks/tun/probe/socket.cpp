#include "benchmarks/tun/probe/socket.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace esplane::bench::probe {

void fail(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

Socket::Socket(int type, int protocol) : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, protocol)) {
    if (fd_ < 0) fail("socket");
    for (const int option : {SO_SNDBUFFORCE, SO_RCVBUFFORCE})
        if (setsockopt(fd_, SOL_SOCKET, option, &kSocketBuffer, sizeof kSocketBuffer) != 0) fail("socket buffer");
}

Socket::~Socket() {
    close(fd_);
}

void Socket::bind(const sockaddr_in& address) {
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
}

void Socket::connect(const sockaddr_in& address) {
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
}

void Socket::set_timeout(int milliseconds) {
    const timeval timeout{milliseconds / 1000, milliseconds % 1000 * 1000};
    if (setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0) fail("SO_RCVTIMEO");
}

sockaddr_in endpoint(const std::string& address, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    if (inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1)
        throw std::invalid_argument(address + " is not an IPv4 address");
    return result;
}

}  // namespace esplane::bench::probe
