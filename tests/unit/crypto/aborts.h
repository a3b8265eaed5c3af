// Whether a call ends the process, tried in a child: for mistakes of the caller, which must not pass unnoticed.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace esplane::test {

template <typename Call>
bool aborts(Call call) {
    const pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);           // the message is expected, and not of interest
        std::signal(SIGABRT, SIG_DFL);  // not the handler of the test framework
        call();
        _exit(0);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace esplane::test
