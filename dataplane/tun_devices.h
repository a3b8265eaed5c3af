// The TUN devices of the clear side: the control thread owns the descriptors, each worker polls a queue of every
// device.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dataplane/io/file_descriptor.h"
#include "dataplane/workers_dataplane.h"

namespace esplane::dataplane {

class TunDevices {
  public:
    using Submit = std::function<void(WorkerId, Command)>;

    /// `submit` tells a worker.
    TunDevices(std::size_t workers, Submit submit) : workers_(workers), submit_(std::move(submit)) {}

    /// The error says which device, why, and what to do.
    Result<void, std::string> open(const ClearPortOptions& port);
    void close(ClearPort port);
    /// A worker has let go of a device.
    void let_go(WorkerId worker, ClearPort port);

  private:
    using Queues = std::vector<FileDescriptor>;  // by worker

    std::size_t workers_;
    Submit submit_;
    std::map<ClearPort, Queues> devices_;
    std::map<ClearPort, Queues> closing_;  // each queue until its worker has let go
};

}  // namespace esplane::dataplane
