// An engine against a peer that holds the keys: the input says what stands inside SK, in which exchange, and what
// happens in between. Nothing may crash; whatever the engine says must be a proper message; its orders to the data
// plane must make sense; and what it keeps must stay bounded.
#include <algorithm>

#include "crypto/require.h"
#include "ike/core/configuration.h"
#include "ike/core/engine.h"
#include "ike/wire/codec.h"
#include "tests/sim/scripted_peer.h"
#include "tests/sim/sim.h"

namespace esplane::sim {
namespace {

using crypto::require;
using ike::wire::ExchangeType;
using ike::wire::PayloadType;

/// Consumes the input from the front; zeros when it has ended.
class Script {
  public:
    explicit Script(ByteView input) : rest_(input) {}
    bool ended() const { return rest_.empty(); }
    std::uint8_t octet() {
        const ByteView one = octets(1);
        return one.empty() ? 0 : one[0];
    }
    ByteView octets(std::size_t count) {
        const ByteView taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    ByteView chain() {
        const std::size_t length = octet() | static_cast<std::size_t>(octet() & 3U) << 8U;
        return octets(length);
    }

  private:
    ByteView rest_;
};

class Harness {
  public:
    Harness(bool engine_initiates, bool several_children, bool with_addresses)
        : random_(1), engine_({}, random_, dataplane_, wall_clock_, now_), peer_(right_tunnel(), 2) {
        auto options = left_tunnel();
        options.start = engine_initiates ? ike::StartMode::kAuto : ike::StartMode::kListen;
        if (several_children)
            options.children.push_back({"more", {subnets({"10.3.0.0/16"}), subnets({"10.2.0.0/16"})}});
        if (with_addresses) hand_out(options);
        command(ike::AddTunnel{options});
        if (engine_initiates) {
            receive(peer_.init_response(last_sent_));
        } else {
            receive(peer_.init_request());
            peer_.take_init_response(last_sent_);
        }
        engine_initiates_ = engine_initiates;
    }

    /// Finishes IKE_AUTH as it should be.
    void authenticate() {
        if (engine_initiates_) {
            const auto request = peer_.open(last_sent_);
            if (!request) return;
            auto answer = peer_.auth_response(*request);
            if (with_addresses_) {
                answer.ts_i->entries = subnets({"10.99.0.1"});
                answer.configuration =
                    ike::make_reply(ike::read_request(*request), {{*IpAddress::parse("10.99.0.1")}, {}, {}});
            }
            receive(peer_.seal(ExchangeType::kIkeAuth, true, 1, answer));
        } else {
            auto request = peer_.auth_request();
            if (with_addresses_) {
                request.ts_i->entries = subnets({"0.0.0.0/0"});
                request.configuration = ike::make_request(true, false, {});
            }
            receive(peer_.seal(ExchangeType::kIkeAuth, false, next_id_++, request));
        }
    }

    void step(Script& script) {
        switch (script.octet() % 8) {
            case 0:
            case 1:
                return say(script, false);
            case 2:
            case 3:
                return say(script, true);
            case 4:
                return receive(to_bytes(script.chain()));
            case 5:
                return pass(milliseconds(script.octet() * 257));
            case 6:
                return order(script.octet());
            default:
                return tell(script.octet());
        }
    }

    /// Whatever has happened: with the peer silent, all that it made goes in the end.
    void end() {
        command(ike::Shutdown{});
        for (int round = 0; round < 200 && engine_.next_deadline(); ++round)
            pass(std::chrono::minutes(10));
        require(engine_.counters().half_open == 0, "half-open SAs are left");
        require(engine_.counters().ike_sas == 0, "IKE SAs are left");
        require(engine_.counters().child_sas == 0 && dataplane_.children().empty(), "CHILD_SAs are left");
        require(dataplane_.instances().empty(), "peers' policies are left");
        require(engine_.idle(), "the engine is not idle");
    }

  private:
    /// The engine to the peer, or the peer to the engine.
    void hand_out(ike::TunnelOptions& options) {
        with_addresses_ = true;
        options.children.resize(1);
        if (options.start == ike::StartMode::kListen) {
            options.remote_address.reset();
            options.pool = ike::PoolOptions{{*Prefix::parse("10.99.0.0/30")}, {}};
            options.children.front().selectors.remote = subnets({"10.99.0.0/30"});
        } else {
            options.virtual_address = true;
            options.children.front().selectors.local = subnets({"0.0.0.0/0"});
        }
    }

    void say(Script& script, bool is_response) {
        const auto exchange = static_cast<ExchangeType>(34 + script.octet() % 5);
        const auto first = static_cast<PayloadType>(script.octet());
        const std::uint32_t id = is_response ? last_request_ : next_id_;
        const std::uint64_t before = answers_;
        receive(peer_.seal_octets(exchange, is_response, id, first, script.chain()));
        if (!is_response && answers_ > before) ++next_id_;
    }

    void order(std::uint8_t which) {
        switch (which % 6) {
            case 0:
                return command(ike::Rekey{"t", false});
            case 1:
                return command(ike::Rekey{"t", true});
            case 2:
                return command(ike::Down{"t"});
            case 3:
                return command(ike::Up{"t"});
            case 4:
                return command(ike::RemoveTunnel{"t"});
            default:
                return command(ike::AddTunnel{left_tunnel()});
        }
    }

    void tell(std::uint8_t which) {
        const dataplane::ChildId child{which / 4U};
        if (which % 4 == 0) engine_.on_dataplane(now_, ike::ChildInstalled{child});
        if (which % 4 == 1) engine_.on_dataplane(now_, ike::ChildFirstInbound{child});
        if (which % 8 == 2) engine_.on_dataplane(now_, ike::ChildSoftLimit{child});
        if (which % 8 == 6) engine_.on_dataplane(now_, ike::ChildHardLimit{child});
        if (which % 4 == 3)
            engine_.on_dataplane(now_, ike::TunnelWanted{dataplane::TunnelId{which / 4U % 8}, which / 32U});
        drain();
    }

    void pass(milliseconds time) {
        const TimePoint end = now_ + time;
        // Bounded: a deadline that comes back without time passing would be a busy loop.
        for (int round = 0; round < 10'000; ++round) {
            const auto deadline = engine_.next_deadline();
            if (!deadline || *deadline > end) {
                now_ = end;
                return;
            }
            now_ = std::max(now_, *deadline);
            engine_.on_timeout(now_);
            drain();
        }
        require(false, "the engine asks to be called again and again");
    }

    void command(decltype(ike::Command::what) what) {
        engine_.on_command(now_, ike::Command{ike::CommandId{1}, std::move(what)});
        drain();
    }

    void receive(const Bytes& datagram) {
        engine_.on_datagram(now_, {{kLeft, 500}, {kRight, 500}}, datagram);
        drain();
    }

    void drain() {
        for (int count = 0; auto action = engine_.poll_action(); ++count) {
            require(count < 1000, "one call leads to a thousand actions");
            if (auto* send = std::get_if<ike::Send>(&*action)) {
                check_message(send->datagram);
                continue;
            }
            const auto answer = dataplane_.apply(std::move(*action));
            if (answer) engine_.on_dataplane(now_, *answer);
        }
        require(dataplane_.offences().empty(), "an order to the data plane makes no sense");
        require(engine_.counters().ike_sas < 300 && engine_.counters().child_sas < 300, "SAs without bound");
    }

    void check_message(const Bytes& datagram) {
        const auto header = ike::wire::parse_header(datagram);
        require(header.ok(), "a message of ours has a broken header");
        if (header->is_response)
            ++answers_;
        else
            last_request_ = header->message_id;
        last_sent_ = datagram;
        if (header->first_payload == PayloadType::kSk) return;
        require(ike::wire::parse_payloads(header->first_payload, ByteView(datagram).subspan(28)).ok(),
                "an unprotected message of ours does not parse");
    }

    TimePoint now_{std::chrono::hours(1)};
    crypto::SeededRandom random_;
    SimDataplane dataplane_;
    SimWallClock wall_clock_{now_};
    ike::Engine engine_;
    ScriptedPeer peer_;
    bool engine_initiates_ = false;
    bool with_addresses_ = false;
    Bytes last_sent_;
    std::uint64_t answers_ = 0;
    std::uint32_t last_request_ = 0;
    std::uint32_t next_id_ = 1;
};

}  // namespace
}  // namespace esplane::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace esplane;  // NOLINT(google-build-using-namespace)
    sim::Script script(ByteView(data, size));
    const std::uint8_t setup = script.octet();
    sim::Harness harness((setup & 1) != 0, (setup & 4) != 0, (setup & 8) != 0);
    if ((setup & 2) == 0) harness.authenticate();
    for (int steps = 0; steps < 32 && !script.ended(); ++steps)
        harness.step(script);
    harness.end();
    return 0;
}
