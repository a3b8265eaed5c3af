// The running gateway: makes the parts in the right order, runs the control thread, ends them in the right order.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "config/load.h"
#include "crypto/random.h"
#include "gateway/control/server.h"
#include "gateway/metrics/server.h"
#include "gateway/net/host_interface.h"
#include "gateway/net/network_changes.h"
#include "gateway/net/routing.h"
#include "gateway/options.h"
#include "gateway/port_log.h"
#include "gateway/send_failures.h"
#include "gateway/signals.h"
#include "gateway/status_fetcher.h"
#include "gateway/surroundings.h"
#include "gateway/tunnels.h"
#include "gateway/worker_log.h"
#include "ike/runtime/runtime.h"

namespace esplane::gateway {

class Gateway final : ike::Observer, control::Handler {
  public:
    /// Privileges must have been given up, the log be open. `config_file` is read again upon SIGHUP.
    static Result<std::unique_ptr<Gateway>, std::string> start(Options options, std::string config_file);
    ~Gateway() override;
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// Until SIGTERM or SIGINT. Peers have been told, or did not listen, when it returns.
    void run();

  private:
    Gateway(Options options, std::string config_file, std::unique_ptr<ike::EventLoop> loop, Signals signals);

    Result<void, std::string> open_sockets();
    Result<void, std::string> lay_blackholes();
    Result<void, std::string> start_dataplane();
    /// Of the kernel's network: devices and routes for plain packets, sockets for the peers' ones.
    bool has_devices() const { return !options_.dataplane.dpdk || !options_.dataplane.dpdk->has_clear_port(); }
    bool has_sockets() const { return !options_.dataplane.dpdk; }
    std::unique_ptr<Surroundings> surroundings();
    /// Null, with a warning, where there is no place to keep it.
    std::shared_ptr<const crypto::Secret> crash_secret();
    void look_around();
    Result<void, std::string> set_tunnels();
    Result<void, std::string> watch_network();
    Result<void, std::string> open_host_interface();
    Result<void, std::string> start_metrics();
    std::string keep_what_a_crash_left();
    void announce_ready();

    void on_signal(int signal);
    void stop();
    void reload();
    void apply(Options wanted);

    void on_happened(const ike::Happened& happened) override;
    void on_send_failed(const Path& path, int error) override { send_failures_.note(path, error); }
    void on_resized(const dataplane::Resized& event) override { tunnels_->resized(event); }
    void on_instance_added(const ike::AddInstance& instance) override { tunnels_->add_instance(instance); }
    void on_virtual_addresses(const ike::UseVirtualAddresses& use) override { tunnels_->use_addresses(use); }
    void on_status_wanted(const ike::FetchStatus& wanted) override { status_fetcher_.ask(wanted); }
    void on_instance_removed(dataplane::TunnelId instance) override { tunnels_->remove_instance(instance); }
    void on_request(control::ClientId client, const control::Request& request) override;
    void act(control::ClientId client, const control::Request& request);
    Report report(const std::string& only = {}) const;

    Options options_;
    std::string config_file_;
    const std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
    crypto::SystemRandom random_;
    bool after_crash_ = false;
    bool stopping_ = false;
    bool finished_ = false;

    // In the order of their making; the destructor's order is its reverse, and matters: the devices go before the
    // blackholes beneath their routes and the rules that lead to them do.
    std::unique_ptr<ike::EventLoop> loop_;
    Signals signals_;
    SendFailures send_failures_;
    std::optional<control::ListeningSocket> control_socket_;
    std::optional<ike::UdpTransport> transport_;
    std::unique_ptr<Routing> routing_;
    std::unique_ptr<HostInterface> host_interface_;
    std::unique_ptr<dataplane::Dataplane> dataplane_;
    std::unique_ptr<Surroundings> surroundings_;
    std::unique_ptr<ike::Runtime> runtime_;
    std::unique_ptr<Tunnels> tunnels_;
    std::optional<NetworkChanges> network_changes_;
    ike::EventLoop::Watch network_watch_;
    std::unique_ptr<MetricsServer> metrics_;
    StatusFetcher status_fetcher_;
    PortLog port_log_;
    WorkerLog worker_log_;
    std::unique_ptr<control::Server> control_;
    ike::EventLoop::Timer alive_timer_;
    ike::EventLoop::Timer metrics_timer_;
    ike::EventLoop::Timer look_timer_;
    ike::EventLoop::Timer stop_timer_;
};

}  // namespace esplane::gateway
