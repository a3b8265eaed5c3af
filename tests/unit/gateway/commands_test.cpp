// The program itself, as a person calls it: what it prints where, and its exit codes.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/gateway/program.h"

namespace {

using Catch::Contains;
using esplane::gateway::test::esplane;
using esplane::gateway::test::Outcome;

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
    for (const char* command : {"run", "check", "status", "up", "down", "rekey", "pki"}) {
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
                                             {"status", "a", "b"},
                                             {"pki"},
                                             {"pki", "ca", "--out", "/nonexistent"},
                                             {"pki", "ca", "--name", "x"},
                                             {"pki", "ca", "--name", "x", "--out", "/nonexistent", "--key", "rsa1024"},
                                             {"pki", "ca", "--name", "x", "--out", "/nonexistent", "--days", "0"},
                                             {"pki", "gateway", "--ca", "/nonexistent", "--out", "/nonexistent"},
                                             {"pki", "request", "--out", "/nonexistent"},
                                             {"pki", "sign", "--ca", "/nonexistent"},
                                             {"pki", "revoke"}};
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
