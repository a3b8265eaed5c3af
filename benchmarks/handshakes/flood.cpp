#include "benchmarks/handshakes/flood.h"

#include <algorithm>

#include "benchmarks/handshakes/cpu_clock.h"
#include "benchmarks/handshakes/heap.h"
#include "benchmarks/handshakes/site.h"

namespace esplane::bench {
namespace {

/// Of so many spoofed requests one goes with an honest set-up and a rekey.
constexpr std::uint32_t kSpoofedToOneHonest = 1'000;

class Attack {
  public:
    Attack(std::uint32_t rate, std::uint32_t seconds, std::uint32_t established)
        : site_(established + rate * seconds / kSpoofedToOneHonest), established_(established) {
        result_.rate = rate;
        result_.seconds = seconds;
        site_.gateway().command(site_.now, ike::AddTunnel{tunnel_for_anybody()});
        for (std::uint32_t number = 1; number <= established; ++number) {
            site_.start(number);
            site_.converse();
        }
        site_.require_established(established);
    }

    Flood run() {
        learn_request();
        const auto gap = std::chrono::nanoseconds(std::chrono::seconds(1)) / result_.rate;
        const std::uint64_t requests = std::uint64_t{result_.rate} * result_.seconds;
        heap_ = heap_octets();
        for (std::uint64_t sent = 1; sent <= requests; ++sent) {
            site_.now += gap;
            spoof(sent);
            if (sent % kSpoofedToOneHonest == 0) honest();
        }
        result_.spoofed_us = microseconds(spent_) / static_cast<double>(requests);
        result_.honest_up = static_cast<std::uint32_t>(children_of_gateway() - established_);
        return result_;
    }

  private:
    /// The first message of a tunnel that comes up: what an attacker, too, can make.
    void learn_request() {
        Node stranger({}, site_.now);
        ike::TunnelOptions options = tunnel_for_anybody();
        options.remote_address = options.local_address;
        options.start = ike::StartMode::kAuto;
        stranger.command(site_.now, ike::AddTunnel{std::move(options)});
        const auto sent = stranger.take_sent().value();
        request_ = sent.datagram;
        gateway_ = sent.path.remote;
    }

    void spoof(std::uint64_t number) {
        store_be(request_.data(), random_.u64());                                                 // the initiator's SPI
        const IpAddress source = IpAddress::v4(0xc6120000 + static_cast<std::uint32_t>(number));  // 198.18.0.0 on
        site_.gateway().take_cpu_time();
        site_.gateway().receive(site_.now, {gateway_, {source, 500}}, request_);
        spent_ += site_.gateway().take_cpu_time();
        while (site_.gateway().take_sent()) {
        }
        site_.gateway().catch_up(site_.now);
    }

    void honest() {
        result_.memory_octets = std::max(result_.memory_octets, heap_octets() - heap_);
        const double before = heap_octets();
        site_.peers().catch_up(site_.now);
        site_.start(established_ + ++result_.honest);
        site_.converse();
        if (result_.rekeys < established_) rekey(++result_.rekeys);
        heap_ += heap_octets() - before;
    }

    void rekey(std::uint32_t number) {
        const std::uint64_t before = site_.peers().commands_done();
        site_.peers().command(site_.now, ike::Rekey{tunnel_name(number), false});
        site_.converse();
        result_.rekeys_done += site_.peers().commands_done() > before ? 1 : 0;
    }

    /// Without those that a rekey has replaced and that linger.
    std::size_t children_of_gateway() {
        std::size_t count = 0;
        for (const ike::TunnelStatus& tunnel : site_.gateway().engine().status())
            count += tunnel.state == ike::TunnelState::kEstablished ? 1 : 0;
        return count;
    }

    Site site_;
    std::uint32_t established_;
    crypto::SystemRandom random_;
    Bytes request_;
    Endpoint gateway_;
    double heap_ = 0;
    std::chrono::nanoseconds spent_{0};
    Flood result_;
};

}  // namespace

Flood measure_flood(std::uint32_t rate, std::uint32_t seconds, std::uint32_t established) {
    return Attack(rate, seconds, established).run();
}

}  // namespace esplane::bench
