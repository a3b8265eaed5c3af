#include "gateway/gateway.h"

#include <unistd.h>

#include <csignal>
#include <set>
#include <utility>

#include "crypto/key_encapsulation.h"
#include "dataplane/dpdk/dpdk_dataplane.h"
#include "gateway/crash_secret.h"
#include "gateway/host_surroundings.h"
#include "gateway/log.h"
#include "gateway/port_surroundings.h"
#include "gateway/reload.h"
#include "gateway/responder.h"
#include "gateway/service_manager.h"
#include "gateway/status/units.h"
#include "gateway/version.h"
#include "gateway/worker_cpus.h"

namespace esplane::gateway {
namespace {

constexpr std::chrono::seconds kPatienceAtEnd{2};  // for the peers' answers to our Deletes
constexpr std::chrono::seconds kMetricsInterval{1};
constexpr std::chrono::milliseconds kLookInterval{500};

}  // namespace

Gateway::Gateway(Options options, std::string config_file, std::unique_ptr<ike::EventLoop> loop, Signals signals)
    : options_(std::move(options)),
      config_file_(std::move(config_file)),
      loop_(std::move(loop)),
      signals_(std::move(signals)),
      status_fetcher_(
          *loop_,
          [mark = options_.dataplane.socket_mark](const ike::FetchStatus& question) {
              return ask_responder(question, mark);
          },
          [this](const ike::StatusFetched& fetched) { runtime_->status_fetched(fetched); }),
      alive_timer_(*loop_,
                   [this] {
                       notify_alive();
                       alive_timer_.set_after(*alive_interval());
                   }),
      metrics_timer_(*loop_,
                     [this] {
                         metrics_->publish(report());
                         metrics_timer_.set_after(kMetricsInterval);
                     }),
      look_timer_(*loop_, [this] { look_around(); }),
      stop_timer_(*loop_, [this] { finished_ = true; }) {
    signals_.watch(*loop_, [this](int signal) { on_signal(signal); });
}

Gateway::~Gateway() = default;

Result<std::unique_ptr<Gateway>, std::string> Gateway::start(Options options, std::string config_file) {
    auto signals = Signals::open();
    if (!signals) return Failure{signals.error()};
    auto loop = ike::EventLoop::open();
    if (!loop) return Failure{loop.error()};
    std::unique_ptr<Gateway> gateway(
        new Gateway(std::move(options), std::move(config_file), std::move(*loop), std::move(*signals)));
    // Sockets first: their being taken says that another gateway runs, before anything of its is touched. Blackholes
    // before everything else, so that nothing leaves in clear while the rest comes up.
    for (const auto step :
         {&Gateway::open_sockets, &Gateway::lay_blackholes, &Gateway::start_dataplane, &Gateway::watch_network,
          &Gateway::set_tunnels, &Gateway::open_host_interface, &Gateway::start_metrics}) {
        auto done = (*gateway.*step)();
        if (done) continue;
        return Failure{done.error() + gateway->keep_what_a_crash_left()};
    }
    gateway->announce_ready();
    return gateway;
}

Result<void, std::string> Gateway::open_sockets() {
    auto control = control::ListeningSocket::open(options_.control_socket);
    if (!control) return Failure{control.error()};
    control_socket_.emplace(std::move(*control));
    if (!has_sockets()) return {};
    auto transport = ike::UdpTransport::open(options_.ike.ike_port, options_.dataplane.socket_mark);
    if (!transport) return Failure{transport.error()};
    transport_.emplace(std::move(*transport));
    return {};
}

Result<void, std::string> Gateway::lay_blackholes() {
    if (!has_devices()) return {};
    auto netlink = Netlink::open();
    if (!netlink) return Failure{netlink.error()};
    if (const auto found = netlink->our_routes()) after_crash_ = !found->empty();
    auto routing = Routing::open(options_.dataplane.socket_mark);
    if (!routing) return Failure{routing.error()};
    routing_ = std::move(*routing);
    for (const TunnelOptions& tunnel : options_.tunnels) {
        if (!tunnel.routes) continue;
        if (auto laid = routing_->lay(routes_of(tunnel, 0)); !laid) return laid;
    }
    return {};
}

/// A start that fails must not open what the gateway before it left closed when it crashed. Returns what to add to the
/// error.
std::string Gateway::keep_what_a_crash_left() {
    if (!after_crash_ || !routing_) return {};
    (void)routing_.release();  // its destructor would remove the routes
    return ". The blackhole routes of an earlier run stay, so that nothing leaves in clear: the next start takes them "
           "over; `ip route flush table 5050` (and 5051) removes them";
}

Result<void, std::string> Gateway::start_dataplane() {
    auto started = has_sockets() ? dataplane::start_tun_dataplane(options_.dataplane)
                                 : dataplane::start_dpdk_dataplane(options_.dataplane);
    if (!started) return Failure{started.error()};
    dataplane_ = std::move(*started);
    for (const auto& warning : worker_warnings(options_.dataplane, dataplane_->workers(), allowed_cpus()))
        log_warning(warning);
    for (const auto& remark : dataplane_->remarks())
        log_warning(remark);
    look_around();
    options_.ike.crash_secret = crash_secret();
    options_.ike.workers = static_cast<std::uint8_t>(dataplane_->workers().size());
    runtime_ = std::make_unique<ike::Runtime>(*loop_, std::move(transport_), *dataplane_, random_, options_.ike,
                                              static_cast<ike::Observer&>(*this));
    surroundings_ = surroundings();
    tunnels_ = std::make_unique<Tunnels>(*loop_, Tunnels::Parts{*dataplane_, *runtime_, *surroundings_});
    return {};
}

std::unique_ptr<Surroundings> Gateway::surroundings() {
    if (!has_devices()) return std::make_unique<PortSurroundings>(*dataplane_, *options_.dataplane.dpdk);
    HostSurroundings::FindPath find_path = [mark = options_.dataplane.socket_mark](const IpAddress& peer) {
        return find_outer_path(peer, mark);
    };
    if (!has_sockets())
        find_path = [paths = std::make_shared<PortPaths>(*options_.dataplane.dpdk)](const IpAddress& peer) {
            return paths->find(peer);
        };
    return std::make_unique<HostSurroundings>(*dataplane_, *routing_, std::move(find_path));
}

std::shared_ptr<const crypto::Secret> Gateway::crash_secret() {
    auto kept = keep_crash_secret(options_.state_directory, random_);
    if (kept) return std::make_shared<const crypto::Secret>(std::move(*kept));
    log_warning(kept.error() +
                ": peers will not learn at once when this gateway restarts after a crash, only by their "
                "liveness checks (gateway.state_directory)");
    return nullptr;
}

/// Whoever pulls a cable, or has a worker stand still, finds it in the log.
void Gateway::look_around() {
    dataplane_->look_after_workers();
    worker_log_.look(dataplane_->workers());
    port_log_.look(dataplane_->ports().ports, std::chrono::steady_clock::now());
    look_timer_.set_after(kLookInterval);
}

Result<void, std::string> Gateway::set_tunnels() {
    for (const TunnelOptions& tunnel : options_.tunnels) {
        if (auto set = tunnels_->set(tunnel); !set) return set;
    }
    return routing_ ? routing_->sweep() : Result<void, std::string>{};
}

/// Where the peers are reached through the kernel's network, a change of that is one of their paths, perhaps.
Result<void, std::string> Gateway::watch_network() {
    if (!has_sockets()) return {};
    auto changes = NetworkChanges::open();
    if (!changes) return Failure{changes.error()};
    network_changes_.emplace(std::move(*changes));
    network_watch_ = loop_->watch(network_changes_->descriptor(), [this](auto) {
        if (network_changes_->take()) tunnels_->network_changed();
    });
    return {};
}

/// Behind the tunnels: what is behind those is known to be, before the host's programs can send there.
Result<void, std::string> Gateway::open_host_interface() {
    const auto& dpdk = options_.dataplane.dpdk;
    if (!dpdk || dpdk->host_interface.empty()) return {};
    auto opened = HostInterface::open(plan_host(*dpdk));
    if (!opened) return Failure{opened.error()};
    host_interface_ = std::move(*opened);
    log_info("host interface " + dpdk->host_interface + ": the host is at the ports' addresses");
    return {};
}

Result<void, std::string> Gateway::start_metrics() {
    if (!options_.metrics) return {};
    auto server = MetricsServer::start(*options_.metrics);
    if (!server) return Failure{server.error()};
    metrics_ = std::move(*server);
    metrics_->publish(report());
    metrics_timer_.set_after(kMetricsInterval);
    return {};
}

void Gateway::announce_ready() {
    control_ = std::make_unique<control::Server>(*loop_, std::move(*control_socket_), static_cast<Handler&>(*this));
    control_socket_.reset();
    if (const auto interval = alive_interval()) alive_timer_.set_after(*interval);
    const std::string tunnels = count_text(options_.tunnels.size(), "tunnel");
    const std::string metrics = options_.metrics ? ", metrics at " + options_.metrics->to_string() : "";
    log_info("ready: " + tunnels + ", control socket " + options_.control_socket + metrics);
    notify_ready(tunnels);
}

void Gateway::run() {
    while (!finished_ && !(stopping_ && runtime_->idle()))
        loop_->turn();
    log_info("stopped");
}

void Gateway::on_signal(int signal) {
    if (signal == SIGHUP) {
        reload();
    } else if (stopping_) {
        finished_ = true;  // told twice: whoever stops us is in a hurry
    } else {
        stop();
    }
}

void Gateway::stop() {
    log_info("stopping: deletes the SAs of " + count_text(tunnels_->names().size(), "tunnel") + " at their peers");
    notify_stopping();
    stopping_ = true;
    stop_timer_.set_after(kPatienceAtEnd);
    runtime_->command(ike::Shutdown{}, nullptr);
}

void Gateway::reload() {
    if (stopping_) return;
    notify_reloading();
    auto loaded = config::load_file(config_file_);
    if (loaded) {
        apply(std::move(*loaded));
    } else {
        for (const config::Problem& problem : loaded.error())
            log_error(problem.to_string());
        log_error("reload: nothing was changed, because of what is wrong in " + config_file_ + " (" +
                  count_text(loaded.error().size(), "problem") + ")");
    }
    notify_ready(count_text(options_.tunnels.size(), "tunnel"));
}

void Gateway::apply(Options wanted) {
    const ReloadPlan plan = plan_reload(options_, wanted);
    for (const std::string& key : plan.needs_restart) {
        log_warning("reload: " + key + " has changed, which takes effect at the next start");
    }
    set_log_level(wanted.log);
    const std::set<std::string> changed(plan.changed.begin(), plan.changed.end());
    const std::set<std::string> added(plan.added.begin(), plan.added.end());
    for (const TunnelOptions& tunnel : wanted.tunnels) {
        const std::string& name = tunnel.ike.name;
        if (!changed.contains(name) && !added.contains(name)) continue;
        log_info("reload: tunnel " + name + (added.contains(name) ? " is added" : " is changed, and negotiated anew"));
        if (auto set = tunnels_->set(tunnel); !set) log_error(set.error());
    }
    // After the others, so that a device which goes over to another tunnel stays open.
    for (const std::string& name : plan.removed) {
        log_info("reload: tunnel " + name + " is removed");
        tunnels_->remove(name);
    }
    // What a running gateway cannot change stays as it is, to be compared with again.
    options_.tunnels = std::move(wanted.tunnels);
    options_.log = wanted.log;
    const auto count = [](const std::vector<std::string>& names) { return std::to_string(names.size()); };
    log_info("reload done: " + count(plan.untouched) + " untouched, " + count(plan.changed) + " changed, " +
             count(plan.added) + " added, " + count(plan.removed) + " removed");
}

void Gateway::on_happened(const ike::Happened& happened) {
    log_happened(happened);
}

Report Gateway::report(const std::string& only) const {
    return {.now = ike::EventLoop::now(),
            .wall_clock = std::chrono::system_clock::now(),
            .started_at = started_at_,
            .version = kVersion,
            .ml_kem = crypto::describe_ml_kem(),
            .pid = getpid(),
            .tunnels = tunnels_->report(only),
            .workers = dataplane_->workers(),
            .ports = dataplane_->ports(),
            .ike = runtime_->counters()};
}

}  // namespace esplane::gateway
