// A worker: polls both sides, runs the pipelines to completion, takes commands between batches. Owns every SA that it
// uses; shares nothing but its mailbox.
#pragma once

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "dataplane/io/packet_io.h"
#include "dataplane/io/waiter.h"
#include "dataplane/packet/icmp_too_big.h"
#include "dataplane/packet/token_bucket.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"
#include "dataplane/worker/early_arrivals.h"
#include "dataplane/worker/mailbox.h"
#include "dataplane/worker/sa_store.h"

namespace esplane::dataplane {

template <PacketIo Clear, CipherIo Cipher>
class Worker {
  public:
    /// All of it must outlive the worker. The waiter already watches the cipher side's descriptors.
    Worker(Clear& clear, Cipher& cipher, Waiter& waiter, Mailbox& mailbox)
        : clear_(clear),
          cipher_(cipher),
          waiter_(waiter),
          mailbox_(mailbox),
          events_(mailbox.events, mailbox.to_control),
          sas_(events_) {
        waiter_.add(mailbox.to_worker.descriptor());
    }

    /// Until the mailbox says stop.
    void run() {
        while (!mailbox_.stop.load(std::memory_order_acquire)) {
            if (!turn()) rest();
        }
    }

    /// One round over commands and both sides; whether there was anything to do.
    bool turn() {
        time_ = std::chrono::steady_clock::now();
        now_ = time_.time_since_epoch().count();
        bool busy = take_commands();
        sas_.wear_off(time_);
        busy |= inbound();
        busy |= outbound();
        early_.expire(now_, mailbox_.drops);
        events_.deliver();
        return busy;
    }

  private:
    static constexpr std::int64_t kTellAgainAfter = 1'000'000'000;  // nanoseconds
    // RFC 1812 4.3.2.8, RFC 4443 2.4 f: ICMP errors are limited in rate.
    static constexpr std::uint32_t kIcmpAtOnce = 100;
    static constexpr std::chrono::milliseconds kIcmpInterval{5};

    /// Everything that arrives from now on, commands too, is seen by the waiter: nothing can be missed.
    void rest() {
        if (waiter_.wait(early_.empty() && !events_.has_waiting() ? -1 : 10)) cipher_.expect_errors();
        mailbox_.to_worker.silence();
    }

    bool take_commands() {
        bool any = false;
        while (auto command = mailbox_.commands.pop()) {
            std::visit([this](auto& what) { this->apply(what); }, *command);
            any = true;
        }
        // What the control thread could not get into the ring has room now; it sleeps until it is told.
        if (any && mailbox_.commands.is_room_wanted()) mailbox_.to_control.ring();
        return any;
    }

    template <typename What>
    void apply(What& command) {
        sas_.apply(command);
    }

    void apply(Install& command) {
        const Spi spi = command.child->in.spi;
        sas_.apply(command);
        if (early_.empty()) return;
        if (const std::size_t count = early_.claim(spi, received_)) process_inbound(count);
    }

    void apply(OpenPort& command) {
        clear_.attach(command.port, command.descriptor, command.offload);
        waiter_.add(command.descriptor);
    }

    void apply(ClosePort& command) {
        waiter_.remove(command.descriptor);
        clear_.detach(command.port);
        events_.post(PortClosed{command.port});
    }

    bool outbound() {
        const std::size_t count = clear_.rx(received_);
        if (count == 0) return false;
        out_.clear();
        for (std::size_t i = 0; i < count; ++i)
            out_.add().received = &received_[i];
        policy_lookup(out_, sas_.policies(), {time_, out_fragments_}, mailbox_.drops,
                      [this](Policy& policy) { tell_wanted(policy); });
        clamp_mss(out_);
        fitting_.sort(out_, mailbox_.drops);
        tell_senders();
        do {
            send_sealed();
        } while (fitting_.next_fragments(out_, mailbox_.drops));
        clear_.release();
        return true;
    }

    void send_sealed() {
        cipher_.slots(slots_);
        encapsulate(out_, slots_, mailbox_.drops);
        seal(out_, esp_, mailbox_.drops);
        for (const OutboundPacket& packet : out_.packets())
            tell_limits(*packet.child);
        send(cipher_, out_);
    }

    /// Answers what was too big from where it came, as if by the host that it was for: an answer from an address of our
    /// own would look forged to the kernel, which gets it from the device.
    void tell_senders() {
        if (fitting_.refused().empty()) [[likely]]
            return;
        clear_.slots(slots_);
        std::size_t count = 0;
        for (const OutboundPacket& packet : fitting_.refused()) {
            if (!icmp_allowance_.take(time_)) break;
            Slot& slot = slots_[count];
            slot.port = packet.received->port;
            slot.length = static_cast<std::uint32_t>(
                build_too_big(packet.inner, packet.received->octets, packet.inner.destination,
                              packet.child->out.sizes.mtu, {slot.octets, slot.capacity}));
            if (slot.length > 0) ++count;
        }
        mailbox_.drops.count(DropReason::kTxFailed, clear_.tx(std::span(slots_).first(count)));
    }

    bool inbound() {
        const std::size_t count = cipher_.rx(received_);
        mailbox_.drops.count(DropReason::kRxOverflow, cipher_.take_overflows());
        while (const auto report = cipher_.next_report())
            sas_.apply(*report, time_);
        if (count == 0) return false;
        process_inbound(count);
        cipher_.release();
        return true;
    }

    void process_inbound(std::size_t count) {
        in_.clear();
        for (std::size_t i = 0; i < count; ++i)
            in_.add().received = &received_[i];
        classify(in_, mailbox_.drops, [this](const Received& received, ByteView ike) {
            return events_.offer(Punted{received.outer, to_bytes(ike)});
        });
        look_up_sa(in_, sas_.inbound(), mailbox_.drops,
                   [this](const Received& received) { return early_.keep(received, now_, mailbox_.drops); });
        check_replay(in_, mailbox_.drops);
        clear_.slots(slots_);
        open(in_, slots_, esp_, mailbox_.drops, [this](const InboundPacket& packet) { accepted(packet); });
        strip_trailer(in_, mailbox_.drops);
        check_selectors(in_, {time_, in_fragments_}, mailbox_.drops);
        carry_congestion(in_, mailbox_.drops);
        clamp_mss(in_);
        send(clear_, in_);
    }

    template <typename Io, typename SomeBatch>
    void send(Io& io, SomeBatch& batch) {
        std::size_t count = 0;
        for (const auto& packet : batch.packets())
            slots_[count++] = packet.slot;
        if (count == 0) return;
        const std::size_t failed = io.tx(std::span(slots_).first(count));
        mailbox_.packets.add(count - failed);
        if (failed == 0) [[likely]]
            return;
        const auto packets = batch.packets();
        for (std::size_t i = 0; i < count; ++i) {
            if (slots_[i].refused) dataplane::count(mailbox_.drops, packets[i], DropReason::kTxFailed);
        }
    }

    void accepted(const InboundPacket& packet) {
        ChildSa& child = *packet.child;
        if (!child.in.heard) [[unlikely]]
            sas_.heard(child);
        tell_limits(child);
        // Authentic and not replayed, from elsewhere: the control thread decides what that means.
        const Received& received = *packet.received;
        if (received.encapsulation != child.out.encapsulation || received.outer.remote == child.out.path.remote) return;
        if (now_ - child.in.move_told_at < kTellAgainAfter) return;
        if (events_.offer(PeerMoved{child.id, received.outer})) child.in.move_told_at = now_;
    }

    void tell_wanted(Policy& policy) {
        const TunnelPolicy& tunnel = policy.tunnel->policy;
        if (!tunnel.acquire) return;
        if (policy.acquire_told_at != 0 && now_ - policy.acquire_told_at < kTellAgainAfter) return;
        if (events_.offer(Acquire{tunnel.id, policy.index})) policy.acquire_told_at = now_;
    }

    void tell_limits(ChildSa& child) {
        OutboundSa& out = child.out;
        const bool due = out.sequence.is_running_out() || out.volume.is_due() || child.in.volume.is_due();
        if (!due) [[likely]]
            return;
        if (!std::exchange(out.soft_limit_told, true)) events_.post(SoftLimit{child.id});
        if (!out.volume.is_used_up() && !child.in.volume.is_used_up()) return;
        if (!std::exchange(out.hard_limit_told, true)) events_.post(HardLimit{child.id});
    }

    Clear& clear_;
    Cipher& cipher_;
    Waiter& waiter_;
    Mailbox& mailbox_;
    Outbox<Event> events_;
    SaStore sas_;
    EarlyArrivals early_;
    crypto::EspCipher esp_;
    TimePoint time_;        // of this turn
    std::int64_t now_ = 0;  // the same in nanoseconds
    Fitting fitting_;
    FragmentPorts out_fragments_{DatagramLimits{}};
    FragmentPorts in_fragments_{DatagramLimits{}};
    TokenBucket icmp_allowance_{kIcmpAtOnce, kIcmpInterval};
    std::array<Received, kBurst> received_;
    std::array<Slot, kBurst> slots_;
    OutboundBatch out_;
    InboundBatch in_;
};

}  // namespace esplane::dataplane
