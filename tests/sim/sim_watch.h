// Sees whether an engine ever uses an IV twice under one key, or a key or SPI of ESP twice (RFC 5282 3.1, RFC 4106 2).
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"
#include "ike/wire/message.h"

namespace esplane::sim {

class ReuseWatch {
  public:
    /// For IKE SAs with AES-GCM: the IV is explicit. The same octets again are a retransmission.
    void sent(const Bytes& datagram);
    void installed(const IpAddress& by, const dataplane::ChildOptions& child);
    const std::vector<std::string>& offences() const { return offences_; }

  private:
    /// Who sent under which IKE SA names the key; the IV comes last.
    using Nonce = std::tuple<ike::IkeSpi, ike::IkeSpi, bool, std::uint64_t>;
    std::map<Nonce, Bytes> datagrams_;
    std::set<std::pair<IpAddress, Bytes>> keys_;
    std::vector<std::string> offences_;
};

}  // namespace esplane::sim
