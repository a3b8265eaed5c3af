#include "gateway/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

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

TEST_CASE("an event is one line that names its tunnel, whatever a peer put into it") {
    const std::string log = stderr_of([] {
        open_log(LogLevel::kInfo);
        log_happened({ike::Severity::kError, "net", "wrong_identity", "Tunnel net: peer says \x1b[2J\nready: forged"});
        log_happened({ike::Severity::kWarning, "net", "odd", "a message without the name"});
        log_happened({ike::Severity::kInfo, "", "stranger", "refused"});
    });
    CHECK(std::count(log.begin(), log.end(), '\n') == 3);
    CHECK_THAT(log, Catch::Contains("error [wrong_identity] Tunnel net: peer says \\x1b[2J\\x0aready: forged\n"));
    CHECK_THAT(log, Catch::Contains("warning [odd] Tunnel net: a message without the name\n"));
    CHECK_THAT(log, Catch::Contains("info [stranger] refused\n"));
}

TEST_CASE("the level decides what is said, and can change") {
    const std::string log = stderr_of([] {
        open_log(LogLevel::kWarning);
        log_info("one");
        log_warning("two");
        set_log_level(LogLevel::kInfo);
        log_info("three");
        set_log_level(LogLevel::kError);
        log_warning("four");
    });
    CHECK_THAT(
        log, !Catch::Contains("one") && Catch::Contains("two") && Catch::Contains("three") && !Catch::Contains("four"));
}

}  // namespace
}  // namespace esplane::gateway
