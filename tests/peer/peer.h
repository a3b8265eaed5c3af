// A peer that shares nothing with the engine but the primitives of crypto/: own octets, own key schedule. It speaks one
// suite (AES-256-GCM-16, PRF_HMAC_SHA2_256, X25519) and a pre-shared key. What it would properly say comes as a chain
// of payloads, to be sent as it is or spoiled before.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/key_exchange.h"
#include "tests/peer/encoding.h"
#include "tests/peer/keys.h"

namespace esplane::peer {

/// A CHILD_SA that both sides hold for agreed on, as the peer sees it.
struct Child {
    std::uint32_t spi_in = 0;  ///< of the peer
    std::uint32_t spi_out = 0;
    Bytes key_in;  ///< key and salt
    Bytes key_out;
};

struct Message {
    Header header;
    Chain chain;
};

class Peer {
  public:
    Peer(std::string name, std::string psk, std::uint64_t seed);

    std::string name;  ///< its FQDN
    std::string psk;
    /// Its own side of the tunnel, and the engine's.
    std::uint32_t own_first = 0x0a020000, own_last = 0x0a02ffff;
    std::uint32_t other_first = 0x0a010000, other_last = 0x0a01ffff;

    // --- IKE_SA_INIT ---
    Chain init_chain();
    /// As it goes on the wire; it is what AUTH will cover.
    Bytes init_request(const Chain& chain);
    /// The same once more, behind this notify (2.6).
    Bytes repeat_with_cookie(const Payload& cookie);
    bool take_init_response(ByteView datagram);
    /// False when the request is not one that the peer can answer.
    bool take_init_request(ByteView datagram);
    Chain init_answer_chain();
    Bytes init_response(const Chain& chain);

    // --- inside SK ---
    Chain auth_chain();
    Chain auth_answer_chain(const Chain& request);
    /// For a new CHILD_SA with PFS.
    Chain child_chain();
    Chain child_rekey_chain(std::uint32_t spi_in);
    Chain child_answer_chain(const Chain& request);
    Chain ike_rekey_chain();
    Chain ike_rekey_answer_chain(const Chain& request);
    /// Goes on with the IKE SA that these two chains made; false when they did not.
    bool follow_ike_rekey(const Chain& request, const Chain& answer, bool we_asked);

    Bytes seal(std::uint8_t exchange, bool response, std::uint32_t id, const Chain& chain);
    /// Whatever octets as the inside of SK, padding and its length included.
    Bytes seal_octets(std::uint8_t exchange, bool response, std::uint32_t id, std::uint8_t first, ByteView text);
    /// One SKF payload (RFC 7383 2.5).
    Bytes seal_fragment(std::uint8_t exchange, bool response, std::uint32_t id, std::uint8_t first,
                        std::uint16_t number, std::uint16_t total, ByteView text);
    /// Empty when it is not for us, does not verify or cannot be read.
    std::optional<Message> open(ByteView datagram);

    /// The header of an own message.
    Header header(std::uint8_t exchange, bool response, std::uint32_t id) const;
    Bytes auth_value(ByteView key, ByteView id_body) const;  ///< own AUTH
    Payload own_id(std::uint8_t type) const;
    bool is_initiator() const { return initiator_; }
    bool has_keys() const { return !keys_.d.empty(); }

    std::vector<Child> children;  ///< all that were ever agreed on, the latest last
    Bytes init_request_octets, init_response_octets;
    Bytes nonce_i, nonce_r;

  private:
    bool make_keys(ByteView other_value);
    Bytes seal_in(std::uint8_t type, std::uint8_t first, ByteView numbers, const Header& header, ByteView text);
    Bytes spi_octets();
    Chain selectors(bool we_ask) const;
    /// What the first proposal of a request offers first of each transform type, under an SPI of ours.
    Payload choose(const Chain& request, std::size_t spi_length);
    Bytes fresh_ke_value();
    Bytes shared_with(const Chain& theirs) const;
    /// Notes the CHILD_SA that a request and its answer make, if they do.
    void note_child(const Chain& request, const Chain& answer, bool we_asked);

    crypto::SeededRandom random_;
    bool initiator_ = false;
    std::uint64_t spi_i_ = 0, spi_r_ = 0;
    std::unique_ptr<crypto::KeyExchange> ke_;
    IkeKeys keys_;
    std::uint64_t next_iv_ = 1;
    Chain our_request_, their_request_;  ///< the last ones inside SK
};

}  // namespace esplane::peer
