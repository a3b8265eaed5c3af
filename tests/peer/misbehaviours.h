// What a hostile peer does, each with a name, and what the engine must make of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/peer/scene.h"

namespace esplane::peer {

/// What the engine says to the last thing that the peer did.
struct Wire {
    enum class Kind : std::uint8_t {
        kSilence,
        kSays,    ///< among what it says is this notify
        kAgrees,  ///< an SA payload, and no error
        kPlain,   ///< an answer inside SK without an error or an SA payload
        kDeletes  ///< a request with a Delete inside SK
    };
    Kind kind = Kind::kSilence;
    std::uint16_t notify = 0;
};
inline constexpr Wire kSilence{};
inline constexpr Wire kAgrees{Wire::Kind::kAgrees, 0};
inline constexpr Wire kPlain{Wire::Kind::kPlain, 0};
inline constexpr Wire kDeletes{Wire::Kind::kDeletes, 0};
constexpr Wire refuses(std::uint16_t notify) {
    return {Wire::Kind::kSays, notify};
}

/// What the tunnel is afterwards.
enum class After : std::uint8_t {
    kNothing,  ///< no IKE SA is established and no CHILD_SA is there
    kBare,     ///< an IKE SA without a CHILD_SA
    kStands,   ///< exactly one CHILD_SA is current
    kMore,     ///< several are
};

struct Misbehaviour {
    const char* name;
    Stage stage;
    std::function<void(Scene&)> act;
    Wire wire;
    After after;
    const char* code = nullptr;  ///< what the operator is told: the last error; null when it is nothing
};

std::vector<Misbehaviour> misbehaviours_of_strangers();  ///< in IKE_SA_INIT, before there are keys
std::vector<Misbehaviour> misbehaviours_before_auth();   ///< with keys, but nobody yet
std::vector<Misbehaviour> misbehaviours_of_guests();     ///< authenticated, as initiator
std::vector<Misbehaviour> misbehaviours_as_responder();  ///< in answer to the engine

}  // namespace esplane::peer
