// What the log says while something is done.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway::test {

/// What `act` writes to stderr.
template <typename Act>
std::string stderr_of(Act act) {
    std::array<int, 2> ends;
    REQUIRE(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const dataplane::FileDescriptor out(ends[0]), in(ends[1]), before(dup(STDERR_FILENO));
    dup2(in.get(), STDERR_FILENO);
    act();
    dup2(before.get(), STDERR_FILENO);
    std::array<char, 65536> buffer;
    const ssize_t length = read(out.get(), buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

}  // namespace esplane::gateway::test
