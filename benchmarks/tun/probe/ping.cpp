// esplane-probe ping: round-trip times, one echo after the other. Unlike ping(8) it sleeps between them at any
// interval.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "benchmarks/tun/probe/clock.h"
#include "benchmarks/tun/probe/commands.h"
#include "benchmarks/tun/probe/socket.h"

namespace esplane::bench::probe {
namespace {

struct Options {
    std::string address;
    std::size_t count = 500;
    double interval = 0.002;
    int timeout_milliseconds = 1000;
};

// The kernel fills in identifier and checksum of such a socket, and gives it its own answers only.
using Echo = std::array<unsigned char, sizeof(icmphdr) + 56>;

Echo make_echo(std::uint16_t number) {
    icmphdr header{};
    header.type = ICMP_ECHO;
    header.un.echo.sequence = htons(number);
    Echo echo{};
    std::memcpy(echo.data(), &header, sizeof header);
    return echo;
}

/// Waits for the answer to `number`; nothing if it was lost.
std::optional<Nanoseconds> arrival(const Socket& socket, std::uint16_t number) {
    Echo echo;
    while (true) {
        const ssize_t length = recv(socket.fd(), echo.data(), echo.size(), 0);
        const Nanoseconds when = now();
        if (length < 0 && errno == EAGAIN) return std::nullopt;
        if (length < 0 && errno != EINTR) fail("recv");
        icmphdr header{};
        if (length < static_cast<ssize_t>(sizeof header)) continue;
        std::memcpy(&header, echo.data(), sizeof header);
        if (header.type == ICMP_ECHOREPLY && ntohs(header.un.echo.sequence) == number) return when;
    }
}

void ping(const Options& options) {
    wake_punctually();
    Socket socket(SOCK_DGRAM, IPPROTO_ICMP);
    socket.connect(endpoint(options.address, 0));
    socket.set_timeout(options.timeout_milliseconds);
    const auto interval = static_cast<Nanoseconds>(options.interval * kSecond);
    std::vector<double> microseconds;
    Nanoseconds due = now();
    for (std::size_t i = 0; i < options.count; ++i) {
        sleep_until(due);
        const auto number = static_cast<std::uint16_t>(i);
        const Echo echo = make_echo(number);
        const Nanoseconds left = now();
        if (send(socket.fd(), echo.data(), echo.size(), 0) < 0) fail("send");
        if (const auto came = arrival(socket, number)) microseconds.push_back(static_cast<double>(*came - left) / 1000);
        due = std::max(due + interval, now());
    }
    fmt::print(R"({{"sent": {}, "microseconds": [{:.1f}]}})"
               "\n",
               options.count, fmt::join(microseconds, ", "));
}

}  // namespace

void add_ping(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("ping", "times ICMP echoes (net.ipv4.ping_group_range must allow it)");
    command->add_option("address", options->address, "whom to ask")->required();
    command->add_option("--count", options->count, "how many echoes")->capture_default_str();
    command->add_option("--interval", options->interval, "seconds from one to the next")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->callback([options] { ping(*options); });
}

}  // namespace esplane::bench::probe
