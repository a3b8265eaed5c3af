// esplane-probe sink: counts numbered datagrams.
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <vector>

#include "benchmarks/tun/probe/clock.h"
#include "benchmarks/tun/probe/commands.h"
#include "benchmarks/tun/probe/datagram.h"
#include "benchmarks/tun/probe/socket.h"

namespace esplane::bench::probe {
namespace {

volatile std::sig_atomic_t told_to_stop = 0;

constexpr int kQuietMilliseconds = 200;
constexpr Nanoseconds kLongestDrain = 5 * kSecond;

struct Options {
    std::string address;
    std::uint16_t port = 7100;
    std::uint64_t run = 0;
};

/// Which numbers of one run came, and how often. A number that no sender reaches in a measurement is somebody else's
/// datagram.
class Numbers {
  public:
    static constexpr std::uint64_t kLimit = 1ULL << 30;

    explicit Numbers(std::uint64_t run) : run_(run) {}

    void note(const Mark& mark, Nanoseconds when) {
        const auto [run, number] = mark;
        if (run != run_ || number >= kLimit) return;
        if (received_ == 0) first_ = when;
        last_ = when;
        if (number >= seen_.size()) seen_.resize(std::max<std::size_t>(number + 1, seen_.size() * 2));
        if (seen_[number]) {
            ++repeated_;
            return;
        }
        seen_[number] = true;
        ++received_;
        if (number < next_) ++late_;
        next_ = std::max(next_, number + 1);
    }

    void print() const {
        fmt::print(R"({{"received": {}, "repeated": {}, "late": {}, "seconds": {:.6f}}})"
                   "\n",
                   received_, repeated_, late_, static_cast<double>(last_ - first_) / kSecond);
    }

  private:
    std::uint64_t run_;
    std::vector<bool> seen_ = std::vector<bool>(1 << 20);
    std::uint64_t received_ = 0, repeated_ = 0, late_ = 0, next_ = 0;
    Nanoseconds first_ = 0, last_ = 0;
};

/// Takes datagrams whole, as any program would, and reads their numbers.
class Inbox {
  public:
    static constexpr std::size_t kMessages = 64;
    static constexpr std::size_t kLongest = 2048;

    Inbox() {
        for (std::size_t i = 0; i < kMessages; ++i) {
            parts_[i] = {octets_.data() + i * kLongest, kLongest};
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    /// Waits for datagrams; false if the socket's timeout passed without one.
    bool receive(int fd, Numbers& numbers) {
        const int count = recvmmsg(fd, messages_.data(), kMessages, MSG_WAITFORONE, nullptr);
        if (count < 0 && errno == EINTR) return true;
        if (count < 0 && errno != EAGAIN) fail("recvmmsg");
        const Nanoseconds when = now();
        for (int i = 0; i < count; ++i) {
            Mark mark{};
            if (messages_[i].msg_len < sizeof mark) continue;
            std::memcpy(&mark, parts_[i].iov_base, sizeof mark);
            numbers.note(mark, when);
        }
        return count > 0;
    }

  private:
    std::vector<unsigned char> octets_ = std::vector<unsigned char>(kMessages * kLongest);
    std::array<iovec, kMessages> parts_{};
    std::array<mmsghdr, kMessages> messages_{};
};

void sink(const Options& options) {
    std::signal(SIGTERM, [](int) { told_to_stop = 1; });
    std::signal(SIGINT, [](int) { told_to_stop = 1; });
    Socket socket(SOCK_DGRAM, 0);
    socket.bind(endpoint(options.address, options.port));
    socket.set_timeout(kQuietMilliseconds);
    fmt::print("ready\n");
    std::fflush(stdout);
    Numbers numbers(options.run);
    Inbox inbox;
    while (told_to_stop == 0)
        inbox.receive(socket.fd(), numbers);
    // What is still in a gateway's queue may come, and must not meet the next measurement.
    const Nanoseconds deadline = now() + kLongestDrain;
    while (inbox.receive(socket.fd(), numbers) && now() < deadline) {
    }
    numbers.print();
}

}  // namespace

void add_sink(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("sink", "counts numbered datagrams until SIGTERM");
    command->add_option("address", options->address, "where to listen")->required();
    command->add_option("--port", options->port, "UDP port")->capture_default_str();
    command->add_option("--run", options->run, "number of the measurement, others' datagrams are ignored")
        ->capture_default_str();
    command->callback([options] { sink(*options); });
}

}  // namespace esplane::bench::probe
