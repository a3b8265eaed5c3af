// Who says that outer packets of ours are too big: gathers the reports from the error queues of all sockets, and keeps
// a few until they are asked for.
#pragma once

#include <array>
#include <optional>

#include "dataplane/io/cipher_sockets.h"
#include "dataplane/io/error_queue.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class TooBigReports {
  public:
    /// What is read of one queue in one go; an attacker fills it faster than that.
    static constexpr std::size_t kMostAtOnce = 32;

    /// `sockets` must outlive this.
    explicit TooBigReports(const CipherSockets& sockets) : sockets_(sockets) {}

    /// Empties the queues that are marked. No system call when none is.
    void collect() {
        if (sockets_.error_marks().any()) [[unlikely]]
            collect_marked();
    }
    /// The host itself refused a packet with DF: its message, which is in the queue, does not say of which SA.
    void refused(const Slot& slot);
    std::optional<TooBigReport> next();

  private:
    void collect_marked();
    /// False when there is more to read.
    bool drain(const CipherSocket& socket);
    void take(const CipherSocket& socket, const QueuedError& queued);
    void keep(const TooBigReport& report);

    const CipherSockets& sockets_;
    std::optional<TooBigReport> refused_;  // the last, without its MTU
    // When there are more they are forgotten: the next packet that is too big brings another.
    std::array<TooBigReport, 32> kept_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace esplane::dataplane
