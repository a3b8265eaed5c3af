// The thread of one worker.
#pragma once

#include <functional>
#include <thread>

#include "dataplane/worker/mailbox.h"

namespace esplane::dataplane {

class WorkerThread {
  public:
    /// Starts `run`, which returns when the mailbox says stop, and all that it uses must outlive this. `cpu`: -1 is
    /// any.
    WorkerThread(WorkerId id, Mailbox& mailbox, int cpu, std::function<void()> run);
    ~WorkerThread();  ///< stops it
    WorkerThread(const WorkerThread&) = delete;
    WorkerThread& operator=(const WorkerThread&) = delete;

    Outbox<Command>& commands() { return commands_; }
    /// On which cpu alone it runs; -1: on any, also when the kernel did not allow the one that was wanted.
    int cpu() const { return cpu_; }

  private:
    Mailbox& mailbox_;
    Outbox<Command> commands_;
    int cpu_;
    std::thread thread_;
};

}  // namespace esplane::dataplane
