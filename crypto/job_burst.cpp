#include "crypto/job_burst.h"

#include "crypto/require.h"

namespace esplane::crypto {

IMB_JOB& JobBurst::blank() {
    if (!reserved_) {
        require(IMB_GET_NEXT_BURST(manager_.get(), kCapacity, jobs_.data()) == kCapacity, "ipsec-mb has no jobs left");
        reserved_ = true;
    }
    require(!full(), "a burst of jobs is full");
    return *jobs_[count_];
}

void JobBurst::run() {
    std::size_t left = count_;
    count_ = 0;
    reserved_ = false;
    if (left == 0) return;
    // Each call overwrites the list with the jobs that it completed, and the last lanes fill only by force.
    std::size_t completed = IMB_SUBMIT_BURST(manager_.get(), static_cast<std::uint32_t>(left), jobs_.data());
    require(imb_get_errno(manager_.get()) == 0, "ipsec-mb refused a job");
    for (;;) {
        for (std::size_t i = 0; i < completed; ++i) {
            require(jobs_[i]->status == IMB_STATUS_COMPLETED, "ipsec-mb failed a job");
        }
        left -= completed;
        if (left == 0) return;
        completed = IMB_FLUSH_BURST(manager_.get(), static_cast<std::uint32_t>(left), jobs_.data());
        require(completed != 0, "ipsec-mb lost a job");
    }
}

}  // namespace esplane::crypto
