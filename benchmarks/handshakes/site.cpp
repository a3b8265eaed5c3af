#include "benchmarks/handshakes/site.h"

#include <fmt/format.h>

#include <stdexcept>

#include "ike/core/suite.h"

namespace esplane::bench {
namespace {

const IpAddress kGateway = IpAddress::v4(0xc0000201);  // 192.0.2.1

IpAddress peer_address(std::uint32_t number) {
    return IpAddress::v4(0x0a000000 + number);
}

std::string peer_name(std::uint32_t number) {
    return fmt::format("peer{}.example.org", number);
}

std::vector<dataplane::TrafficSelector> subnet(const std::string& text) {
    return {dataplane::TrafficSelector::from_prefix(Prefix::parse(text).value())};
}

/// What both ends have in common.
ike::TunnelOptions common(std::uint32_t number) {
    ike::TunnelOptions options;
    options.id = dataplane::TunnelId{number};
    options.name = tunnel_name(number);
    options.psk = std::make_shared<const crypto::Secret>(as_bytes("a secret for the benchmark alone"));
    options.ike_proposals = {ike::parse_ike_proposal("aes256gcm16-prfsha256-ecp256").value()};
    options.esp_proposals = {ike::parse_esp_proposal("aes256gcm16", true).value()};
    return options;
}

ike::TunnelOptions gateway_side(std::uint32_t number) {
    ike::TunnelOptions options = common(number);
    options.local_address = kGateway;
    options.remote_address = peer_address(number);
    options.local_id = ike::Identity::parse("gateway.example.org").value();
    options.remote_id = ike::IdentityPattern::parse(peer_name(number)).value();
    options.children = {{"", {subnet("10.0.0.0/8"), subnet(peer_address(number).to_string() + "/32")}}};
    options.start = ike::StartMode::kListen;
    return options;
}

ike::TunnelOptions peer_side(std::uint32_t number) {
    ike::TunnelOptions options = common(number);
    options.local_address = peer_address(number);
    options.remote_address = kGateway;
    options.local_id = ike::Identity::parse(peer_name(number)).value();
    options.remote_id = ike::IdentityPattern::parse("gateway.example.org").value();
    options.children = {{"", {subnet(peer_address(number).to_string() + "/32"), subnet("10.0.0.0/8")}}};
    options.start = ike::StartMode::kAuto;
    return options;
}

}  // namespace

std::string tunnel_name(std::uint32_t number) {
    return fmt::format("t{}", number);
}

ike::TunnelOptions tunnel_for_anybody() {
    ike::TunnelOptions options = gateway_side(0);
    options.remote_address.reset();
    options.remote_id = ike::IdentityPattern::parse("*.example.net").value();
    return options;
}

Site::Site(std::uint32_t tunnels, const ike::Options& gateway)
    : gateway_(gateway, now), peers_(std::make_unique<Node>(ike::Options{}, now)) {
    for (std::uint32_t number = 1; number <= tunnels; ++number)
        gateway_.command(now, ike::AddTunnel{gateway_side(number)});
    gateway_.take_cpu_time();
}

void Site::start(std::uint32_t number) {
    peers_->command(now, ike::AddTunnel{peer_side(number)});
}

bool Site::deliver() {
    const auto hand_over = [&](Node& from, Node& to) {
        const auto sent = from.take_sent();
        if (sent) to.receive(now, {sent->path.remote, sent->path.local}, sent->datagram);
        return sent.has_value();
    };
    return hand_over(*peers_, gateway_) || hand_over(gateway_, *peers_);
}

void Site::converse() {
    while (deliver()) {
    }
}

void Site::require_established(std::size_t count) const {
    const ike::Counters counters = gateway_.engine().counters();
    if (counters.ike_sas == count && counters.child_sas == count) return;
    throw std::runtime_error(fmt::format("{} IKE_SAs and {} CHILD_SAs are up where {} should be", counters.ike_sas,
                                         counters.child_sas, count));
}

}  // namespace esplane::bench
