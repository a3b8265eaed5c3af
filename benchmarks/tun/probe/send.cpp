// esplane-probe send: numbered datagrams, each by itself through the stack (no UDP_SEGMENT), a system call a burst.
#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "benchmarks/tun/probe/commands.h"
#include "benchmarks/tun/probe/datagram.h"
#include "benchmarks/tun/probe/pace.h"
#include "benchmarks/tun/probe/socket.h"

namespace esplane::bench::probe {
namespace {

struct Options {
    std::string address;
    std::uint16_t port = 7100;
    std::uint64_t run = 0;
    std::size_t size = 1300;
    double rate = 0;
    double seconds = 1;
};

class Burst {
  public:
    explicit Burst(std::size_t size) : octets_(size * Pace::kBurst) {
        for (std::size_t i = 0; i < Pace::kBurst; ++i) {
            parts_[i] = {octets_.data() + i * size, size};
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    /// Numbers `count` datagrams from `first` on and returns how many the kernel took.
    unsigned send(int fd, Mark first, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            const Mark mark{first.run, first.number + i};
            std::memcpy(parts_[i].iov_base, &mark, sizeof mark);
        }
        const int taken = sendmmsg(fd, messages_.data(), count, 0);
        if (taken >= 0) return static_cast<unsigned>(taken);
        // What the way refuses for the moment was not sent, and is not counted as lost.
        if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED) fail("sendmmsg");
        return 0;
    }

  private:
    std::vector<unsigned char> octets_;
    std::array<iovec, Pace::kBurst> parts_{};
    std::array<mmsghdr, Pace::kBurst> messages_{};
};

void send(const Options& options) {
    wake_punctually();
    Socket socket(SOCK_DGRAM, 0);
    socket.connect(endpoint(options.address, options.port));
    Burst burst(options.size);
    const Nanoseconds start = now();
    const Nanoseconds end = start + static_cast<Nanoseconds>(options.seconds * kSecond);
    Pace pace(options.rate, start);
    std::uint64_t sent = 0;
    while (now() < end)
        sent += burst.send(socket.fd(), {options.run, sent}, pace.wait());
    fmt::print(R"({{"sent": {}, "seconds": {:.6f}}})"
               "\n",
               sent, static_cast<double>(now() - start) / kSecond);
}

}  // namespace

void add_send(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("send", "numbered datagrams at a steady rate");
    command->add_option("address", options->address, "where to")->required();
    command->add_option("--port", options->port, "UDP port")->capture_default_str();
    command->add_option("--run", options->run, "number of the measurement")->capture_default_str();
    command->add_option("--size", options->size, "octets of payload")
        ->check(CLI::Range(sizeof(Mark), std::size_t{1472}))
        ->capture_default_str();
    command->add_option("--rate", options->rate, "packets a second, 0 for as fast as it can")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--seconds", options->seconds, "for how long")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->callback([options] { send(*options); });
}

}  // namespace esplane::bench::probe
