// A worker between two sides in memory, and the control thread's half of its mailbox.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dataplane/worker/worker.h"
#include "tests/unit/dataplane/support/memory_io.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane::test {

class Bench {
  public:
    Bench() : worker_(std::make_unique<Worker<MemoryIo, MemoryIo>>(clear, cipher, waiter_, mailbox)) {}

    void add_tunnel(TunnelPolicy policy = tunnel_policy()) {
        give(AddTunnel{std::make_unique<TunnelState>(std::move(policy))});
    }
    void install(ChildOptions options) { give(Install{std::make_unique<ChildSa>(std::move(options))}); }
    void give(Command command) { REQUIRE(mailbox.commands.push(command)); }

    /// Lets the worker do all that there is to do.
    void work() {
        do {
            worker_->turn();
        } while (worker_->has_backlog());
    }
    Worker<MemoryIo, MemoryIo>& worker() { return *worker_; }

    /// The events since the last call.
    std::vector<Event> events() {
        std::vector<Event> taken;
        while (auto event = mailbox.events.pop())
            taken.push_back(std::move(*event));
        return taken;
    }
    /// How many of one kind there are among the events since the last call; the others are thrown away.
    template <typename Kind>
    std::vector<Kind> events_of() {
        std::vector<Kind> taken;
        for (Event& event : events()) {
            if (auto* one = std::get_if<Kind>(&event)) taken.push_back(std::move(*one));
        }
        return taken;
    }

    /// A plain packet from our site; the SPIs of what leaves for it.
    std::vector<Spi> send_out(std::size_t packets = 1) {
        for (std::size_t i = 0; i < packets; ++i)
            clear.arrive(outgoing_packet(50), kDevice);
        work();
        std::vector<Spi> spis;
        for (const Sent& sent : cipher.take())
            spis.push_back(Spi{load_be<std::uint32_t>(sent.octets.data())});
        return spis;
    }
    /// An ESP packet of the peer's, by the keys of `ours`.
    static Bytes from_peer(const ChildOptions& ours, std::uint64_t sequence, std::size_t payload = 50) {
        return seal_with_openssl(ours.key_in,
                                 {.spi = ours.spi_in, .sequence = sequence, .esn = ours.esn, .iv = sequence},
                                 with_trailer(incoming_packet(payload), 4));
    }
    /// Delivers it to the worker; how many plain packets leave for it.
    std::size_t receive(const ChildOptions& ours, std::uint64_t sequence) {
        cipher.arrive(from_peer(ours, sequence), ours.outer, ours.encapsulation);
        work();
        return clear.take().size();
    }

    Drops drops() const { return drops_of(mailbox.drops); }

    MemoryIo clear;
    MemoryIo cipher;
    Bell to_control;
    Mailbox mailbox{to_control};

  private:
    Waiter waiter_;
    std::unique_ptr<Worker<MemoryIo, MemoryIo>> worker_;
};

}  // namespace esplane::dataplane::test
