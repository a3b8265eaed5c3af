// ipsec-mb's managers. Internal to crypto/: nothing outside it sees ipsec-mb.
#pragma once

#include <intel-ipsec-mb.h>

#include <memory>

namespace esplane::crypto {

/// The library's functions for this CPU, for key expansion and direct calls, which only read it. One table for the
/// process and never freed: workers may still run when static objects are destroyed. Aborts when ipsec-mb does not
/// support this CPU.
const IMB_MGR& direct_calls();

struct WipeAndFree {
    void operator()(IMB_MGR* manager) const;
};
using JobManager = std::unique_ptr<IMB_MGR, WipeAndFree>;

/// A manager for the job API: for one thread at a time. Aborts as direct_calls() does.
JobManager make_job_manager();

}  // namespace esplane::crypto
