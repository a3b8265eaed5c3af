// The kernel's network interface that lies beneath a port, where a driver such as net_af_packet shares it with the
// kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/packet/address.h"

struct ifreq;

namespace esplane::dataplane {

class KernelInterface {
  public:
    /// `index` as if_nametoindex() has it. Takes it for this port alone, until it ends: the kernel would hand every
    /// packet to each of two that share an interface. The error says who has it.
    static Result<KernelInterface, std::string> take(unsigned index);

    const std::string& name() const { return name_; }
    std::uint32_t mtu_bytes() const;  ///< 0: not known
    bool is_running() const;          ///< it is up and has a carrier, or is not known not to
    /// Those of `addresses` that the kernel has on it, too.
    std::vector<IpAddress> shared(const std::vector<IpAddress>& addresses) const;
    /// Frames that found no room in a queue between the kernel and net_af_packet, since the interface was taken: that
    /// driver does not count them. One thread at a time.
    std::uint64_t missed() const;

  private:
    KernelInterface(std::string name, FileDescriptor claim, std::vector<int> sockets)
        : name_(std::move(name)), claim_(std::move(claim)), sockets_(std::move(sockets)) {}

    bool ask(unsigned long what, ifreq& answer) const;

    std::string name_;
    FileDescriptor claim_;
    std::vector<int> sockets_;  // the driver's
    mutable std::uint64_t missed_ = 0;
};

}  // namespace esplane::dataplane
