#include "benchmarks/rfc2544/restart_program.h"

#include <spawn.h>
#include <sys/wait.h>

#include <cstring>
#include <stdexcept>

extern char** environ;

namespace esplane::bench::rfc2544 {

void RestartProgram::begin() {
    char* arguments[] = {file_.data(), nullptr};
    if (const int error = posix_spawn(&pid_, file_.c_str(), nullptr, nullptr, arguments, environ); error != 0)
        throw std::runtime_error("--restart " + file_ + ": " + std::strerror(error));
}

bool RestartProgram::has_ended() {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == 0) return false;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    throw std::runtime_error("--restart " + file_ + " failed; it should exit with 0 when the gateway has been started");
}

}  // namespace esplane::bench::rfc2544
