// A peer that follows no rules but those that a test gives it: it does the key exchange properly, so that it holds the
// keys, and then says whatever it is told to, inside SK.
#pragma once

#include <optional>

#include "ike/core/ike_sa.h"
#include "ike/core/options.h"
#include "ike/wire/codec.h"

namespace esplane::sim {

class ScriptedPeer {
  public:
    /// `own`: the peer's own view of the tunnel; the first of its IKE proposals is what it speaks.
    ScriptedPeer(ike::TunnelOptions own, std::uint64_t seed);

    // --- as initiator ---
    Bytes init_request();
    bool take_init_response(ByteView datagram);
    /// A proper IKE_AUTH request, to be sealed as it is or spoiled before.
    ike::wire::Payloads auth_request();
    /// A CREATE_CHILD_SA request for a new CHILD_SA, without PFS.
    ike::wire::Payloads child_request();

    // --- as responder ---
    Bytes init_response(ByteView request);
    ike::wire::Payloads auth_response(const ike::wire::Payloads& request);

    // --- both ---
    /// AUTH for this identity, by the pre-shared key of `own`; without one by its certificate, which goes along.
    void put_proof(const ike::wire::Id& id, ike::wire::Payloads& payloads) const;
    Bytes seal(ike::wire::ExchangeType exchange, bool is_response, std::uint32_t id,
               const ike::wire::Payloads& payloads);
    /// In fragments of at most `longest` octets.
    std::vector<Bytes> seal_in_fragments(ike::wire::ExchangeType exchange, bool is_response, std::uint32_t id,
                                         const ike::wire::Payloads& payloads, std::size_t longest);
    /// Whatever octets as the inside of SK.
    Bytes seal_octets(ike::wire::ExchangeType exchange, bool is_response, std::uint32_t id,
                      ike::wire::PayloadType first, ByteView chain);
    /// Empty when it is not for us or does not verify.
    std::optional<ike::wire::Payloads> open(ByteView datagram) const;

    ike::TunnelOptions own;
    bool fragmentation = false;  ///< says that it takes fragments
    bool intermediate = false;   ///< says that it takes IKE_INTERMEDIATE
    std::optional<Path> seen;    ///< its own, by which it begins NAT detection

  private:
    ike::wire::Header header(ike::wire::ExchangeType exchange, bool is_response, std::uint32_t id) const;
    bool make_keys(ByteView peer_value);
    Bytes spi_octets();

    crypto::SeededRandom random_;
    bool initiator_ = false;
    ike::IkeSuite suite_;
    ike::IkeSpi spi_i_{};
    ike::IkeSpi spi_r_{};
    std::unique_ptr<crypto::KeyExchange> ke_;
    ike::Transcript transcript_;
    std::optional<ike::Protection> protection_;
};

}  // namespace esplane::sim
