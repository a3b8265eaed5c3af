// Giving up is for good, so each look at it is taken by a child process.
#include "gateway/privileges.h"

#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <iostream>
#include <thread>

namespace esplane::gateway {
namespace {

/// Whether `check` holds in a process that has given up its privileges.
template <typename Check>
bool holds_afterwards(Check check) {
    const pid_t child = fork();
    if (child == 0) _exit(give_up_privileges(Hardware::kKernel).ok() && check() ? 0 : 1);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool is_root() {
    if (geteuid() == 0 && prctl(PR_CAPBSET_READ, CAP_NET_ADMIN) == 1) return true;
    std::cerr << "SKIPPED: giving up privileges needs some (root)\n";
    return false;
}

TEST_CASE("what is needed stays, what is not goes") {
    if (!is_root()) return;
    CHECK(holds_afterwards([] {
        const int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP);
        const int mark = 1;
        return raw >= 0 && setsockopt(raw, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0;
    }));
    CHECK(holds_afterwards([] { return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 0; }));
    CHECK(holds_afterwards([] { return prctl(PR_CAPBSET_READ, CAP_DAC_OVERRIDE) == 0; }));
    CHECK(holds_afterwards([] { return prctl(PR_CAPBSET_READ, CAP_NET_ADMIN) == 1; }));
    CHECK(holds_afterwards([] { return unshare(CLONE_NEWNET) != 0 && errno == EPERM; }));
}

TEST_CASE("no program is ever executed, by any thread") {
    if (!is_root()) return;
    const auto refused = [] {
        const char* const arguments[] = {"/bin/true", nullptr};
        execv(arguments[0], const_cast<char* const*>(arguments));
        return errno == EPERM;
    };
    CHECK(holds_afterwards(refused));
    CHECK(holds_afterwards([&] {
        bool refused_there = false;
        std::thread([&] { refused_there = refused(); }).join();
        return refused_there;
    }));
}

TEST_CASE("no core is dumped, no privilege gained") {
    if (!is_root()) return;
    CHECK(holds_afterwards([] {
        rlimit limit{};
        return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
    }));
    CHECK(holds_afterwards([] { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; }));
}

bool names_all_three(const std::string& error) {
    for (const char* name : {"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_NET_BIND_SERVICE"}) {
        if (error.find(name) == std::string::npos) return false;
    }
    return true;
}

TEST_CASE("missing capabilities are named") {
    if (!is_root()) return;
    const pid_t child = fork();
    if (child == 0) {
        if (setresuid(65534, 65534, 65534) != 0) _exit(2);
        const auto given_up = give_up_privileges(Hardware::kKernel);
        _exit(!given_up && names_all_three(given_up.error()) ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace esplane::gateway
