// The host's kernel at the other end of a TUN device, written down once more, plainly, from RFC 9293, RFC 768 and what
// Linux does with super-packets: nothing of it is the program's own code.
#pragma once

#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/io/offload.h"

namespace esplane::dataplane::test {

/// What one read or write of a device carries.
struct Message {
    OffloadHeader offload{};
    Bytes packet;
};

/// A device's two ends: the program's, and the kernel's, through which a test hands packets out and takes them in.
class TunPair {
  public:
    TunPair();
    int device() const { return device_.get(); }
    void hand_out(const Message& message) const;
    void hand_out(ByteView octets) const;  ///< without a header in front, or with half of one
    std::optional<Message> take_in() const;
    std::vector<Message> take_in_all() const;
    /// From now on the device takes nothing.
    void close_kernel() { kernel_ = FileDescriptor(); }

  private:
    FileDescriptor device_;
    FileDescriptor kernel_;
};

/// A whole TCP or UDP packet with right checksums, as the kernel hands it out: the checksum is left to the reader; and
/// with a `segment_size`, so is cutting.
Message without_checksum(Bytes packet, std::uint16_t segment_size = 0);

/// The same packet with 8 octets of IPv4 options that say nothing, or of an IPv6 extension header that says nothing.
Bytes with_ip_options(Bytes packet);

/// Whether Linux would take the message from a program, and do what the header says.
bool kernel_takes(const Message& message);

/// The packets that a message stands for, cut and summed.
std::vector<Bytes> packets_of(const Message& message);

}  // namespace esplane::dataplane::test
