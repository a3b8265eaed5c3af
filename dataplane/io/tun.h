// TUN devices: the clear side of the gateway in the kernel's routing.
#pragma once

#include <string>
#include <vector>

#include "crypto/result.h"
#include "dataplane/io/buffers.h"
#include "dataplane/io/coalescer.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/io/segmenter.h"
#include "dataplane/io/waiter.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// A device, and what its kernel can do.
struct Tun {
    std::vector<FileDescriptor> queues;
    OffloadSupport offload;
};

/// Creates a TUN device of so many queues that lives as long as any of their descriptors; not up, without addresses.
/// Linux puts a flow's packets into the queue that its other direction was last written to (tun_automq_select_queue).
/// The error says what to do.
Result<Tun, std::string> open_tun(const std::string& device, std::size_t queues);

/// A PacketIo over any number of TUN devices. A super-packet out of a device becomes segments; segments of one flow
/// become a super-packet into it. Does not own the descriptors, which `waiter` watches as long as they are attached.
class TunIo {
  public:
    explicit TunIo(Waiter& waiter);
    void attach(ClearPort port, int fd, OffloadSupport offload);
    void detach(ClearPort port);

    std::size_t rx(std::span<Received> in);
    bool has_backlog() const { return !segmenter_.done(); }
    void release() {}
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<Slot> out);
    std::size_t flush();

  private:
    static constexpr std::size_t kNoBuffer = ~std::size_t{0};

    struct Device {
        ClearPort port{};
        int fd = -1;
    };
    int descriptor_of(ClearPort port) const;
    /// Of the buffers lent last, the first's number.
    std::size_t lent_from() const { return second_half_ ? kBurst : 0; }
    bool write_train(std::size_t train);
    std::size_t read_from(const Device& device, std::span<Received> in, std::size_t filled);
    std::size_t cut(std::span<Received> in, std::size_t filled);
    /// One in which nothing of this burst stands.
    std::size_t free_buffer() const { return next_buffer_ == first_buffer_ ? next_buffer_ + 1 : next_buffer_; }

    Waiter& waiter_;
    std::vector<Device> devices_;
    std::size_t first_ = 0;  // whose turn it is to be read first
    Buffers received_;
    std::vector<SegmentHeaders> headers_;  // of a burst
    Segmenter segmenter_;
    std::size_t cut_buffer_ = kNoBuffer;    // of the super-packet that is being cut
    std::size_t first_buffer_ = kNoBuffer;  // of the super-packet that the burst begins in the middle of
    std::size_t next_buffer_ = 0;
    ClearPort cut_port_{};
    Buffers sending_;           // two bursts, lent in turn while packets of one are held
    bool second_half_ = false;  // it is the one to lend
    OffloadSupport takes_;      // of all devices, which are of one kernel
    Coalescer coalescer_;
};

}  // namespace esplane::dataplane
