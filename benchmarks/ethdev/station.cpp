#include "benchmarks/ethdev/station.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <array>
#include <stdexcept>

#include "dataplane/dpdk/frame.h"

namespace esplane::bench::ethdev {
namespace {

using dataplane::LinkResponder;
using dataplane::PortNumber;
using generate::Frame;
using generate::kBurst;

constexpr PortNumber kOnly{0};  // each station has a table of its own

std::chrono::steady_clock::time_point now() {
    return std::chrono::steady_clock::now();
}

rte_mbuf* buffer_of(const Frame& frame) {
    return static_cast<rte_mbuf*>(frame.handle);
}

Frame frame_of(rte_mbuf* buffer) {
    return {.data = rte_pktmbuf_mtod(buffer, std::uint8_t*),
            .length = buffer->data_len,
            .capacity = static_cast<std::uint32_t>(buffer->data_len + rte_pktmbuf_tailroom(buffer)),
            .handle = buffer};
}

dataplane::Port open(const dataplane::PortOptions& options, dataplane::Pools& pools) {
    auto port = dataplane::Port::open(options, 1, pools);
    if (!port) throw std::runtime_error(port.error());
    return std::move(port).value();
}

}  // namespace

Station::Station(const dataplane::PortOptions& options, dataplane::Pools& pools)
    : pool_(pools.on_node(0)), port_(open(options, pools)), responder_(kOnly, port_.setup().mac, options, neighbours_) {
    if (pool_ == nullptr) throw std::runtime_error("DPDK has no memory for packets; give it more by --eal=-m");
}

dataplane::MacAddress Station::find(const IpAddress& address, std::chrono::seconds patience) {
    const auto end = now() + patience;
    auto ask_at = now();
    while (now() < end) {
        if (const auto mac = neighbours_.find(kOnly, address)) return *mac;
        if (now() >= ask_at) {
            ask(address);
            ask_at = now() + std::chrono::milliseconds(200);
        }
        look_around();
    }
    throw std::runtime_error("Port " + port_.options().name + ": nobody on its link says who has " +
                             address.to_string() + ". Is the gateway running, with that address on this link?");
}

void Station::announce() {
    for (const dataplane::PortAddress& own : port_.options().addresses)
        transmit_written([&](std::uint8_t* to) { return responder_.write_announcement(own.address, to); });
}

std::size_t Station::lend(std::span<Frame> frames) {
    std::array<rte_mbuf*, kBurst> buffers;
    const auto count = static_cast<unsigned>(frames.size());
    if (rte_pktmbuf_alloc_bulk(pool_, buffers.data(), count) != 0) return 0;
    for (unsigned i = 0; i < count; ++i)
        frames[i] = frame_of(buffers[i]);
    return count;
}

std::size_t Station::send(std::span<Frame> frames) {
    if (look_.is_due()) look_around();
    std::array<rte_mbuf*, kBurst> buffers;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        buffers[i] = buffer_of(frames[i]);
        dataplane::set_octets(*buffers[i], frames[i].data, frames[i].length);
    }
    return rte_eth_tx_burst(port_.number(), 0, buffers.data(), static_cast<std::uint16_t>(frames.size()));
}

std::size_t Station::receive(std::span<Frame> frames) {
    std::array<rte_mbuf*, kBurst> buffers;
    const std::uint16_t count =
        rte_eth_rx_burst(port_.number(), 0, buffers.data(), static_cast<std::uint16_t>(frames.size()));
    std::size_t kept = 0;
    for (std::uint16_t i = 0; i < count; ++i) {
        if (!is_for_station(buffers[i])) frames[kept++] = frame_of(buffers[i]);
    }
    return kept;
}

void Station::give_back(std::span<Frame> frames) {
    for (const Frame& frame : frames)
        rte_pktmbuf_free(buffer_of(frame));
}

/// What else comes to a port that sends is of no interest.
void Station::look_around() {
    std::array<Frame, kBurst> frames;
    const std::size_t count = receive(frames);
    give_back(std::span(frames).first(count));
}

void Station::ask(const IpAddress& address) {
    (void)neighbours_.want(kOnly, address, now());  // or it would not listen to the answer
    transmit_written([&](std::uint8_t* to) { return responder_.write_question(address, std::nullopt, to); });
}

/// Deals with what is, and then the buffer is not the caller's any more.
bool Station::is_for_station(rte_mbuf* buffer) {
    if (buffer->nb_segs > 1 && rte_pktmbuf_linearize(buffer) != 0) {
        rte_pktmbuf_free(buffer);
        return true;
    }
    const MutableByteView frame = dataplane::octets_of(*buffer);
    const auto outcome = responder_.handle(frame, frame.size() + rte_pktmbuf_tailroom(buffer), now());
    switch (outcome.verdict) {
        case LinkResponder::Verdict::kNotOurs:
            return false;
        case LinkResponder::Verdict::kDone:
            rte_pktmbuf_free(buffer);
            return true;
        case LinkResponder::Verdict::kReply:
            dataplane::set_octets(*buffer, frame.data(), outcome.length);
            transmit(buffer);
            return true;
    }
    return false;
}

template <typename Write>
void Station::transmit_written(Write write) {
    rte_mbuf* const buffer = rte_pktmbuf_alloc(pool_);
    if (buffer == nullptr) return;
    auto* const begin = rte_pktmbuf_mtod(buffer, std::uint8_t*);
    dataplane::set_octets(*buffer, begin, write(begin));
    transmit(buffer);
}

void Station::transmit(rte_mbuf* buffer) {
    if (rte_eth_tx_burst(port_.number(), 0, &buffer, 1) == 0) rte_pktmbuf_free(buffer);
}

}  // namespace esplane::bench::ethdev
