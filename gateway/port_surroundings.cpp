#include "gateway/port_surroundings.h"

namespace esplane::gateway {
namespace {

constexpr dataplane::ClearPort kAllPorts{1};

}  // namespace

Result<dataplane::ClearPort, std::string> PortSurroundings::acquire(const std::string&, std::uint32_t) {
    if (!open_) {
        if (auto opened = dataplane_.open_port({.port = kAllPorts, .device = {}}); !opened)
            return Failure{opened.error()};
        open_ = true;
    }
    return kAllPorts;
}

}  // namespace esplane::gateway
