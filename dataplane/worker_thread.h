// One worker of the data plane over TUN devices and sockets: all that it has for itself, on a thread of its own.
#pragma once

#include <thread>

#include "dataplane/io/cipher_sockets.h"
#include "dataplane/io/tun.h"
#include "dataplane/io/udp_esp.h"
#include "dataplane/io/waiter.h"
#include "dataplane/worker/mailbox.h"
#include "dataplane/worker/worker.h"

namespace esplane::dataplane {

class WorkerThread {
  public:
    /// Starts it. `mailbox` must outlive this, and what `handoff` leads to as well. `cpu`: -1 is any.
    WorkerThread(WorkerId id, CipherSockets sockets, Mailbox& mailbox, Handoff handoff, int cpu, PollPolicy poll);
    ~WorkerThread();  ///< stops it
    WorkerThread(const WorkerThread&) = delete;
    WorkerThread& operator=(const WorkerThread&) = delete;

    Outbox<Command>& commands() { return commands_; }
    const CipherSockets& sockets() const { return sockets_; }
    /// On which cpu alone it runs; -1: on any, also when the kernel did not allow the one that was wanted.
    int cpu() const { return cpu_; }

  private:
    CipherSockets sockets_;
    Mailbox& mailbox_;
    Outbox<Command> commands_;
    Waiter waiter_;
    TunIo tun_;
    UdpEspIo udp_esp_;
    Worker<TunIo, UdpEspIo> worker_;
    int cpu_;
    std::thread thread_;
};

}  // namespace esplane::dataplane
