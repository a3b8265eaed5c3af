// An EAP method, either side: what stands behind the type of its packets goes in and out.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "ike/eap/packet.h"

namespace esplane::ike::eap {

struct MethodStep {
    enum class Kind : std::uint8_t {
        kSend,    ///< `data` goes out
        kDone,    ///< the other side is who it says to be, and msk() is there; of the peer `data` still goes out
        kFailed,  ///< for good, and why() says why
    };
    Kind kind = Kind::kFailed;
    Bytes data;
};

class Method {
  public:
    virtual ~Method() = default;
    /// The server's first request; empty for a peer.
    virtual Bytes begin() = 0;
    virtual MethodStep receive(ByteView data) = 0;
    const crypto::Secret& msk() const { return msk_; }
    /// The end of a sentence; empty while nothing has gone wrong.
    const std::string& why() const { return why_; }

  protected:
    MethodStep fail(std::string why) {
        why_ = std::move(why);
        return {};
    }
    crypto::Secret msk_;
    std::string why_;
};

/// What a method is run with.
struct Circumstances {
    crypto::Random& random;  ///< outlives the method
    std::chrono::system_clock::time_point now;
    std::string identity;  ///< the EAP identity of the peer
};

struct MethodOffer {
    Type type;
    std::function<std::unique_ptr<Method>(const Circumstances&)> make;
};
/// Best first; one at least.
using MethodOffers = std::vector<MethodOffer>;

/// An identity or a name for an operator to read, in quotes, whatever a peer has put into it.
std::string printable(std::string_view name);

}  // namespace esplane::ike::eap
