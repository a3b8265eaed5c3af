#include "tests/unit/dataplane/support/system_calls.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_OFF 0
#define PR_SYS_DISPATCH_ON 1
#endif

// The way back from the handler is a system call, too: the one place that is let through.
extern "C" void esplane_leave_handler();
extern "C" const char esplane_leave_handler_end;
asm(R"(
.pushsection .text
.globl esplane_leave_handler, esplane_leave_handler_end
esplane_leave_handler:
    mov $15, %eax
    syscall
esplane_leave_handler_end:
    nop
.popsection
)");

namespace esplane::dataplane::test {
namespace {

constexpr char kAllow = 0;
constexpr char kBlock = 1;

// Read by the kernel at each system call.
volatile char selector = kAllow;
volatile std::size_t counted = 0;
volatile long last_number = -1;

/// As the kernel wants it. The C library's has a way back of its own, which would be counted.
struct KernelSigaction {
    void (*handler)(int, siginfo_t*, void*);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
};
constexpr unsigned long kHasRestorer = 0x04000000;

long set_action(const KernelSigaction& action, KernelSigaction* old) {
    return syscall(SYS_rt_sigaction, SIGSYS, &action, old, sizeof action.mask);
}

long call(const greg_t* registers) {
    long result = registers[REG_RAX];
    register long fourth asm("r10") = registers[REG_R10];
    register long fifth asm("r8") = registers[REG_R8];
    register long sixth asm("r9") = registers[REG_R9];
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(registers[REG_RDI]), "S"(registers[REG_RSI]), "d"(registers[REG_RDX]), "r"(fourth), "r"(fifth),
                   "r"(sixth)
                 : "rcx", "r11", "memory");
    return result;
}

/// Counts the system call, then does it in the place of the one who made it.
void on_system_call(int, siginfo_t* info, void* context) {
    selector = kAllow;
    counted = counted + 1;
    last_number = info->si_syscall;
    greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    registers[REG_RAX] = info->si_syscall;
    registers[REG_RAX] = call(registers);
    selector = kBlock;
}

KernelSigaction before{};

}  // namespace

SystemCallWatch::SystemCallWatch() {
    selector = kAllow;
    counted = 0;
    last_number = -1;
    const KernelSigaction action{on_system_call, SA_SIGINFO | SA_NODEFER | kHasRestorer, esplane_leave_handler, 0};
    set_action(action, &before);
    const auto begin = reinterpret_cast<std::uintptr_t>(&esplane_leave_handler);
    const auto end = reinterpret_cast<std::uintptr_t>(&esplane_leave_handler_end);
    // The kernel sees the address behind the instruction.
    works_ = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, begin, end - begin + 1, &selector) == 0;
}

SystemCallWatch::~SystemCallWatch() {
    selector = kAllow;
    prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
    set_action(before, nullptr);
}

void SystemCallWatch::start() {
    selector = kBlock;
}

void SystemCallWatch::stop() {
    selector = kAllow;
}

std::size_t SystemCallWatch::count() {
    return counted;
}

long SystemCallWatch::last() {
    return last_number;
}

}  // namespace esplane::dataplane::test
