// Traffics for tests.
#pragma once

#include <string>

#include "benchmarks/generate/traffic.h"

namespace esplane::bench::generate::test {

inline Traffic traffic(Family family, Transport transport, const std::string& size = "128", std::uint32_t flows = 1) {
    const bool is_ipv4 = family == Family::kIpv4;
    const auto address = [](const char* text) { return *IpAddress::parse(text); };
    return checked({.transport = transport,
                    .sources = {address(is_ipv4 ? "10.1.0.1" : "2001:db8:1::1"), 2},
                    .destinations = {address(is_ipv4 ? "10.128.0.9" : "2001:db8:2::9"), 3, 256},
                    .flows = flows,
                    .mix = *parse_mix(size)});
}

inline constexpr Family kFamilies[] = {Family::kIpv4, Family::kIpv6};
inline constexpr Transport kTransports[] = {Transport::kUdp, Transport::kTcp};

}  // namespace esplane::bench::generate::test
