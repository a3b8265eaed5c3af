// What OCSP responders have said lately, and who waits for them to say something.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "dataplane/packet/time_point.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// By the fingerprint of the certificate that was asked about. Bounded: the entry asked about longest ago goes first.
class StatusCache {
  public:
    using TimePoint = dataplane::TimePoint;

    /// Empty: there is none. It may be out of date.
    ByteView response(const std::string& certificate) const {
        const auto found = entries_.find(certificate);
        return found == entries_.end() ? ByteView() : ByteView(found->second.response);
    }
    /// Not again within a minute, whatever was said.
    bool may_ask(const std::string& certificate, TimePoint now) const;
    /// `sa` is to be told; true when nobody is waiting for it yet.
    bool wait(const std::string& certificate, IkeSpi sa);
    /// An empty response: none could be had. Returns who has waited.
    std::vector<IkeSpi> put(const std::string& certificate, Bytes response, TimePoint now);
    std::size_t size() const { return entries_.size(); }
    /// How many wait.
    std::size_t waiting() const;

  private:
    struct Entry {
        Bytes response;
        TimePoint asked_at;
    };
    std::map<std::string, Entry> entries_;
    std::map<std::string, std::vector<IkeSpi>> waiting_;
};

}  // namespace esplane::ike
