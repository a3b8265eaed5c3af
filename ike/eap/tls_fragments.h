// Messages of TLS cut into fragments, and put together again (RFC 5216 2.1.5).
#pragma once

#include <optional>
#include <string>

#include "ike/eap/tls_packet.h"

namespace esplane::ike::eap::tls {

/// One message on its way out; each fragment but the last is acknowledged before the next one.
class Outgoing {
  public:
    /// The packet that begins it, of an empty one too.
    Bytes begin(Bytes message);
    bool goes_on() const { return sent_ < message_.size(); }
    /// While it goes on.
    Bytes next();

  private:
    Bytes message_;
    std::size_t sent_ = 0;
};

/// One message on its way in.
class Incoming {
  public:
    enum class State {
        kMore,   ///< to be acknowledged: others follow
        kWhole,  ///< take() has it
        kWrong,  ///< the fragments do not add up to a message, or to one that is too long
    };
    /// No start.
    State add(const Fragment& fragment);
    /// After kWhole; the next message may follow.
    Bytes take();

  private:
    Bytes message_;
    std::optional<std::uint32_t> total_;  // while there is a part of it
};

}  // namespace esplane::ike::eap::tls
