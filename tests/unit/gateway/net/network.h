// A network of a test's own, and devices in it.
#pragma once

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <iostream>

#include "gateway/net/routing.h"

namespace esplane::gateway::test {

inline constexpr std::uint32_t kMark = 0x65737000;

inline Prefix prefix(const char* text) {
    return Prefix::parse(text).value();
}

/// Every test case starts in a network without devices, routes or rules of anybody's.
inline bool enter_empty_network() {
    if (unshare(CLONE_NEWNET) == 0) return true;
    std::cerr << "SKIPPED: cannot make a network namespace (needs root): " << std::strerror(errno) << '\n';
    return false;
}

/// A TUN device that lives as long as the object, as a gateway's does.
class TunDevice {
  public:
    explicit TunDevice(const char* name) : fd_(open("/dev/net/tun", O_RDWR | O_CLOEXEC)) {
        ifreq request{};
        request.ifr_flags = IFF_TUN | IFF_NO_PI;
        std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
        REQUIRE(fd_ >= 0);
        REQUIRE(ioctl(fd_, TUNSETIFF, &request) == 0);
    }
    ~TunDevice() { close(fd_); }
    TunDevice(const TunDevice&) = delete;
    TunDevice& operator=(const TunDevice&) = delete;

  private:
    int fd_;
};

}  // namespace esplane::gateway::test
