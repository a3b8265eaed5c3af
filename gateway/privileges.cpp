#include "gateway/privileges.h"

#include <cap-ng.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace esplane::gateway {
namespace {

// The leak checker of a sanitizer build traces its own process at the end.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kTraceable = true;
#elif defined(__has_feature)
constexpr bool kTraceable = __has_feature(address_sanitizer);
#else
constexpr bool kTraceable = false;
#endif

struct Capability {
    unsigned int number;
    const char* name;
};
constexpr std::array<Capability, 3> kForSockets{{
    {CAP_NET_ADMIN, "CAP_NET_ADMIN (TUN devices, routes)"},
    {CAP_NET_RAW, "CAP_NET_RAW (IP protocol 50)"},
    {CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE (UDP port 500)"},
}};
constexpr std::array<Capability, 2> kForPorts{{
    {CAP_NET_ADMIN, "CAP_NET_ADMIN (devices, routes)"},
    {CAP_NET_RAW, "CAP_NET_RAW (packets of the kernel's interfaces)"},
}};

std::span<const Capability> needed_for(Hardware hardware) {
    if (hardware == Hardware::kDpdk) return kForPorts;
    return kForSockets;
}

Result<void, std::string> limit_capabilities(std::span<const Capability> needed) {
    capng_get_caps_process();
    std::string missing;
    for (const Capability& capability : needed) {
        if (capng_have_capability(CAPNG_PERMITTED, capability.number) == 0)
            missing += (missing.empty() ? "" : ", ") + std::string(capability.name);
    }
    if (!missing.empty())
        return Failure{"esplane may not do its work: it lacks " + missing +
                       ". Run it as root, or give it what it lacks"};
    // Without CAP_SETPCAP the bounding set is not ours to change; then there was little in our sets to begin with.
    const bool whole = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
    const capng_select_t sets = whole ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS;
    capng_clear(sets);
    for (const Capability& kept : needed) {
        capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), kept.number, -1);
        if (whole) capng_update(CAPNG_ADD, CAPNG_BOUNDING_SET, kept.number);
    }
    if (capng_apply(sets) < 0) return Failure{std::string("cannot give up capabilities")};
    return {};
}

/// A list of what is forbidden, not of what is allowed: the libraries beneath us choose their own system calls.
Result<void, std::string> forbid_system_calls() {
    constexpr std::array kForbidden{
        SCMP_SYS(execve),          SCMP_SYS(execveat),     SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
        SCMP_SYS(init_module),     SCMP_SYS(finit_module), SCMP_SYS(delete_module),    SCMP_SYS(kexec_load),
        SCMP_SYS(kexec_file_load), SCMP_SYS(mount),        SCMP_SYS(umount2),          SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),          SCMP_SYS(setns),        SCMP_SYS(unshare),          SCMP_SYS(bpf),
        SCMP_SYS(add_key),         SCMP_SYS(request_key),  SCMP_SYS(keyctl),           SCMP_SYS(open_by_handle_at),
        SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
    };
    const auto failure = [](int error) {
        return Failure{std::string("cannot install the system call filter: ") + std::strerror(-error)};
    };
    const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
    if (!filter) return failure(-ENOMEM);
    for (const int call : kForbidden) {
        if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0); error != 0) {
            return failure(error);
        }
    }
    if (!kTraceable) {
        if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 0); error != 0) {
            return failure(error);
        }
    }
    if (const int error = seccomp_load(filter.get()); error != 0) return failure(error);
    return {};
}

void raise_to_hard_limit(decltype(RLIMIT_NOFILE) resource) {
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

/// DPDK locks the memory that devices write to. Who may not raise the limit is told by the device that misses it.
void raise_memory_limit() {
    const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) raise_to_hard_limit(RLIMIT_MEMLOCK);
}

}  // namespace

Result<void, std::string> give_up_privileges(Hardware hardware) {
    raise_to_hard_limit(RLIMIT_NOFILE);
    raise_memory_limit();
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (auto limited = limit_capabilities(needed_for(hardware)); !limited) return limited;
    if (!kTraceable) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Failure{std::string("cannot refuse new privileges")};
    return forbid_system_calls();
}

}  // namespace esplane::gateway
