#include "dataplane/io/tun.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace esplane::dataplane {
namespace {

std::string advice(int error) {
    switch (error) {
        case ENOENT:
        case ENODEV:
            return "; load the module tun, or give the container the device /dev/net/tun";
        case EPERM:
        case EACCES:
            return "; esplane needs CAP_NET_ADMIN: run it as root or by its service unit";
        case EBUSY:
            return "; another program holds the device: choose another `interface`";
        case EINVAL:
            return "; a device of this name exists and is no TUN device: choose another `interface`";
        default:
            return "";
    }
}

}  // namespace

Result<FileDescriptor, std::string> open_tun(const std::string& device) {
    const auto failed = [&](int error) {
        return Failure{"cannot create TUN device " + device + ": " + std::strerror(error) + advice(error)};
    };
    FileDescriptor fd(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd.is_open()) return failed(errno);
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (device.size() >= IFNAMSIZ) return failed(ENAMETOOLONG);
    std::copy(device.begin(), device.end(), request.ifr_name);
    if (ioctl(fd.get(), TUNSETIFF, &request) != 0) return failed(errno);
    return fd;
}

void TunIo::attach(ClearPort port, int fd) {
    devices_.push_back({port, fd});
}

void TunIo::detach(ClearPort port) {
    std::erase_if(devices_, [port](const Device& device) { return device.port == port; });
    first_ = 0;
}

std::size_t TunIo::rx(std::span<Received> in) {
    std::size_t filled = 0;
    for (std::size_t i = 0; i < devices_.size() && filled < in.size(); ++i) {
        filled += read_from(devices_[(first_ + i) % devices_.size()], in, filled);
    }
    // A device that keeps a burst full must not starve the others.
    if (!devices_.empty()) first_ = (first_ + 1) % devices_.size();
    return filled;
}

std::size_t TunIo::read_from(const Device& device, std::span<Received> in, std::size_t filled) {
    std::size_t count = 0;
    while (filled + count < in.size()) {
        std::uint8_t* const buffer = received_.at(filled + count);
        const ssize_t length = read(device.fd, buffer, Buffers::kCapacity);
        if (length <= 0) break;
        in[filled + count] = {.octets = {buffer, static_cast<std::size_t>(length)}, .port = device.port};
        ++count;
    }
    return count;
}

void TunIo::slots(std::span<Slot> lent) {
    for (std::size_t i = 0; i < lent.size(); ++i)
        lent[i] = {.octets = sending_.at(i), .capacity = Buffers::kCapacity};
}

std::size_t TunIo::tx(std::span<const Slot> out) {
    std::size_t failed = 0;
    for (const Slot& slot : out) {
        const ssize_t written = write(descriptor_of(slot.port), slot.octets, slot.length);
        if (written != static_cast<ssize_t>(slot.length)) ++failed;
    }
    return failed;
}

int TunIo::descriptor_of(ClearPort port) const {
    for (const Device& device : devices_) {
        if (device.port == port) return device.fd;
    }
    return -1;
}

}  // namespace esplane::dataplane
