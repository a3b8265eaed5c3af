#include "tests/unit/gateway/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>

namespace esplane::gateway::test {

Outcome esplane(std::vector<std::string> arguments) {
    const char* program = std::getenv("ESPLANE");
    REQUIRE(program != nullptr);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> raw;
    raw.reserve(arguments.size() + 1);
    for (std::string& argument : arguments)
        raw.push_back(argument.data());
    raw.push_back(nullptr);

    std::array<int, 2> ends;
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    pid_t pid = 0;
    REQUIRE(posix_spawn(&pid, program, &actions, nullptr, raw.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);

    Outcome outcome;
    std::array<char, 4096> buffer;
    for (ssize_t length; (length = read(ends[0], buffer.data(), buffer.size())) > 0;) {
        outcome.out.append(buffer.data(), static_cast<std::size_t>(length));
    }
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
    return outcome;
}

}  // namespace esplane::gateway::test
