// TUN devices: the clear side of the gateway in the kernel's routing.
#pragma once

#include <string>
#include <vector>

#include "crypto/result.h"
#include "dataplane/io/buffers.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// Creates a TUN device that lives as long as the descriptor; not up, without addresses. The error says what to do.
Result<FileDescriptor, std::string> open_tun(const std::string& device);

/// A PacketIo over any number of TUN devices, one packet a system call. Does not own the descriptors.
class TunIo {
  public:
    void attach(ClearPort port, int fd);
    void detach(ClearPort port);

    std::size_t rx(std::span<Received> in);
    void release() {}
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<const Slot> out);

  private:
    struct Device {
        ClearPort port{};
        int fd = -1;
    };
    int descriptor_of(ClearPort port) const;
    std::size_t read_from(const Device& device, std::span<Received> in, std::size_t filled);

    std::vector<Device> devices_;
    std::size_t first_ = 0;  // whose turn it is to be read first
    Buffers received_;
    Buffers sending_;
};

}  // namespace esplane::dataplane
