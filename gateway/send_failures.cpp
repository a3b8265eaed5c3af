#include "gateway/send_failures.h"

#include <cstring>
#include <string>

#include "gateway/log.h"

namespace esplane::gateway {
namespace {

constexpr std::chrono::seconds kQuiet{10};

}  // namespace

void SendFailures::note(const Path& path, int error) {
    const auto now = std::chrono::steady_clock::now();
    if (now < quiet_until_) {
        ++unsaid_;
        return;
    }
    const std::string more = unsaid_ > 0 ? " (" + std::to_string(unsaid_) + " more since the last such line)" : "";
    log_warning("IKE to " + path.remote.to_string() + " from " + path.local.to_string() +
                " was not sent: " + std::strerror(error) + more);
    quiet_until_ = now + kQuiet;
    unsaid_ = 0;
}

}  // namespace esplane::gateway
