#include "gateway/metrics/server.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/metrics/families.h"

namespace esplane::gateway {

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
    } catch (const std::exception& error) {  // the library's way to say that it could not listen
        return Failure{"metrics: cannot listen on " + listen.to_string() + ": " + error.what() +
                       ". Is the address this host's, and the port free?"};
    }
}

void MetricsServer::publish(const Report& report) {
    page_->put(to_families(report));
}

}  // namespace esplane::gateway
