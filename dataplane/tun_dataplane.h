// The data plane over TUN devices and sockets.
#pragma once

#include <memory>
#include <vector>

#include "dataplane/io/cipher_sockets.h"
#include "dataplane/tun_devices.h"
#include "dataplane/workers_dataplane.h"

namespace esplane::dataplane {

class TunDataplane final : public WorkersDataplane {
  public:
    /// `sockets` by worker.
    TunDataplane(std::vector<CipherSockets> sockets, const Options& options);
    ~TunDataplane() override;

    Result<void, std::string> open_port(const ClearPortOptions& port) override { return devices_.open(port); }
    void close_port(ClearPort port) override { devices_.close(port); }
    void send_ike(const Path& path, ByteView datagram) override;
    void send_keepalive(const Path& path) override;

  private:
    struct TunWorker;

    void let_go(WorkerId worker, ClearPort port) override { devices_.let_go(worker, port); }

    TunDevices devices_;
    std::vector<std::unique_ptr<TunWorker>> workers_;  // ends first, while all that it uses is there
};

}  // namespace esplane::dataplane
