#include "crypto/ipsec_mb.h"

#include <new>

#include "crypto/require.h"
#include "crypto/secret.h"

namespace esplane::crypto {
namespace {

constexpr std::align_val_t kAlignment{64};

/// In memory of our own, not alloc_mb_mgr()'s: only so is it ours to wipe.
IMB_MGR* make_manager() {
    void* const memory = ::operator new(imb_get_mb_mgr_size(), kAlignment);
    IMB_MGR* const made = imb_set_pointers_mb_mgr(memory, 0, 1);
    require(made != nullptr, "ipsec-mb refused the memory for its manager");
    IMB_ARCH arch = IMB_ARCH_NONE;
    init_mb_mgr_auto(made, &arch);
    require(arch != IMB_ARCH_NONE && imb_get_errno(made) == 0, "ipsec-mb does not support this CPU");
    return made;
}

}  // namespace

const IMB_MGR& direct_calls() {
    static const IMB_MGR* const shared = make_manager();
    return *shared;
}

JobManager make_job_manager() {
    return JobManager(make_manager());
}

// Its lanes hold hash states and round keys of the last packets.
void WipeAndFree::operator()(IMB_MGR* manager) const {
    wipe({reinterpret_cast<std::uint8_t*>(manager), imb_get_mb_mgr_size()});
    ::operator delete(static_cast<void*>(manager), kAlignment);
}

}  // namespace esplane::crypto
