// Hears from the kernel when links, addresses, routes or rules have changed.
#pragma once

#include <memory>
#include <string>

#include "crypto/result.h"

struct nl_sock;

namespace esplane::gateway {

/// A subscription of rtnetlink's notifications, in the network namespace of the thread that opens it.
class NetworkChanges {
  public:
    static Result<NetworkChanges, std::string> open();

    /// Readable when there is something to take.
    int descriptor() const;
    /// Takes all that has come. True if anything among it may change the way of a packet; routes of the gateway's own
    /// do not. More than the kernel could keep counts as a change.
    bool take();

  private:
    struct Close {
        void operator()(nl_sock* socket) const;
    };
    explicit NetworkChanges(nl_sock* socket) : socket_(socket) {}

    std::unique_ptr<nl_sock, Close> socket_;
};

}  // namespace esplane::gateway
