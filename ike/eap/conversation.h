// An EAP conversation (RFC 3748), either side: packets in, packets out, no time and no I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace esplane::ike::eap {

inline constexpr std::size_t kMskSize = 64;  ///< of what AUTH is made from (RFC 7296 2.16)

/// What comes of a packet.
struct Step {
    enum class Kind : std::uint8_t {
        kSend,     ///< `packet` goes to the other side, whose answer is awaited
        kSuccess,  ///< it is over, and the key is there; `packet` (EAP-Success) goes along where we are the
                   ///< authenticator
        kFailure,  ///< it is over; `packet` (EAP-Failure) goes along where we are the authenticator
        kIgnored,  ///< no answer to what was asked (RFC 3748 4.1): as if it had not come
    };
    Kind kind = Kind::kIgnored;
    Bytes packet;  ///< a whole EAP packet, or empty
};

/// The authenticator and its EAP server, or the peer.
class Conversation {
  public:
    virtual ~Conversation() = default;
    /// The authenticator's first request; a peer has none: empty.
    virtual Bytes begin() = 0;
    /// A whole EAP packet of the other side, of any content.
    virtual Step receive(ByteView packet) = 0;
    /// After kSuccess: the MSK, of kMskSize octets; empty before.
    virtual const crypto::Secret& msk() const = 0;
    /// As authenticator: who the peer says to be (its EAP identity), octets of the peer's choosing; as peer: our own.
    virtual const std::string& identity() const = 0;
    /// "mschapv2", "tls": the method that is under way or has ended it; empty before there is one.
    virtual std::string method() const = 0;
    /// After kFailure, and before it where that can only follow: why, as the end of a sentence for the operator.
    virtual std::string why() const = 0;
};

/// What a tunnel is configured with as the side that asks; makes a conversation for each negotiation, which may outlive
/// it, but not `random`.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    virtual std::unique_ptr<Conversation> begin_conversation(crypto::Random& random,
                                                             std::chrono::system_clock::time_point now) const = 0;
    /// Differs where anything differs that it was made of; tells no secret.
    virtual std::string digest() const = 0;
};

/// The same for the side that is asked, under another name: the two are never mixed up.
class Supplicant {
  public:
    virtual ~Supplicant() = default;
    virtual std::unique_ptr<Conversation> begin_conversation(crypto::Random& random,
                                                             std::chrono::system_clock::time_point now) const = 0;
    virtual std::string digest() const = 0;
};

}  // namespace esplane::ike::eap
