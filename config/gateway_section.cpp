#include "config/gateway_section.h"

namespace esplane::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Key kGatewayKeys[] = {{"dataplane"},      {"workers"}, {"control_socket"}, {"metrics"}, {"log"},
                                {"allow_insecure"}, {"ike"}};
constexpr Key kIkeKeys[] = {{"retransmit"}, {"retries"}, {"retry_interval"}, {"cookie_threshold"}, {"half_open_limit"}};

enum class Backend { kTun, kDpdk };
constexpr Choice<Backend> kBackends[] = {{"tun", Backend::kTun}, {"dpdk", Backend::kDpdk, "write tun"}};
constexpr Choice<gateway::LogLevel> kLevels[] = {{"error", gateway::LogLevel::kError},
                                                 {"warning", gateway::LogLevel::kWarning},
                                                 {"info", gateway::LogLevel::kInfo},
                                                 {"debug", gateway::LogLevel::kDebug}};

constexpr std::uint32_t kMostCpus = 1024;  // CPU_SETSIZE
constexpr std::uint32_t kMostHalfOpen = 1'000'000;

auto within(std::uint32_t lowest, std::uint32_t highest) {
    return [=](std::string_view text) { return parse_number(text, lowest, highest); };
}

auto between(Duration lowest, Duration highest) {
    return [=](std::string_view text) { return parse_duration(text, lowest, highest); };
}

/// A count of workers, or the list of their cpus.
void read_workers(const Section& gateway, std::vector<int>& cpus) {
    const std::optional<List> list = gateway.list("workers");
    if (!list) return;
    const std::string accepted = "write 1, or one cpu as [2]";
    if (list->values.empty()) {
        gateway.complain(list->place, "workers", "at least one is needed; " + accepted);
        return;
    }
    const std::uint32_t lowest = list->single ? 1 : 0;
    const std::uint32_t highest = list->single ? kMostCpus : kMostCpus - 1;
    std::vector<int> pinned;
    for (const Scalar& value : list->values) {
        const Parsed<std::uint32_t> number = parse_number(value.text, lowest, highest);
        if (!number) gateway.complain(value.place, "workers", number.error() + "; " + accepted);
        if (number) pinned.push_back(static_cast<int>(number.value()));
    }
    if (pinned.size() != list->values.size()) return;
    const bool several = pinned.size() > 1 || (list->single && pinned[0] > 1);
    if (several) gateway.complain(list->place, "workers", "more than one is not available yet; " + accepted);
    if (!list->single) cpus = pinned;
}

void read_engine(const Section& gateway, ike::Options& into) {
    const Section section = gateway.section("ike", kIkeKeys);
    section.read("retransmit", into.retransmit_first, between(milliseconds(50), seconds(60)));
    section.read("retries", into.retransmit_tries, within(1, 20));
    section.read("retry_interval", into.retry_interval, between(milliseconds(100), hours(24)));
    const auto threshold = section.read("cookie_threshold", into.cookie_threshold, within(0, kMostHalfOpen));
    const auto limit = section.read("half_open_limit", into.half_open_limit, within(1, kMostHalfOpen));
    if ((threshold || limit) && into.cookie_threshold > into.half_open_limit) {
        section.complain(threshold ? *threshold : *limit, threshold ? "cookie_threshold" : "half_open_limit",
                         "a cookie_threshold of " + std::to_string(into.cookie_threshold) +
                             " above the half_open_limit of " + std::to_string(into.half_open_limit) +
                             " would never ask for a cookie");
    }
}

}  // namespace

void read_gateway(const Section& root, gateway::Options& into) {
    const Section gateway = root.section("gateway", kGatewayKeys);
    Backend backend = Backend::kTun;
    gateway.read("dataplane", backend, one_of(kBackends));
    read_workers(gateway, into.dataplane.cpus);
    gateway.read("control_socket", into.control_socket, parse_socket_path);
    gateway.read("metrics", into.metrics, parse_endpoint);
    gateway.read("log", into.log, one_of(kLevels));
    gateway.read("allow_insecure", into.allow_insecure, parse_switch);
    read_engine(gateway, into.ike);
}

}  // namespace esplane::config
