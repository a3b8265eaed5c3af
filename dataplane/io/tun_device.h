// The Linux TUN device itself (Documentation/networking/tuntap.rst): packets of the kernel's, a read or a write each.
#pragma once

#include <string>
#include <string_view>

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

/// A queue of a TUN device, made for the first one, that lives as long as any of its queues; not up, without addresses.
/// Packets stand alone, without a header of the driver's before them, unless `flags` (IFF_...) want one. Reads and
/// writes do not wait. Not open, with errno, when the kernel has no such device and makes none.
FileDescriptor open_tun_device(const std::string& device, int flags);

/// What to tell the operator then; `key` is what the device's name is configured by.
std::string tun_failure(const std::string& device, int error, std::string_view key);

}  // namespace esplane::dataplane
