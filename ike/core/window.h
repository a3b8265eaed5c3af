// Message IDs, retransmission and repeated answers (RFC 7296 2.1 to 2.3), with a window of one in each direction.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "ike/core/exchange.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// A keyed hash of a datagram.
using Fingerprint = std::array<std::uint8_t, 32>;

inline constexpr std::size_t kMaxQueuedTasks = 512;
/// From here on an IKE SA is rekeyed, long before its message IDs would wrap (2.2).
inline constexpr std::uint32_t kMessageIdsRunningOut = 0xffff'0000U;

/// A message as it leaves: one datagram, or its fragments.
using Datagrams = std::vector<Bytes>;

/// A request of ours that waits for its answer. Retransmissions send the same octets again (2.1).
struct InFlight {
    std::uint32_t id = 0;
    wire::ExchangeType type = wire::ExchangeType::kInformational;
    Datagrams datagrams;
    Exchange exchange;
    std::uint32_t transmissions = 1;
    TimePoint first_sent;
};

class OutgoingWindow {
  public:
    /// `next_id` is 0 for a new IKE SA.
    explicit OutgoingWindow(std::uint32_t next_id = 0) : next_id_(next_id) {}

    bool ids_exhausted() const { return next_id_ == UINT32_MAX; }
    bool ids_running_out() const { return next_id_ >= kMessageIdsRunningOut; }
    std::uint32_t next_id() const { return next_id_; }
    /// Takes the next message ID for `flight`. Only while nothing is in flight and the IDs are not exhausted.
    InFlight& launch(InFlight flight);
    InFlight* in_flight() { return in_flight_ ? &*in_flight_ : nullptr; }
    const InFlight* in_flight() const { return in_flight_ ? &*in_flight_ : nullptr; }
    bool awaits(const wire::Header& response) const;
    /// The answer is here, or is waited for no longer.
    std::optional<InFlight> land() { return std::exchange(in_flight_, std::nullopt); }

    /// False when it was queued already or the queue is full.
    bool enqueue(Task task);
    void enqueue_first(Task task);
    std::optional<Task> dequeue();
    bool has_queued(const Task& task) const;
    std::deque<Task> take_queue() { return std::exchange(queue_, {}); }

    template <typename Kind>
    Kind* in_flight_as() {
        return in_flight_ ? std::get_if<Kind>(&in_flight_->exchange) : nullptr;
    }

  private:
    std::uint32_t next_id_;
    std::optional<InFlight> in_flight_;
    std::deque<Task> queue_;
};

class IncomingWindow {
  public:
    explicit IncomingWindow(std::uint32_t expected_id = 0) : expected_id_(expected_id) {}

    enum class Verdict : std::uint8_t {
        kNew,
        kRepeated,  ///< the last one again: answer with `answer()`, without looking into it
        kOutside,   ///< older, or ahead of the window, or not what its ID stood for
    };
    Verdict judge(std::uint32_t id, const Fingerprint& request) const;

    /// Whether it is the ID of the request that was answered last.
    bool is_answered(std::uint32_t id) const { return id + 1 == expected_id_ && !answer_.empty(); }

    /// The request `expected` is answered by `answer`, which does not leave before `held_for` is installed.
    void answered(const Fingerprint& request, Datagrams answer, std::optional<dataplane::ChildId> held_for);
    bool held() const { return held_for_.has_value(); }
    /// True when it was `child` that the answer waited for; it may leave now.
    bool release(dataplane::ChildId child);
    const Datagrams& answer() const { return answer_; }
    std::uint32_t expected_id() const { return expected_id_; }

  private:
    std::uint32_t expected_id_;
    std::optional<Fingerprint> last_request_;
    Datagrams answer_;
    std::optional<dataplane::ChildId> held_for_;
};

}  // namespace esplane::ike
