// Our requests: queued, sent one at a time, repeated until answered (RFC 7296 2.1, 2.3, 2.4).

#include <cmath>

#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/wire/codec.h"

namespace esplane::ike {

namespace {

/// A Delete of an IKE SA is a courtesy: an operator who stops the gateway does not wait long for a dead peer.
constexpr std::uint32_t kDeleteTries = 2;

/// Of IKE over this path: what IPv6 carries everywhere (RFC 8200 5), without headers and the non-ESP marker.
std::size_t longest_datagram(const Path& path) {
    constexpr std::size_t kLeastMtu = 1280;
    constexpr std::size_t kUdpAndMarker = 8 + 4;
    const std::size_t ip = path.remote.address.family() == Family::kIpv4 ? 20 : 40;
    return kLeastMtu - ip - kUdpAndMarker;
}

std::chrono::milliseconds wait_after(const Options& options, std::uint32_t transmissions) {
    const double factor = std::pow(options.retransmit_base, transmissions - 1);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(options.retransmit_first.count()) * factor));
}

/// How much longer an answer is waited for before the next transmission; empty: no more.
std::optional<std::chrono::milliseconds> next_wait(Core& core, const IkeSa& sa, const InFlight& flight) {
    const auto wait = wait_after(core.options, flight.transmissions);
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (std::holds_alternative<LivenessExchange>(flight.exchange) && tunnel != nullptr) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(flight.first_sent + tunnel->options.dpd.timeout - core.now);
        if (left.count() <= 0) return std::nullopt;
        return std::min(wait, left);
    }
    const bool deletion = std::holds_alternative<IkeDeletion>(flight.exchange);
    const std::uint32_t tries = deletion ? kDeleteTries : core.options.retransmit_tries;
    if (flight.transmissions > tries + 1) return std::nullopt;
    return wait;
}

bool may_start(const IkeSa& sa, const Task& task) {
    if (sa.is<Established>()) return true;
    // RFC 7296 2.25: nothing but its Delete on an IKE SA that is on its way out.
    return (sa.is<Deleting>() || sa.is<Replaced>()) && std::holds_alternative<DeleteIke>(task);
}

struct Starter {
    Core& core;
    IkeSa& sa;

    void operator()(const CreateChild& task) const { start_new_child(core, sa, task.policy); }
    void operator()(const RekeyChild& task) const { start_child_rekey(core, sa, task.child); }
    void operator()(const RekeyIke&) const { start_ike_rekey(core, sa); }
    void operator()(const DeleteChild& task) const { start_child_deletion(core, sa, task); }
    void operator()(const DeleteIke& task) const { start_ike_deletion(core, sa, task); }
    void operator()(const CheckLiveness&) const { start_liveness_check(core, sa); }
    void operator()(const TellInvalidSpi& task) const { tell_invalid_spi(core, sa, task); }
    void operator()(const TellCrashToken&) const { tell_crash_token(core, sa); }
    void operator()(const UpdateAddresses&) const { start_address_update(core, sa); }
    void operator()(const CheckRoute&) const { start_route_check(core, sa); }
};

}  // namespace

void enqueue(Core& core, IkeSa& sa, Task task) {
    sa.out.enqueue(task);
    pump(core, sa);
}

void pump(Core& core, IkeSa& sa) {
    while (sa.out.in_flight() == nullptr) {
        const std::optional<Task> task = sa.out.dequeue();
        if (!task) return;
        if (!may_start(sa, *task)) continue;
        // RFC 7296 2.2: message IDs never wrap.
        if (sa.out.ids_exhausted()) return on_fatal_error(core, sa, "the message IDs are used up");
        std::visit(Starter{core, sa}, *task);
    }
}

void send(Core& core, const Path& path, const Bytes& datagram) {
    core.emit(Send{path, datagram});
}

void send(Core& core, const Path& path, const Datagrams& datagrams) {
    for (const Bytes& datagram : datagrams)
        send(core, path, datagram);
}

wire::Header header_of(const IkeSa& sa, wire::ExchangeType type, bool is_response, std::uint32_t id) {
    wire::Header header;
    header.spi_i = sa.spi_i;
    header.spi_r = sa.spi_r;
    header.exchange = type;
    header.from_initiator = sa.initiator;
    header.is_response = is_response;
    header.message_id = id;
    return header;
}

Datagrams seal(Core& core, IkeSa& sa, wire::ExchangeType type, bool is_response, std::uint32_t id,
               const wire::Payloads& payloads) {
    const wire::Header header = header_of(sa, type, is_response, id);
    const std::size_t longest = sa.fragmentation ? longest_datagram(sa.path) : wire::kMaxMessageLength;
    return wire::seal_in_fragments(header, payloads, *sa.protection->seal, sa.protection->next_gcm_iv, core.random,
                                   longest);
}

void send_request(Core& core, IkeSa& sa, wire::ExchangeType type, const wire::Payloads& payloads, Exchange exchange) {
    InFlight flight;
    flight.type = type;
    flight.datagrams = seal(core, sa, type, false, sa.out.next_id(), payloads);
    flight.exchange = std::move(exchange);
    launch(core, sa, std::move(flight));
}

void launch(Core& core, IkeSa& sa, InFlight flight) {
    flight.first_sent = core.now;
    InFlight& launched = sa.out.launch(std::move(flight));
    send(core, sa.path, launched.datagrams);
    core.arm(Timer::kRetransmit, sa, wait_after(core.options, 1));
}

void resend(Core& core, IkeSa& sa) {
    InFlight* flight = sa.out.in_flight();
    if (flight == nullptr) return;
    flight->transmissions = 1;
    flight->first_sent = core.now;
    send(core, sa.path, flight->datagrams);
    core.arm(Timer::kRetransmit, sa, wait_after(core.options, 1));
}

void on_retransmit_timer(Core& core, IkeSa& sa) {
    InFlight* flight = sa.out.in_flight();
    if (flight == nullptr) return;
    ++flight->transmissions;
    const auto wait = next_wait(core, sa, *flight);
    if (!wait) {
        --flight->transmissions;
        if (retreat(core, sa)) return resend(core, sa);
        return on_silence(core, sa, *sa.out.land());
    }
    // RFC 7296 2.1: the same octets again.
    send(core, sa.path, flight->datagrams);
    core.arm(Timer::kRetransmit, sa, *wait);
}

}  // namespace esplane::ike
