// Who has which MAC address on which port: one table for all workers and ports, of ARP (RFC 826, RFC 1122 2.3.2) and of
// IPv6 neighbour discovery (RFC 4861 7).
//
// Anyone on the link may claim any address, and anyone whose packets we forward may make us look for any. So memory is
// fixed, questions have a rate, and a claim that answers no question of ours changes an entry at most: failover works
// that way, and spoofing gets nowhere that plain ARP and ND would not let it. Who forwards finds addresses without a
// lock; what changes the table takes one, and a worker that finds it taken goes on instead.
//
// An entry in use is asked about again before anybody has to wait for it; one that does not answer is dropped.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "dataplane/link/neighbour_map.h"
#include "dataplane/packet/token_bucket.h"

namespace esplane::dataplane {

struct NeighbourLimits {
    std::uint32_t entries = 4096;
    std::uint64_t hash_seed = 0;  ///< random
};

/// What says that an address has a MAC address.
enum class Heard : std::uint8_t {
    kAnswer,      ///< an ARP reply to us; a solicited advertisement with the override flag
    kWeakAnswer,  ///< a solicited advertisement without it (RFC 4861 7.2.5): fills in, but changes nothing
    kRequest,     ///< its sender asked us about an address of ours
    kClaim,       ///< nobody asked: gratuitous ARP, an unsolicited advertisement with the override flag
    kWeakClaim,   ///< an unsolicited advertisement without it
};

struct NeighbourStatistics {
    std::uint32_t entries = 0;    ///< of every state, now
    std::uint32_t resolved = 0;   ///< of them
    std::uint64_t asked = 0;      ///< questions
    std::uint64_t failed = 0;     ///< addresses that did not answer
    std::uint64_t refused = 0;    ///< claims, answers and requests that were not believed
    std::uint64_t evicted = 0;    ///< entries that gave way to others
    std::uint64_t throttled = 0;  ///< addresses not looked for: too many questions, or no room
};

class NeighbourTable {
  public:
    static constexpr std::uint8_t kMostQuestions = 3;  ///< RFC 4861 10: MAX_MULTICAST_SOLICIT, MAX_UNICAST_SOLICIT
    static constexpr std::chrono::seconds kBetweenQuestions{1};  ///< RETRANS_TIMER; RFC 1122 2.3.2.1
    static constexpr std::chrono::seconds kPause{5};             ///< after the last question had no answer
    static constexpr std::chrono::seconds kReachable{30};        ///< REACHABLE_TIME
    static constexpr std::chrono::seconds kRefreshAfter{25};     ///< all questions fit in before kReachable
    static constexpr std::chrono::seconds kUnconfirmed{5};       ///< DELAY_FIRST_PROBE_TIME
    static constexpr std::chrono::minutes kUnused{10};           ///< how long an entry is kept that nobody uses
    static constexpr std::chrono::minutes kInUse{1};  ///< so long after its last use no other entry displaces it
    /// Who changes its MAC address again within that time is not believed: two that claim one address would have all
    /// workers rebuild their headers for ever.
    static constexpr std::chrono::seconds kBetweenChanges{1};
    /// How often next_question() looks at every entry.
    static constexpr std::chrono::milliseconds kSweep{250};

    enum class Step : std::uint8_t {
        kAsk,     ///< send a question now
        kWait,    ///< one is under way, or there are too many; ask here again with the next packet
        kFailed,  ///< nobody answers
        kKnown,   ///< somebody has answered meanwhile: find() has it
    };
    /// A question to send. With the MAC address where the answer most likely is, to that station alone.
    struct Question {
        PortNumber port{};
        IpAddress address;
        std::optional<MacAddress> known_mac;
    };

    explicit NeighbourTable(const NeighbourLimits& limits);

    /// Where to send. Any thread, at any time; marks the entry as in use. Very rarely empty although there is an entry,
    /// while others change: want() then says kKnown.
    std::optional<MacAddress> find(PortNumber port, const IpAddress& address) const;
    /// Another number after every change of what find() says, so that headers can be kept that were made from it: read
    /// this first, then find(). Who keeps one calls find() at least every few seconds all the same, or the entry
    /// counts as unused.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

    /// For a packet to an address that find() does not know. Any thread; never waits.
    Step want(PortNumber port, const IpAddress& address, TimePoint now);
    /// `mac` is a station's (MacAddress::is_station()). Any thread. Who calls it with kRequest has seen that the
    /// address is on the port's link.
    void heard(PortNumber port, const IpAddress& address, const MacAddress& mac, TimePoint now, Heard how);
    /// A solicited advertisement that names no MAC address (RFC 4861 7.2.5): it is still the one that was asked.
    void confirmed(PortNumber port, const IpAddress& address, TimePoint now);

    /// The next question that is due without a packet: what was asked once and not answered, entries in use that grow
    /// old. Looks at a part of the table, and lets go of what is over. To be called every few milliseconds, and again
    /// after each question that it gave. Any thread; never waits.
    std::optional<Question> next_question(TimePoint now);

    NeighbourStatistics statistics() const;

  private:
    using State = NeighbourState;
    using View = NeighbourMap::View;
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// What only the holder of the lock looks at.
    struct Entry {
        std::optional<TimePoint> used_at;  // seen by the sweep, or wanted; empty: by nobody yet
        TimePoint changed_at;              // when it got this MAC address
        std::uint8_t questions = 0;        // without an answer
        std::uint32_t before = kNone;      // in the list of its state
        std::uint32_t after = kNone;
    };
    /// Entries of one state; the one that is worth the least comes first.
    struct List {
        std::uint32_t first = kNone;
        std::uint32_t last = kNone;
        std::uint32_t count = 0;
    };

    List& list(State state) { return lists_[static_cast<std::size_t>(state)]; }
    const List& list(State state) const { return lists_[static_cast<std::size_t>(state)]; }
    void push(State state, std::uint32_t place);
    void unlink(State state, std::uint32_t place);

    // All these are called under the lock.
    std::optional<std::uint32_t> make_room(State newcomer, TimePoint now);
    std::optional<std::uint32_t> least_used(TimePoint now);
    bool take_used(std::uint32_t place, TimePoint now);
    View create(std::uint32_t place, PortNumber port, const IpAddress& address, TimePoint now);
    void set(const View& entry, State state, const MacAddress& mac, TimePoint due);
    void remove(const View& entry);
    Step look_for(PortNumber port, const IpAddress& address, TimePoint now);
    Step ask(const View& entry, TimePoint now);
    bool learn(PortNumber port, const IpAddress& address, const MacAddress& mac, TimePoint now);
    bool update(const View& entry, const MacAddress& mac, TimePoint now, Heard how);
    void resolve(const View& entry, const MacAddress& mac, TimePoint now, bool is_confirmed);
    void confirm(const View& entry, TimePoint now);
    std::optional<Question> look_after(const View& entry, TimePoint now);
    std::optional<Question> refresh(const View& entry, TimePoint now);

    NeighbourMap map_;
    std::atomic<std::uint64_t> generation_{0};
    std::atomic<std::uint64_t> refused_{0};

    mutable std::mutex mutex_;  // of what follows, and for changes of map_
    std::vector<Entry> entries_;
    std::array<List, kNeighbourStates> lists_;
    TokenBucket new_addresses_;
    TokenBucket new_strangers_;
    std::uint32_t sweep_at_ = 0;
    TimePoint next_sweep_;
    std::uint64_t asked_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t evicted_ = 0;
    std::uint64_t throttled_ = 0;
};

}  // namespace esplane::dataplane
