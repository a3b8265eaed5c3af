// A worker: polls both sides, runs the pipelines to completion, takes commands between batches. Owns every SA that it
// uses; shares nothing but its mailbox, and rings of packets with other workers.
#pragma once

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "dataplane/io/packet_io.h"
#include "dataplane/io/waiter.h"
#include "dataplane/pipeline/handoff.h"
#include "dataplane/pipeline/in_place.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"
#include "dataplane/worker/early_arrivals.h"
#include "dataplane/worker/handoff.h"
#include "dataplane/worker/mailbox.h"
#include "dataplane/worker/notices.h"
#include "dataplane/worker/sa_store.h"
#include "dataplane/worker/too_big_answers.h"

namespace esplane::dataplane {

/// `Sleep` is a Waiter, or what does a Waiter's work where packets do not come by descriptors.
template <ClearIo Clear, CipherIo Cipher, typename Sleep = Waiter>
class Worker {
  public:
    /// All of it must outlive the worker. The waiter watches both sides' descriptors.
    Worker(Clear& clear, Cipher& cipher, Sleep& waiter, Mailbox& mailbox, Handoff handoff = {},
           PollPolicy poll = PollPolicy::kAdaptive)
        : clear_(clear),
          cipher_(cipher),
          waiter_(waiter),
          mailbox_(mailbox),
          handoff_(std::move(handoff)),
          poll_(poll),
          events_(mailbox.events, mailbox.to_control),
          sas_(events_),
          notices_(events_) {
        waiter_.add(mailbox.to_worker.descriptor());
    }

    /// Until the mailbox says stop.
    void run() {
        while (!mailbox_.stop.load(std::memory_order_acquire)) {
            look();
            turn();
        }
    }

    /// One round over commands, both sides and the other workers.
    void turn() {
        time_ = std::chrono::steady_clock::now();
        now_ = time_.time_since_epoch().count();
        take_commands();
        sas_.wear_off(time_);
        inbound();
        handed_over();
        // What the next turn brings may belong to what the clear side holds.
        if (!cipher_.has_backlog() && !handoff_.has_backlog()) flush_clear();
        outbound();
        early_.expire(now_, mailbox_.drops,
                      [this](const Received& received) { notices_.unknown_spi(received, time_); });
        events_.deliver();
        handoff_.deliver();
        count_turn();
    }

    /// Whether there is more to do, of which the waiter will not tell.
    bool has_backlog() const {
        return has_commands_ || clear_.has_backlog() || cipher_.has_backlog() || handoff_.has_backlog();
    }

  private:
    void count_turn() {
        mailbox_.turns.add(1);
        if (arrived_ == 0) return;
        mailbox_.bursts.add(1);
        mailbox_.arrived.add(arrived_);
        const auto took = std::chrono::steady_clock::now() - time_;
        mailbox_.busy_nanoseconds.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count()));
        arrived_ = 0;
    }

    /// Sees what there is to do, and sleeps when that is nothing. Everything that arrives from now on, commands too, is
    /// seen by the waiter: nothing can be missed.
    void look() {
        if (waiter_.wait(patience())) cipher_.expect_errors();
        const Bell& bell = mailbox_.to_worker;
        if (waiter_.is_readable(bell.descriptor())) bell.silence();
    }

    /// How long to sleep if there is nothing to do, in milliseconds; -1: until there is.
    int patience() const {
        if (poll_ == PollPolicy::kBusy) return 0;
        if (has_backlog()) return 0;
        return early_.empty() && !events_.has_waiting() ? -1 : 10;
    }

    /// A few: a crowd of them, as when all tunnels go down at once, is not done before packets but between them.
    void take_commands() {
        constexpr int kMost = 16;
        int taken = 0;
        for (; taken < kMost; ++taken) {
            auto command = mailbox_.commands.pop();
            if (!command) break;
            std::visit([this](auto& what) { this->apply(what); }, *command);
        }
        has_commands_ = taken == kMost;
        // What the control thread could not get into the ring has room now; it sleeps until it is told.
        if (taken > 0 && mailbox_.commands.is_room_wanted()) mailbox_.to_control.ring();
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

    void apply(ForeignReport& command) { sas_.apply(command.report, time_); }

    /// Where datagrams of the control thread's go by sockets, it has those itself.
    void apply([[maybe_unused]] SendDatagram& command) {
        if constexpr (CarriesDatagrams<Cipher>) cipher_.send_datagram(command.path, command.octets);
    }

    void apply(OpenPort& command) { clear_.attach(command.port, command.descriptor, command.offload); }

    void apply(ClosePort& command) {
        clear_.detach(command.port);
        events_.post(PortClosed{command.port});
    }

    void outbound() {
        const std::size_t count = clear_.rx(received_);
        if (count == 0) return;
        process_outbound(count);
        clear_.release();
    }

    void process_outbound(std::size_t count) {
        arrived_ += count;
        out_.clear();
        for (std::size_t i = 0; i < count; ++i)
            out_.add().received = &received_[i];
        policy_lookup(out_, sas_.policies(), {time_, out_fragments_}, mailbox_.drops,
                      [this](Policy& policy) { notices_.wanted(policy, now_); });
        if (!handoff_.is_alone()) hand_over_outbound();
        clamp_mss(out_);
        fitting_.sort(out_, mailbox_.drops);
        tell_senders();
        do {
            send_sealed();
        } while (fitting_.next_fragments(out_, mailbox_.drops));
    }

    void send_sealed() {
        encapsulate(out_, lend_to_seal(), mailbox_.drops);
        seal(out_, esp_, mailbox_.drops);
        for (const OutboundPacket& packet : out_.packets())
            notices_.sent(*packet.child);
        send(cipher_, out_);
    }

    void tell_senders() {
        if (fitting_.refused().empty()) [[likely]]
            return;
        // What is held has been counted as gone through, the answers are not: one must not be taken for the other.
        flush_clear();
        const std::span<Slot> slots = lend(clear_, fitting_.refused().size());
        const std::size_t count = answers_.write(fitting_.refused(), slots, time_);
        const std::size_t failed = clear_.tx(slots.first(count));
        mailbox_.drops.count(DropReason::kTxFailed, failed + clear_.flush());
    }

    void inbound() {
        const std::size_t count = cipher_.rx(received_);
        mailbox_.drops.count(DropReason::kRxOverflow, cipher_.take_overflows());
        while (const auto report = cipher_.next_report()) {
            if (!sas_.apply(*report, time_) && !handoff_.is_alone()) notices_.foreign(*report, time_);
        }
        if constexpr (CarriesDatagrams<Cipher>) {
            for (auto& ike : cipher_.take_ike()) {
                if (!events_.offer(Punted{ike.path, std::move(ike.datagram)}))
                    mailbox_.drops.count(DropReason::kControlRingFull);
            }
        }
        if (count == 0) return;
        process_inbound(count);
        cipher_.release();
    }

    void process_inbound(std::size_t count) {
        arrived_ += count;
        in_.clear();
        for (std::size_t i = 0; i < count; ++i)
            in_.add().received = &received_[i];
        classify(in_, mailbox_.drops, [this](const Received& received, ByteView ike) {
            return events_.offer(Punted{received.outer, to_bytes(ike)});
        });
        if (!handoff_.is_alone()) hand_over_inbound();
        look_up_sa(in_, sas_.inbound(), mailbox_.drops,
                   [this](const Received& received) { return early_.keep(received, now_, mailbox_.drops); });
        check_replay(in_, mailbox_.drops);
        open(in_, lend_to_open(), esp_, mailbox_.drops, [this](const InboundPacket& packet) { accepted(packet); });
        strip_trailer(in_, mailbox_.drops);
        check_selectors(in_, {time_, in_fragments_}, mailbox_.drops);
        for (const InboundPacket& packet : in_.packets())
            notices_.received(*packet.child);  // its octets have been counted by now
        carry_congestion(in_, mailbox_.drops);
        clamp_mss(in_);
        send(clear_, in_);
    }

    void hand_over_outbound() {
        hand_over(out_, mailbox_.drops, [this](WorkerId to, const Received& packet) {
            return count_handed_over(handoff_.send_outbound(to, packet));
        });
    }

    void hand_over_inbound() {
        hand_over(
            in_, mailbox_.drops, [this](WorkerId worker) { return handoff_.is_elsewhere(worker); },
            [this](WorkerId to, const Received& packet) {
                return count_handed_over(handoff_.send_inbound(to, packet));
            });
    }

    bool count_handed_over(bool done) {
        if (done) mailbox_.handed_over.add(1);
        return done;
    }

    /// What other workers received for this one goes through all stages here.
    void handed_over() {
        handoff_.for_each_arriving([&](HandoffLane& lane) {
            if (const std::size_t count = lane.outbound.take(received_)) {
                process_outbound(count);
                lane.outbound.release();
            }
            if (const std::size_t count = lane.inbound.take(received_)) {
                process_inbound(count);
                lane.inbound.release();
            }
        });
    }

    void flush_clear() {
        const std::size_t failed = clear_.flush();
        if (failed == 0) [[likely]]
            return;
        mailbox_.packets.take_back(failed);
        mailbox_.drops.count(DropReason::kTxFailed, failed);
    }

    /// A slot for each packet of the batch that is to be sealed.
    std::span<const Slot> lend_to_seal() {
        if constexpr (WorksInPlace<Cipher>) {
            std::size_t count = 0;
            for (const OutboundPacket& packet : out_.packets()) {
                cipher_.slot_for(*packet.received, count, grows_by(packet), slots_[count]);
                ++count;
            }
            return std::span(slots_).first(count);
        } else {
            return lend(cipher_, out_.size());
        }
    }

    /// A slot for each packet of the batch that is to be opened.
    std::span<const Slot> lend_to_open() {
        if constexpr (WorksInPlace<Clear>) {
            std::size_t count = 0;
            for (const InboundPacket& packet : in_.packets()) {
                clear_.slot_for(*packet.received, count, -shrinks_by(packet), slots_[count]);
                ++count;
            }
            return std::span(slots_).first(count);
        } else {
            return lend(clear_, in_.size());
        }
    }

    /// No more than the batch needs: one packet should not touch the cache lines of a whole burst.
    template <typename Io>
    std::span<Slot> lend(Io& io, std::size_t count) {
        const std::span<Slot> slots = std::span(slots_).first(count);
        io.slots(slots);
        return slots;
    }

    template <typename Io, typename SomeBatch>
    void send(Io& io, SomeBatch& batch) {
        std::size_t count = 0;
        for (const auto& packet : batch.packets())
            slots_[count++] = packet.slot;
        if (count == 0) return;
        std::size_t failed = io.tx(std::span(slots_).first(count));
        mailbox_.packets.add(count);
        if (failed == 0) [[likely]]
            return;
        mailbox_.packets.take_back(failed);
        const auto packets = batch.packets();
        for (std::size_t i = 0; i < count; ++i) {
            if (!slots_[i].refused) continue;
            dataplane::count(mailbox_.drops, packets[i], DropReason::kTxFailed);
            --failed;
        }
        // Held since an earlier batch, and of whom is forgotten.
        mailbox_.drops.count(DropReason::kTxFailed, failed);
    }

    void accepted(const InboundPacket& packet) {
        ChildSa& child = *packet.child;
        if (!child.in.heard) [[unlikely]]
            sas_.heard(child);
        notices_.received(child);
        notices_.came_from(child, *packet.received, now_);
    }

    Clear& clear_;
    Cipher& cipher_;
    Sleep& waiter_;
    Mailbox& mailbox_;
    Handoff handoff_;
    PollPolicy poll_;
    Outbox<Event> events_;
    SaStore sas_;
    Notices notices_;
    EarlyArrivals early_;
    crypto::EspCipher esp_;
    TimePoint time_;             // of this turn
    std::int64_t now_ = 0;       // the same in nanoseconds
    std::size_t arrived_ = 0;    // packets in this turn
    bool has_commands_ = false;  // perhaps, in the ring
    Fitting fitting_;
    FragmentPorts out_fragments_{DatagramLimits{}};
    FragmentPorts in_fragments_{DatagramLimits{}};
    TooBigAnswers answers_;
    std::array<Received, kBurst> received_;
    std::array<Slot, kBurst> slots_;
    OutboundBatch out_;
    InboundBatch in_;
};

}  // namespace esplane::dataplane
