#include "config/gateway_section.h"

#include <algorithm>

#include "config/written_at.h"

namespace esplane::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Key kGatewayKeys[] = {{"dataplane"}, {"workers"},        {"poll"}, {"control_socket"}, {"metrics"},
                                {"log"},       {"allow_insecure"}, {"ike"},  {"state_directory"}};
constexpr Key kIkeKeys[] = {{"retransmit"},       {"retries"},         {"retry_interval"},
                            {"cookie_threshold"}, {"half_open_limit"}, {"handshakes_per_second"}};

constexpr Choice<Backend> kBackends[] = {{"tun", Backend::kTun}, {"dpdk", Backend::kDpdk}};
constexpr Choice<gateway::LogLevel> kLevels[] = {{"error", gateway::LogLevel::kError},
                                                 {"warning", gateway::LogLevel::kWarning},
                                                 {"info", gateway::LogLevel::kInfo},
                                                 {"debug", gateway::LogLevel::kDebug}};

constexpr Choice<dataplane::PollPolicy> kPolls[] = {{"adaptive", dataplane::PollPolicy::kAdaptive},
                                                    {"busy", dataplane::PollPolicy::kBusy}};

constexpr std::uint32_t kMostCpus = 1024;  // CPU_SETSIZE
constexpr std::uint32_t kMostHalfOpen = 1'000'000;
constexpr std::uint32_t kMostHandshakes = 1'000'000;

auto within(std::uint32_t lowest, std::uint32_t highest) {
    return [=](std::string_view text) { return parse_number(text, lowest, highest); };
}

auto between(Duration lowest, Duration highest) {
    return [=](std::string_view text) { return parse_duration(text, lowest, highest); };
}

std::optional<Backend> read_backend(const Section& root, const Section& gateway) {
    Backend backend = Backend::kTun;
    const std::optional<Place> place = gateway.read("dataplane", backend, one_of(kBackends));
    // A gateway that is no map could have meant anything.
    if (!place && (gateway.has("dataplane") || gateway.extent() == Extent::kPart)) return std::nullopt;
    if (backend == Backend::kDpdk && !root.has("dpdk")) {
        gateway.complain(*place, "dataplane", "dpdk needs ports; write them as dpdk: {ports: ...}, or write tun");
    }
    return backend;
}

/// A count of workers, or the list of their cpus. Whether this host has those is not known here: another one may check.
void read_workers(const Section& gateway, const std::string& file, dataplane::Options& into) {
    const std::optional<List> list = gateway.list("workers");
    if (!list) return;
    const std::string accepted = "write how many, as 2, or the cpu of each, as [2, 3]";
    if (list->values.empty() || list->values.size() > dataplane::kMostWorkers) {
        gateway.complain(list->place, "workers",
                         "from 1 to " + std::to_string(dataplane::kMostWorkers) + " are possible; " + accepted);
        return;
    }
    const std::uint32_t lowest = list->single ? 1 : 0;
    const std::uint32_t highest = list->single ? dataplane::kMostWorkers : kMostCpus - 1;
    std::vector<int> numbers;
    for (const Scalar& value : list->values) {
        const Parsed<std::uint32_t> number = parse_number(value.text, lowest, highest);
        if (!number) {
            gateway.complain(value.place, "workers", number.error() + "; " + accepted);
        } else if (std::count(numbers.begin(), numbers.end(), static_cast<int>(*number)) > 0) {
            gateway.complain(value.place, "workers", "cpu " + std::to_string(*number) + " has a worker already");
        } else {
            numbers.push_back(static_cast<int>(*number));
        }
    }
    if (numbers.size() != list->values.size()) return;
    into.cpus_at = written_at(file, list->place);
    into.cpus = list->single ? std::vector<int>(static_cast<std::size_t>(numbers[0]), -1) : numbers;
}

void read_engine(const Section& gateway, ike::Options& into) {
    const Section section = gateway.section("ike", kIkeKeys);
    section.read("retransmit", into.retransmit_first, between(milliseconds(50), seconds(60)));
    section.read("retries", into.retransmit_tries, within(1, 20));
    section.read("retry_interval", into.retry_interval, between(milliseconds(100), hours(24)));
    const auto threshold = section.read("cookie_threshold", into.cookie_threshold, within(0, kMostHalfOpen));
    const auto limit = section.read("half_open_limit", into.half_open_limit, within(1, kMostHalfOpen));
    section.read("handshakes_per_second", into.handshakes_per_second, within(10, kMostHandshakes));
    if ((threshold || limit) && into.cookie_threshold > into.half_open_limit) {
        section.complain(threshold ? *threshold : *limit, threshold ? "cookie_threshold" : "half_open_limit",
                         "a cookie_threshold of " + std::to_string(into.cookie_threshold) +
                             " above the half_open_limit of " + std::to_string(into.half_open_limit) +
                             " would never ask for a cookie");
    }
}

}  // namespace

std::optional<Backend> read_gateway(const Section& root, const std::string& file, gateway::Options& into) {
    const Section gateway = root.section("gateway", kGatewayKeys);
    const std::optional<Backend> backend = read_backend(root, gateway);
    read_workers(gateway, file, into.dataplane);
    gateway.read("poll", into.dataplane.poll, one_of(kPolls));
    gateway.read("control_socket", into.control_socket, parse_socket_path);
    gateway.read("state_directory", into.state_directory, parse_folder);
    gateway.read("metrics", into.metrics, parse_endpoint);
    gateway.read("log", into.log, one_of(kLevels));
    gateway.read("allow_insecure", into.allow_insecure, parse_switch);
    read_engine(gateway, into.ike);
    return backend;
}

}  // namespace esplane::config
