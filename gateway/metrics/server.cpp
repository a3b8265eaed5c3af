#include "gateway/metrics/server.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/file_descriptor.h"
#include "gateway/metrics/families.h"

namespace esplane::gateway {
namespace {

std::string reason_against(const Endpoint& listen) {
    sockaddr_storage address{};
    const socklen_t length = dataplane::to_socket_address(listen, address);
    const dataplane::FileDescriptor fd(socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return std::strerror(errno);
    return "the HTTP server does not start";
}

}  // namespace

class MetricsServer::Page final : public prometheus::Collectable {
  public:
    void put(std::vector<prometheus::MetricFamily> families) {
        const std::lock_guard lock(mutex_);
        families_ = std::move(families);
    }
    std::vector<prometheus::MetricFamily> Collect() const override {
        const std::lock_guard lock(mutex_);
        return families_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<prometheus::MetricFamily> families_;
};

class MetricsServer::Http {
  public:
    explicit Http(const std::string& listen) : exposer(listen, /*num_threads=*/1) {}
    prometheus::Exposer exposer;
};

MetricsServer::MetricsServer(std::shared_ptr<Page> page, std::unique_ptr<Http> http)
    : page_(std::move(page)), http_(std::move(http)) {}

MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>, std::string> MetricsServer::start(const Endpoint& listen) {
    try {
        auto page = std::make_shared<Page>();
        auto http = std::make_unique<Http>(listen.to_string());
        http->exposer.RegisterCollectable(page);
        return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(page), std::move(http)));
    } catch (const std::exception&) {  // the library's way to say that it could not listen, but not why
        return Failure{
            "metrics: cannot listen on " + listen.to_string() + ": " + reason_against(listen) +
            ". Write an address of this host's, which those of DPDK's ports are not, and a port that is free "
            "as gateway.metrics"};
    }
}

void MetricsServer::publish(const Report& report) {
    page_->put(to_families(report));
}

}  // namespace esplane::gateway
