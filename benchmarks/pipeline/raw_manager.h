// The library's table of functions, which is also its queue of jobs.
#pragma once

#include <intel-ipsec-mb.h>

#include <memory>
#include <new>

namespace esplane::bench {

struct FreeManager {
    void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};
using RawManager = std::unique_ptr<IMB_MGR, FreeManager>;

inline RawManager make_raw_manager() {
    RawManager manager(alloc_mb_mgr(0));
    if (manager == nullptr) throw std::bad_alloc();
    init_mb_mgr_auto(manager.get(), nullptr);
    return manager;
}

}  // namespace esplane::bench
