// Histories of two engines in which no delay but a schedule decides which datagram arrives next. All schedules of a
// scene are played one after the other, each from the start, since an engine cannot be copied.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/sim.h"

namespace esplane::sim {

/// What a side does at the instant from which on the schedule rules.
enum class Act : std::uint8_t {
    kRekeyChild,
    kRekeyIke,
    kEndChild,  ///< one of two CHILD_SAs is used up: a Delete of it, and a new one
    kRestart,   ///< down and up: a Delete of the IKE SA, and a new one
    kInitiate,  ///< without a tunnel, or knowing of none any more
};
/// What befalls one datagram.
enum class Mishap : std::uint8_t {
    kNone,
    kLost,
    kRepeated,   ///< both copies at any time
    kOvertaken,  ///< by its own retransmission, or by the next thing that is said; then at any time
    kLate,       ///< 20 s behind everything else
};

inline constexpr Act kActs[] = {Act::kRekeyChild, Act::kRekeyIke, Act::kEndChild, Act::kRestart, Act::kInitiate};
inline constexpr Mishap kMishaps[] = {Mishap::kLost, Mishap::kRepeated, Mishap::kOvertaken, Mishap::kLate};

/// Which of the four nonces of two exchanges that cross is the lowest.
enum class Lowest : std::uint8_t { kLeftRequest, kAnswerToLeft, kRightRequest, kAnswerToRight };
inline constexpr Lowest kLowest[] = {Lowest::kLeftRequest, Lowest::kAnswerToLeft, Lowest::kRightRequest,
                                     Lowest::kAnswerToRight};

struct Scene {
    Act left = Act::kRekeyChild;
    Act right = Act::kRekeyChild;
    Lowest lowest = Lowest::kLeftRequest;
    Mishap mishap = Mishap::kNone;
    bool of_left = true;  ///< who sent the datagram of the mishap
    unsigned number = 0;  ///< which one that was, of this sender's, from 1
};

/// A scene and the choices made in it: "rekey_child/rekey_ike/0/lost-left-2/0110". Replays it exactly.
struct Script {
    Scene scene;
    std::string choices;  ///< for every delivery a digit, or a letter from ten on: which of those in flight, in order
};
std::string to_string(const Script& script);
/// Empty when the text is none.
std::optional<Script> parse_script(const std::string& text);

class History {
  public:
    explicit History(const Scene& scene);
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// The same in every schedule of a scene: a side's n-th datagram follows from what it received before.
    struct Name {
        bool from_left = false;
        unsigned number = 0;
        unsigned copy = 0;
        friend auto operator<=>(const Name&, const Name&) = default;
    };
    /// What may arrive next; none: the schedule is at its end.
    std::vector<Name> choices();
    void deliver(std::size_t choice);
    /// Lets the network be plain from now on, and says what is wrong after ten minutes at most; empty: all is well.
    std::string outcome();

    Pair& pair() { return pair_; }
    std::uint32_t policies() const;
    Script script() const { return {scene_, made_}; }
    /// Datagrams that a side has sent.
    unsigned sent(bool by_left) const { return by_left ? sent_by_left_ : sent_by_right_; }
    /// In the order of their arrival.
    const std::vector<Name>& arrived() const { return arrived_; }

  private:
    void begin(Node& side, Act act);
    void keep(const Packet& packet);
    void wait_for_repetition();

    Scene scene_;
    Pair pair_;
    std::map<Name, Packet> in_flight_;
    std::optional<std::pair<Name, Packet>> held_;  ///< the datagram that comes later
    bool owed_ = false;                            ///< time must pass before the mishap is made good
    unsigned sent_by_left_ = 0;
    unsigned sent_by_right_ = 0;
    std::vector<Name> arrived_;
    std::string made_;
};

/// Plays the schedules of `scene` in which at most `longest` deliveries are chosen; what is still in flight then
/// arrives in order. Of schedules that differ only in the order of deliveries to different sides one is played: the
/// sides share nothing but datagrams, so neither sees the difference. Stops when `judge` returns false.
void play_all(const Scene& scene, std::size_t longest, const std::function<bool(History&)>& judge);

/// What `script` comes to, as History::outcome says it.
std::string replay(const Script& script);

}  // namespace esplane::sim
