// A wire in memory between two ports, on a clock of its own: it loses, delays, reorders, doubles and damages, and knows
// what it has done.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "benchmarks/generate/port.h"
#include "crypto/bytes.h"

namespace esplane::bench::generate::test {

struct Faults {
    double loss = 0;
    double duplication = 0;
    double damage = 0;                   ///< of one octet from `damage_at` on
    std::uint32_t damage_at = 0;         ///< from the beginning of the frame
    std::uint64_t delay = 100;           ///< cycles, of all
    std::uint64_t jitter = 0;            ///< cycles more at most, for each its own: reorders
    std::uint64_t look = 0;              ///< cycles that pass before the receiving port sees what is there
    std::size_t taken_at_once = kBurst;  ///< frames that the sending port takes in one call
};

/// What came out of the wire, in that order.
struct Delivered {
    std::uint64_t number = 0;  ///< of the frame, as sent, from 0
    bool damaged = false;
    std::uint64_t delay = 0;  ///< cycles from being sent to being received
};

class Wire {
  public:
    Wire(const Faults& faults, std::uint64_t seed) : faults_(faults), random_(seed) {}

    /// The clock: each look takes a while.
    std::uint64_t tick() { return now_ += 10; }
    std::uint64_t now() const { return now_; }
    void pass(std::uint64_t cycles) { now_ += cycles; }

    void put(Bytes frame) {
        const std::uint64_t number = sent_++;
        if (now_ < silent_until_ || happens(faults_.loss)) return;
        const int copies = happens(faults_.duplication) ? 2 : 1;
        const bool damaged = happens(faults_.damage);
        if (damaged)
            frame[faults_.damage_at + random_() % (frame.size() - faults_.damage_at)] ^=
                static_cast<std::uint8_t>(1 << random_() % 8);
        for (int copy = 0; copy < copies; ++copy) {
            const std::uint64_t jitter = faults_.jitter == 0 ? 0 : random_() % faults_.jitter;
            flying_.emplace(now_ + faults_.delay + jitter, Flying{frame, Delivered{number, damaged, now_}});
        }
    }
    /// Loses all that is sent until then.
    void be_silent_until(std::uint64_t time) { silent_until_ = time; }
    /// A frame of somebody else.
    void inject(Bytes frame) { flying_.emplace(now_, Flying{std::move(frame), std::nullopt}); }

    std::optional<Bytes> take() {
        if (flying_.empty() || flying_.begin()->first > now_) return std::nullopt;
        Flying next = std::move(flying_.begin()->second);
        flying_.erase(flying_.begin());
        if (next.origin) {
            next.origin->delay = now_ - next.origin->delay;
            delivered_.push_back(*next.origin);
        }
        return std::move(next.frame);
    }

    const Faults& faults() const { return faults_; }
    std::uint64_t sent() const { return sent_; }
    const std::vector<Delivered>& delivered() const { return delivered_; }

  private:
    struct Flying {
        Bytes frame;
        std::optional<Delivered> origin;  // its delay is the time of sending, until it arrives
    };

    bool happens(double probability) { return std::uniform_real_distribution<>(0, 1)(random_) < probability; }

    Faults faults_;
    std::mt19937_64 random_;
    std::uint64_t now_ = 1000;
    std::uint64_t sent_ = 0;
    std::uint64_t silent_until_ = 0;
    std::multimap<std::uint64_t, Flying> flying_;
    std::vector<Delivered> delivered_;
};

/// One end. Each frame is memory of its own, so that a sanitizer sees a step beyond.
class WirePort {
  public:
    explicit WirePort(Wire& wire, std::uint32_t capacity = 2048) : wire_(wire), capacity_(capacity) {}

    std::size_t lend(std::span<Frame> frames) {
        for (Frame& frame : frames) {
            auto memory = std::make_unique<std::uint8_t[]>(capacity_);
            frame = {.data = memory.get(), .capacity = capacity_, .handle = memory.get()};
            lent_.emplace(memory.get(), std::move(memory));
        }
        return frames.size();
    }
    std::size_t send(std::span<Frame> frames) {
        const auto taken = frames.first(std::min(frames.size(), wire_.faults().taken_at_once));
        for (const Frame& frame : taken)
            wire_.put(to_bytes(frame.octets()));
        give_back(taken);
        return taken.size();
    }
    std::size_t receive(std::span<Frame> frames) {
        wire_.pass(wire_.faults().look);
        std::size_t count = 0;
        while (count < frames.size()) {
            const auto arrived = wire_.take();
            if (!arrived) break;
            lend(frames.subspan(count, 1));
            std::copy(arrived->begin(), arrived->end(), frames[count].data);
            frames[count++].length = static_cast<std::uint32_t>(arrived->size());
        }
        return count;
    }
    void give_back(std::span<Frame> frames) {
        for (const Frame& frame : frames)
            lent_.erase(frame.handle);
    }

    /// Frames that somebody has.
    std::size_t lent() const { return lent_.size(); }

  private:
    Wire& wire_;
    std::uint32_t capacity_;
    std::map<void*, std::unique_ptr<std::uint8_t[]>> lent_;
};

static_assert(Port<WirePort>);

}  // namespace esplane::bench::generate::test
