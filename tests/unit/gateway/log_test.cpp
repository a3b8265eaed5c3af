#include "gateway/log.h"

#include "tests/unit/gateway/stderr_of.h"

namespace esplane::gateway {
namespace {

using test::stderr_of;

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
