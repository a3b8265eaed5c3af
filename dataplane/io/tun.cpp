#include "dataplane/io/tun.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "dataplane/io/tun_device.h"

namespace esplane::dataplane {
namespace {

/// The most that the kernel takes; without any of it, it cuts and sums by itself.
OffloadSupport ask_for_offload(int fd) {
    constexpr unsigned kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    constexpr unsigned kUdp = kTunOffloadUdpIpv4 | kTunOffloadUdpIpv6;
    if (ioctl(fd, TUNSETOFFLOAD, kTcp | kUdp) == 0) return {.tcp = true, .udp = true};
    if (ioctl(fd, TUNSETOFFLOAD, kTcp) == 0) return {.tcp = true};
    return {};
}

/// So that a burst of small packets finds room while the worker does not run (decision 0009). Linux has 500 by itself.
void lengthen_queues(const std::string& device) {
    constexpr int kPackets = 2000;
    ifreq request{};
    std::copy(device.begin(), device.end(), request.ifr_name);
    request.ifr_qlen = kPackets;
    const FileDescriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Refused, the device works, and drops earlier.
    if (any.is_open()) ioctl(any.get(), SIOCSIFTXQLEN, &request);
}

/// Whether a read that brought no packet took one: Linux throws away what it cannot describe by an offload header, and
/// says EINVAL. Such a packet is handed out empty, and counted as malformed like one that we cannot make sense of.
bool was_lost(ssize_t length) {
    return length > 0 || (length < 0 && errno == EINVAL);
}

}  // namespace

Result<Tun, std::string> open_tun(const std::string& device, std::size_t queues) {
    Tun tun;
    for (std::size_t i = 0; i < queues; ++i) {
        FileDescriptor queue = open_tun_device(device, IFF_VNET_HDR | (queues > 1 ? IFF_MULTI_QUEUE : 0));
        if (!queue.is_open()) return Failure{tun_failure(device, errno, "interface")};
        tun.queues.push_back(std::move(queue));
    }
    lengthen_queues(device);
    tun.offload = ask_for_offload(tun.queues.front().get());  // of the whole device
    return tun;
}

TunIo::TunIo(Waiter& waiter)
    : waiter_(waiter), received_(kBurst + 2), headers_(kBurst), sending_(Coalescer::kMostPackets) {}

void TunIo::attach(ClearPort port, int fd, OffloadSupport offload) {
    takes_ = devices_.empty() ? offload : takes_ & offload;
    devices_.push_back({port, fd});
    waiter_.add(fd);
}

void TunIo::detach(ClearPort port) {
    std::erase_if(devices_, [&](const Device& device) {
        if (device.port != port) return false;
        waiter_.remove(device.fd);
        return true;
    });
    first_ = 0;
}

std::size_t TunIo::rx(std::span<Received> in) {
    first_buffer_ = segmenter_.done() ? kNoBuffer : cut_buffer_;
    next_buffer_ = 0;
    std::size_t filled = cut(in, 0);
    for (std::size_t i = 0; i < devices_.size() && filled < in.size(); ++i) {
        const Device& device = devices_[(first_ + i) % devices_.size()];
        if (waiter_.is_readable(device.fd)) filled += read_from(device, in, filled);
    }
    // A device that keeps a burst full must not starve the others.
    if (!devices_.empty()) first_ = (first_ + 1) % devices_.size();
    return filled;
}

std::size_t TunIo::read_from(const Device& device, std::span<Received> in, std::size_t filled) {
    const std::size_t before = filled;
    while (filled < in.size()) {
        const std::size_t number = free_buffer();
        std::uint8_t* const buffer = received_.at(number);
        // One piece of memory costs a small packet's read a tenth less than two.
        OffloadHeader offload;
        const ssize_t length = read(device.fd, buffer - sizeof offload, sizeof offload + Buffers::kCapacity);
        if (length <= static_cast<ssize_t>(sizeof offload)) {
            if (!was_lost(length)) break;
            in[filled++] = {.port = device.port};
            continue;
        }
        std::memcpy(&offload, buffer - sizeof offload, sizeof offload);
        next_buffer_ = number + 1;
        const MutableByteView packet(buffer, static_cast<std::size_t>(length) - sizeof offload);
        const Segmenter::Verdict verdict = segmenter_.begin(offload, packet);
        if (verdict == Segmenter::Verdict::kCut) {
            cut_buffer_ = number;
            cut_port_ = device.port;
            filled += cut(in, filled);
        } else {
            // Of a broken one nothing is left, which the pipeline refuses and counts as malformed.
            const std::size_t kept = verdict == Segmenter::Verdict::kWhole ? packet.size() : 0;
            in[filled++] = {.octets = packet.first(kept), .port = device.port};
        }
    }
    return filled - before;
}

std::size_t TunIo::cut(std::span<Received> in, std::size_t filled) {
    const std::size_t before = filled;
    for (; filled < in.size() && !segmenter_.done(); ++filled) {
        in[filled] = segmenter_.next(headers_[filled]);
        in[filled].port = cut_port_;
    }
    return filled - before;
}

void TunIo::slots(std::span<Slot> lent) {
    for (std::size_t i = 0; i < lent.size(); ++i)
        lent[i] = {.octets = sending_.at(lent_from() + i), .capacity = Buffers::kCapacity};
}

static_assert(sizeof(OffloadHeader) <= Buffers::kHeadroom, "it goes before packets in both directions");

std::size_t TunIo::tx(std::span<Slot> out) {
    const std::size_t first = lent_from();
    coalescer_.group(out, first, takes_);
    // What began in the other half goes now: that half is lent next.
    const auto is_held = [&](std::size_t train) {
        const std::size_t begin = coalescer_.first(train);
        return coalescer_.is_open(train) && begin >= first && begin < first + kBurst;
    };
    std::size_t failed = 0;
    for (std::size_t train = 0; train < coalescer_.trains(); ++train) {
        if (is_held(train) || write_train(train)) continue;
        failed += coalescer_.packets(train);
        coalescer_.for_each(train, [&](std::size_t packet) {
            if (packet >= first && packet < first + out.size()) out[packet - first].refused = true;
        });
    }
    coalescer_.forget(is_held);
    if (coalescer_.trains() > 0) second_half_ = !second_half_;
    return failed;
}

std::size_t TunIo::flush() {
    std::size_t failed = 0;
    for (std::size_t train = 0; train < coalescer_.trains(); ++train) {
        if (!write_train(train)) failed += coalescer_.packets(train);
    }
    coalescer_.forget([](std::size_t) { return false; });
    return failed;
}

bool TunIo::write_train(std::size_t train) {
    const std::span<const iovec> pieces = coalescer_.finish(train);
    const int fd = descriptor_of(coalescer_.port(train));
    if (pieces.size() == 1) return write(fd, pieces[0].iov_base, pieces[0].iov_len) >= 0;
    return writev(fd, pieces.data(), static_cast<int>(pieces.size())) >= 0;
}

int TunIo::descriptor_of(ClearPort port) const {
    for (const Device& device : devices_) {
        if (device.port == port) return device.fd;
    }
    return -1;
}

}  // namespace esplane::dataplane
