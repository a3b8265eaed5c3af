// How long a device takes to forward again without loss: after too much traffic (RFC 2544 26.5), and after it was
// restarted (RFC 2544 26.6, RFC 6201).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/progress.h"
#include "benchmarks/rfc2544/spread.h"

namespace esplane::bench::rfc2544 {

/// The generator goes from the one rate to the other without a pause.
struct OverloadOffer {
    Offer overload;
    Offer relief;
};

struct OverloadOutcome {
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    std::uint64_t first_of_relief = 0;       ///< packets that had been sent before
    std::optional<std::uint64_t> last_lost;  ///< counted as these, from 0
};

using Overload = std::function<OverloadOutcome(const OverloadOffer&)>;

struct RecoveryTest {
    double throughput = 0;    ///< packets a second
    double highest_rate = 0;  ///< no more is sent, whatever 110 % of the throughput were
    double seconds = 60;      ///< of each rate
    unsigned repetitions = 1;
};

/// From the fall of the rate to when the last packet that was lost had been sent: in seconds.
double recovery_seconds(const OverloadOutcome& outcome, double relief_rate);

/// At 110 % of the throughput, or at the highest rate if that is lower, then at half the rate. In seconds.
Spread measure_recovery(const Overload& overload, const RecoveryTest& test, const Watch& watch);

struct RestartOutcome {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    double seconds = 0;          ///< of sending
    double silence_seconds = 0;  ///< the longest between two packets that arrived
    bool has_recovered = false;
};

/// Restarts the device while it sends, and ends when it has forwarded again for a while.
using Restart = std::function<RestartOutcome(const Offer&)>;

/// By both of RFC 6201's methods. They differ where a device forwards some packets while it starts.
struct ResetTime {
    Spread by_loss;     ///< seconds that the lost packets took to be sent
    Spread by_silence;  ///< seconds from the last packet before to the first afterwards
};

/// Throws std::runtime_error if the device does not forward again.
ResetTime measure_reset(const Restart& restart, const Offer& offer, unsigned repetitions, const Watch& watch);

}  // namespace esplane::bench::rfc2544
