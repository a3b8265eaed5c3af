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
    void add(const Fingerprint& init_request, IkeSpi local, const IpAddress& source) {
        const Prefix of = source_of(source);
        if (by_request_.emplace(init_request, Entry{local, of}).second) ++by_source_[of];
    }
    void remove(const Fingerprint& init_request) {
        const auto found = by_request_.find(init_request);
        if (found == by_request_.end()) return;
        const auto source = by_source_.find(found->second.source);
        if (--source->second == 0) by_source_.erase(source);
        by_request_.erase(found);
    }
    std::optional<IkeSpi> find(const Fingerprint& init_request) const {
        const auto found = by_request_.find(init_request);
        if (found == by_request_.end()) return std::nullopt;
        return found->second.local;
    }
    std::size_t size() const { return by_request_.size(); }
    /// Of whoever has this address: an IPv6 host has a /64 to itself.
    std::size_t size_of_source(const IpAddress& address) const {
        const auto found = by_source_.find(source_of(address));
        return found == by_source_.end() ? 0 : found->second;
    }

  private:
    struct Entry {
        IkeSpi local;
        Prefix source;
    };
    static Prefix source_of(const IpAddress& address) {
        return Prefix::around(address, address.family() == Family::kIpv4 ? 32 : 64);
    }

    std::map<Fingerprint, Entry> by_request_;
    std::map<Prefix, std::size_t> by_source_;
};

}  // namespace esplane::ike
