// Serves the metrics over HTTP, on threads of the library's own.
#pragma once

#include <memory>
#include <string>

#include "crypto/result.h"
#include "dataplane/packet/address.h"
#include "gateway/status/report.h"

namespace esplane::gateway {

/// Called by the control thread. What a scrape gets is the report that was published last: engine and data plane
/// belong to the control thread, and a scrape must not make it wait.
class MetricsServer {
  public:
    /// The error says which address and why.
    static Result<std::unique_ptr<MetricsServer>, std::string> start(const Endpoint& listen);
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    void publish(const Report& report);

  private:
    class Page;
    class Http;
    MetricsServer(std::shared_ptr<Page> page, std::unique_ptr<Http> http);

    std::shared_ptr<Page> page_;
    std::unique_ptr<Http> http_;
};

}  // namespace esplane::gateway
