// The program itself, as a person calls it: what it prints where, and its exit codes. ESPLANE names the program.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using Catch::Contains;

struct Outcome {
    int code = -1;
    std::string out;  ///< stdout and stderr, in the order of writing
};

Outcome esplane(std::vector<std::string> arguments) {
    const char* program = std::getenv("ESPLANE");
    REQUIRE(program != nullptr);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> raw;
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

class File {
  public:
    explicit File(const std::string& content) {
        std::string pattern = std::filesystem::temp_directory_path() / "esplane-XXXXXX.yaml";
        const int fd = mkostemps(pattern.data(), 5, O_CLOEXEC);
        REQUIRE(fd >= 0);
        close(fd);
        path = pattern;
        std::ofstream(path) << content;
    }
    ~File() { std::filesystem::remove(path); }
    std::string path;
};

constexpr const char* kGood = R"(
tunnels:
  net:
    local: {address: 192.0.2.1, subnets: [10.1.0.0/24]}
    remote: {address: 192.0.2.2, subnets: [10.2.0.0/24]}
    auth: {psk: secret secret}
    ike: {proposals: [aes256gcm16-prfsha256-ecp256]}
    esp: {proposals: [aes256gcm16]}
)";

TEST_CASE("help is everywhere, and is no error") {
    CHECK(esplane({"--help"}).code == 0);
    for (const char* command : {"run", "check", "status", "up", "down", "rekey"}) {
        const Outcome outcome = esplane({command, "--help"});
        CHECK(outcome.code == 0);
        CHECK_THAT(outcome.out, Contains("Usage: esplane " + std::string(command)));
    }
    CHECK_THAT(esplane({"--version"}).out, Catch::StartsWith("esplane "));
}

TEST_CASE("wrong use is 2") {
    const std::vector<std::string> rows[] = {{},
                                             {"frobnicate"},
                                             {"run"},
                                             {"check"},
                                             {"up"},
                                             {"down"},
                                             {"rekey"},
                                             {"up", "net", "--timeout", "5"},
                                             {"up", "net", "--timeout", "-1s"},
                                             {"up", "net", "--timeout", "soon"},
                                             {"up", "net", "--ike"},
                                             {"status", "a", "b"}};
    for (const auto& row : rows) {
        const Outcome outcome = esplane(row);
        INFO(outcome.out);
        CHECK(outcome.code == 2);
        CHECK_FALSE(outcome.out.empty());
    }
}

TEST_CASE("check says ok, or every problem with its place") {
    const File good(kGood);
    const Outcome ok = esplane({"check", good.path});
    CHECK(ok.code == 0);
    CHECK(ok.out == good.path + ": ok, 1 tunnel\n");

    const File bad("tunnels: {net: {lokal: {}}}\n");
    for (const auto& outcome : {esplane({"check", bad.path}), esplane({"run", "--config", bad.path})}) {
        CHECK(outcome.code == 2);
        CHECK_THAT(outcome.out, Contains(bad.path + ":1:17: ") && Contains("lokal"));
    }
    CHECK(esplane({"check", "/nonexistent/esplane.yaml"}).code == 2);
}

TEST_CASE("without a gateway the commands fail and say what to do") {
    const std::string socket = "/nonexistent/control.sock";
    const std::vector<std::string> rows[] = {{"status"}, {"up", "net"}, {"down", "net"}, {"rekey", "net", "--ike"}};
    for (auto row : rows) {
        row.insert(row.end(), {"--socket", socket});
        const Outcome outcome = esplane(row);
        CHECK(outcome.code == 1);
        CHECK_THAT(outcome.out, Contains("no esplane is running") && Contains(socket));
    }
}

}  // namespace
