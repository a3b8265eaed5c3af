#include "benchmarks/pipeline/tunnels.h"

#include <malloc.h>

#include <utility>

#include "crypto/dense_memory.h"

namespace esplane::bench {
namespace {

using dataplane::ChildId;
using dataplane::ChildOptions;
using dataplane::ChildSa;
using dataplane::Encapsulation;
using dataplane::SelectorPair;
using dataplane::Spi;
using dataplane::TrafficSelector;
using dataplane::TunnelId;
using dataplane::TunnelPolicy;
using dataplane::TunnelState;

constexpr std::uint8_t kTheirLength = 26;

IpAddress network_behind(std::uint32_t tunnel) {
    return IpAddress::v4(0x0a800000 + (tunnel << (32 - kTheirLength)));
}

/// By this thread's arena, and in huge pages by anyone.
std::size_t memory_in_use() {
    const auto heap = mallinfo2();
    return heap.uordblks + heap.hblkhd + DenseMemory::in_use();
}

SelectorPair selectors(std::uint32_t number) {
    const Prefix ours{IpAddress::v4(0x0a010000), 16};
    const Prefix theirs{network_behind(number), kTheirLength};
    return {{TrafficSelector::from_prefix(ours)}, {TrafficSelector::from_prefix(theirs)}};
}

crypto::Secret key(const Suite& suite, std::uint32_t number) {
    crypto::Secret made(crypto::EspKey::material_length(suite.encr, suite.integ));
    store_be(made.writable().data(), number);
    return made;
}

ChildOptions mirrored(ChildOptions options) {
    std::swap(options.spi_in, options.spi_out);
    std::swap(options.key_in, options.key_out);
    std::swap(options.selectors.local, options.selectors.remote);
    std::swap(options.outer.local, options.outer.remote);
    return options;
}

}  // namespace

IpAddress our_host() {
    return IpAddress::v4(0x0a010009);
}

IpAddress host_behind(std::uint32_t tunnel) {
    return IpAddress::v4(0x0a800009 + (tunnel << (32 - kTheirLength)));
}

TunnelPolicy tunnel_policy(std::uint32_t number) {
    TunnelPolicy policy;
    policy.id = TunnelId{number};
    policy.port = kDevice;
    policy.policies = {selectors(number)};
    policy.mtu_bytes = 9000;
    policy.mss_bytes = 1360;
    return policy;
}

ChildOptions child_options(const Suite& suite, std::uint32_t number) {
    ChildOptions options{.id = ChildId{number},
                         .tunnel = TunnelId{number},
                         .spi_in = Spi{0xc0000000 + number},
                         .spi_out = Spi{0xe0000000 + number},
                         .encr = suite.encr,
                         .integ = suite.integ,
                         .key_in = key(suite, 2 * number),
                         .key_out = key(suite, 2 * number + 1)};
    options.esn = true;
    options.selectors = selectors(number);
    options.encapsulation = Encapsulation::kUdp;
    options.outer = {{IpAddress::v4(0xc0000201), 4500}, {IpAddress::v4(0xc0000202), 4500}};
    return options;
}

Tunnels::Tunnels(const Suite& suite, std::uint32_t count) {
    const std::size_t before = memory_in_use();
    for (std::uint32_t number = 0; number < count; ++number) {
        dataplane::AddTunnel add{std::make_unique<TunnelState>(tunnel_policy(number))};
        store_.apply(add);
        dataplane::Install install{std::make_unique<ChildSa>(child_options(suite, number))};
        if (number == 0) child_ = install.child.get();
        store_.apply(install);
        while (events_.pop()) {
        }
    }
    memory_bytes_ = static_cast<double>(memory_in_use() - before) / count;
}

std::unique_ptr<ChildSa> make_peer(const Suite& suite, std::uint32_t number) {
    return std::make_unique<ChildSa>(mirrored(child_options(suite, number)));
}

}  // namespace esplane::bench
