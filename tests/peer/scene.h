// An engine with one tunnel, and the separate peer at the other end of it.
#pragma once

#include <string>
#include <vector>

#include "tests/peer/peer.h"
#include "tests/sim/sim.h"

namespace esplane::peer {

/// How far the two are when a test begins.
enum class Stage : std::uint8_t {
    kStranger,        ///< the engine listens and has heard nothing
    kHalfOpen,        ///< the peer has its answer to IKE_SA_INIT
    kGuest,           ///< the peer has set up the tunnel
    kCalled,          ///< the engine has sent its IKE_SA_INIT
    kAuthenticating,  ///< the engine has sent its IKE_AUTH
    kHost,            ///< the engine has set up the tunnel
    kChildRekey,      ///< and has asked for the rekey of its CHILD_SA
    kIkeRekey,        ///< or of the IKE SA
};

class Scene {
  public:
    explicit Scene(Stage stage, std::uint64_t seed = 1);

    sim::World world;
    sim::Node& engine;
    Peer peer;
    std::vector<Bytes> heard;   ///< what the engine has sent since the last `say`
    Message asked;              ///< the engine's last request inside SK
    std::uint32_t next_id = 0;  ///< of the peer's next request

    void say(const Bytes& datagram, const Path& path = {{sim::kLeft, 500}, {sim::kRight, 500}});
    /// A request with the next ID, properly sealed.
    void ask(std::uint8_t exchange, const Chain& chain) { say(peer.seal(exchange, false, next_id++, chain)); }
    /// An answer to what the engine has asked.
    void answer(const Chain& chain) { say(peer.seal(asked.header.exchange, true, asked.header.id, chain)); }
    /// What was heard, opened where it is sealed; what cannot be read is left out.
    std::vector<Chain> heard_chains();

    /// What must hold whatever a peer does; empty, or what does not.
    std::string broken();
    /// Another peer that has the key comes, and traffic passes; empty, or what went wrong.
    std::string honest_peer_fails(std::uint64_t seed = 99);

  private:
    void reach(Stage stage);
    void take_request();
    std::vector<Peer> others_;  ///< honest ones
};

/// A whole set-up by the peer as initiator; false when the engine did not agree.
bool connect(Scene& scene, Peer& peer, bool initial_contact);

}  // namespace esplane::peer
