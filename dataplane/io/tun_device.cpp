#include "dataplane/io/tun_device.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace esplane::dataplane {
namespace {

std::string advice(int error, std::string_view key) {
    const std::string choose_another = "choose another `" + std::string(key) + "`";
    switch (error) {
        case ENOENT:
        case ENODEV:
            return "; load the module tun, or give the container the device /dev/net/tun";
        case EPERM:
        case EACCES:
            return "; esplane needs CAP_NET_ADMIN: run it as root or by its service unit";
        case EBUSY:
            return "; another program holds the device, or made it: " + choose_another;
        case EINVAL:
            return "; a device of this name exists and is no TUN device, or not of as many queues as there are "
                   "workers: " +
                   choose_another;
        default:
            return "";
    }
}

}  // namespace

FileDescriptor open_tun_device(const std::string& device, int flags) {
    ifreq request{};
    request.ifr_flags = static_cast<short>(IFF_TUN | IFF_NO_PI | flags);
    if (device.size() >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return {};
    }
    std::copy(device.begin(), device.end(), request.ifr_name);
    FileDescriptor fd(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (fd.is_open() && ioctl(fd.get(), TUNSETIFF, &request) != 0) return {};
    return fd;
}

std::string tun_failure(const std::string& device, int error, std::string_view key) {
    return "cannot create TUN device " + device + ": " + std::strerror(error) + advice(error, key);
}

}  // namespace esplane::dataplane
