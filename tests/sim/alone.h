// An engine alone on the left, and on the right whatever a test makes of a peer.
#pragma once

#include <optional>
#include <vector>

#include "ike/wire/codec.h"
#include "tests/sim/scripted_peer.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

inline const Path kFromRight{{kLeft, 500}, {kRight, 500}};

struct Alone {
    explicit Alone(const ike::Options& options = {});
    World world;
    std::vector<Bytes> sent;
    Node& left;

    /// What the engine answers to `datagram`; empty when it stays silent.
    Bytes ask(const Bytes& datagram, const Path& path = kFromRight);
    /// Adds left_tunnel(), listening.
    void listen();
    /// Takes `peer` through IKE_SA_INIT and IKE_AUTH as initiator; true when it got its CHILD_SA.
    bool connect(ScriptedPeer& peer);
};

bool has(const std::optional<ike::wire::Payloads>& payloads, ike::wire::NotifyType type);
/// The payloads of an unprotected message.
std::optional<ike::wire::Payloads> parse(const Bytes& datagram);
ike::wire::Payloads with_notify(ike::wire::NotifyType type, Bytes data = {});
/// `payloads` as an unprotected response to `request`.
Bytes unprotected(const Bytes& request, const ike::wire::Payloads& payloads);

}  // namespace esplane::sim
