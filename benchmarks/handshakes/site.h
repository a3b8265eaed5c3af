// A gateway and its peers, with a tunnel to each: pre-shared key, AES-256-GCM, HMAC-SHA-256, P-256. All peers are one
// engine that has all their addresses. What they send arrives in order, and nothing is lost.
#pragma once

#include <memory>

#include "benchmarks/handshakes/node.h"

namespace esplane::bench {

class Site {
  public:
    /// The gateway knows tunnels 1 to `tunnels`, none of which is up.
    explicit Site(std::uint32_t tunnels, const ike::Options& gateway = {});

    ike::TimePoint now{std::chrono::hours(1)};
    Node& gateway() { return gateway_; }
    Node& peers() { return *peers_; }

    /// The peer of this number starts its tunnel.
    void start(std::uint32_t number);
    /// Until nobody has anything to say any more. The clock stands still.
    void converse();
    /// One datagram from the peers to the gateway, or, if they are silent, the other way. False if all are silent.
    bool deliver();
    /// Everything of the peers' is off the heap. They are not to be used any more.
    void forget_peers() { peers_.reset(); }
    /// As many IKE_SAs and CHILD_SAs of the gateway's are established; throws if they are not.
    void require_established(std::size_t count) const;
    std::size_t established() const { return gateway_.engine().counters().child_sas; }

  private:
    Node gateway_;
    std::unique_ptr<Node> peers_;
};

/// A tunnel that takes any peer, for strangers: the gateway has an answer for every address.
ike::TunnelOptions tunnel_for_anybody();

std::string tunnel_name(std::uint32_t number);

}  // namespace esplane::bench
