#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::Payloads;

Alone::Alone(const ike::Options& options) : left(world.add(kLeft, options)) {
    world.network.filter = [this](const Packet& packet) {
        if (const auto* datagram = std::get_if<Bytes>(&packet.content)) sent.push_back(*datagram);
        return false;
    };
}

Bytes Alone::ask(const Bytes& datagram, const Path& path) {
    sent.clear();
    left.receive(path, datagram);
    world.run_for(milliseconds(1));
    return sent.empty() ? Bytes() : sent.back();
}

void Alone::listen() {
    auto options = left_tunnel();
    options.start = ike::StartMode::kListen;
    left.command(ike::AddTunnel{options});
}

bool Alone::connect(ScriptedPeer& peer) {
    if (!peer.take_init_response(ask(peer.init_request()))) return false;
    const auto answer = peer.open(ask(peer.seal(ExchangeType::kIkeAuth, false, 1, peer.auth_request())));
    return answer && answer->auth && answer->sa;
}

bool has(const std::optional<Payloads>& payloads, ike::wire::NotifyType type) {
    return payloads && payloads->find(type) != nullptr;
}

std::optional<Payloads> parse(const Bytes& datagram) {
    const auto header = ike::wire::parse_header(datagram);
    if (!header) return std::nullopt;
    auto payloads =
        ike::wire::parse_payloads(header->first_payload, ByteView(datagram).subspan(ike::wire::kHeaderLength));
    if (!payloads) return std::nullopt;
    return std::move(*payloads);
}

Payloads with_notify(ike::wire::NotifyType type, Bytes data) {
    Payloads payloads;
    payloads.notifies.push_back(ike::make_notify(type, std::move(data)));
    return payloads;
}

Bytes unprotected(const Bytes& request, const Payloads& payloads) {
    ike::wire::Header header = ike::wire::parse_header(request).value();
    header.is_response = true;
    header.from_initiator = !header.from_initiator;
    return ike::wire::build_message(header, payloads);
}

}  // namespace esplane::sim
