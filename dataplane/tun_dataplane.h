// The data plane over TUN devices and sockets.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "dataplane/io/cipher_sockets.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/workers_dataplane.h"

namespace esplane::dataplane {

class TunDataplane final : public WorkersDataplane {
  public:
    /// `sockets` by worker.
    TunDataplane(std::vector<CipherSockets> sockets, const Options& options);
    ~TunDataplane() override;

    Result<void, std::string> open_port(const ClearPortOptions& port) override;
    void close_port(ClearPort port) override;
    void send_ike(const Path& path, ByteView datagram) override;
    void send_keepalive(const Path& path) override;

  private:
    struct TunWorker;

    void let_go(WorkerId worker, ClearPort port) override;

    std::map<ClearPort, std::vector<FileDescriptor>> devices_;  // a queue a worker
    std::map<ClearPort, std::vector<FileDescriptor>> closing_;  // each until its worker has let go
    std::vector<std::unique_ptr<TunWorker>> workers_;           // ends first, while all that it uses is there
};

}  // namespace esplane::dataplane
