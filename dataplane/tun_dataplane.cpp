#include "dataplane/tun_dataplane.h"

#include <array>
#include <utility>

#include "dataplane/io/tun.h"
#include "dataplane/io/udp_esp.h"
#include "dataplane/pipeline/classify.h"
#include "dataplane/worker/worker.h"

namespace esplane::dataplane {

/// All that one worker has for itself.
struct TunDataplane::TunWorker {
    TunWorker(WorkerId id, CipherSockets own_sockets, Mailbox& mailbox, Handoff handoff, int cpu, PollPolicy poll)
        : sockets(std::move(own_sockets)),
          tun(waiter),
          udp_esp(sockets, waiter),
          worker(tun, udp_esp, waiter, mailbox, std::move(handoff), poll),
          thread(id, mailbox, cpu, [this] { worker.run(); }) {}

    CipherSockets sockets;
    Waiter waiter;
    TunIo tun;
    UdpEspIo udp_esp;
    Worker<TunIo, UdpEspIo> worker;
    WorkerThread thread;
};

TunDataplane::TunDataplane(std::vector<CipherSockets> sockets, const Options& options)
    : WorkersDataplane(sockets.size()),
      devices_(sockets.size(), [this](WorkerId to, Command command) { submit(to, std::move(command)); }) {
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        const WorkerId id = worker_id(i);
        workers_.push_back(std::make_unique<TunWorker>(id, std::move(sockets[i]), mailbox(id), handoff_ends_of(id),
                                                       options.cpus[i], options.poll));
        employ(workers_.back()->thread);
    }
}

TunDataplane::~TunDataplane() = default;

void TunDataplane::send_ike(const Path& path, ByteView datagram) {
    static constexpr std::array<std::uint8_t, kNonEspMarker> kMarker{};
    workers_.front()->sockets.send_udp(path, kMarker, datagram);
}

void TunDataplane::send_keepalive(const Path& path) {
    static constexpr std::array<std::uint8_t, 1> kOctet{kKeepalive};
    workers_.front()->sockets.send_udp(path, kOctet, {});
}

Result<std::unique_ptr<Dataplane>, std::string> start_tun_dataplane(const Options& options) {
    std::vector<CipherSockets> sockets;
    while (sockets.size() < options.cpus.size()) {
        auto opened = sockets.empty() ? CipherSockets::open(options)
                                      : CipherSockets::open_beside(sockets.front(), worker_id(sockets.size()), options);
        if (!opened) return Failure{opened.error()};
        sockets.push_back(std::move(opened).value());
    }
    return std::unique_ptr<Dataplane>(std::make_unique<TunDataplane>(std::move(sockets), options));
}

}  // namespace esplane::dataplane
