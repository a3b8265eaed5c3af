// IKE SAs that we answered as responder and whose peer has not proven itself: found again by the request that made
// them, and counted by being listed.
#pragma once

#include <map>
#include <optional>

#include "ike/core/window.h"
#include "ike/wire/message.h"

namespace esplane::ike {

class HalfOpenTable {
  public:
    void add(const Fingerprint& init_request, IkeSpi local) { by_request_.emplace(init_request, local); }
    void remove(const Fingerprint& init_request) { by_request_.erase(init_request); }
    std::optional<IkeSpi> find(const Fingerprint& init_request) const {
        const auto found = by_request_.find(init_request);
        if (found == by_request_.end()) return std::nullopt;
        return found->second;
    }
    std::size_t size() const { return by_request_.size(); }

  private:
    std::map<Fingerprint, IkeSpi> by_request_;
};

}  // namespace esplane::ike
