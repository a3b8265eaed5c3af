// Jobs of ipsec-mb that are gathered first and then run together, side by side in the CPU's lanes. Internal to crypto/.
#pragma once

#include <array>

#include "crypto/ipsec_mb.h"

namespace esplane::crypto {

/// For one thread at a time. Neither call allocates.
class JobBurst {
  public:
    static constexpr std::size_t kCapacity = IMB_MAX_BURST_SIZE;

    /// Where the next job is to be described. It still holds an earlier one. Aborts when the burst is full.
    IMB_JOB& blank();
    /// Takes what blank() returned into the burst.
    void add() { ++count_; }
    bool full() const { return count_ == kCapacity; }
    /// Completes every job and leaves the burst empty. Aborts when the library finds fault with one: ours to check
    /// before.
    void run();

  private:
    JobManager manager_ = make_job_manager();
    std::array<IMB_JOB*, kCapacity> jobs_;  ///< the library's own, reserved when the first of a burst is asked for
    std::size_t count_ = 0;
    bool reserved_ = false;
};

}  // namespace esplane::crypto
