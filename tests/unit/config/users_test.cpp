#include "config/users.h"

#include "tests/unit/config/temporary_files.h"

namespace esplane::config {
namespace {

using testing::Files;

/// What is wrong with a file, from its line on; "none".
std::string problem(const std::string& content, mode_t mode = 0600) {
    const Files files;
    files.write("users.yaml", content, mode);
    const std::string path = files.path() + "/users.yaml";
    const auto file = read_users_file(path);
    if (file) return "none";
    const std::string& error = file.error();
    return error.substr(0, path.size()) == path ? error.substr(path.size() + 1) : error;
}

TEST_CASE("A user has a password, its hash, or neither") {
    const Files files;
    files.write(
        "u",
        "users:\n  alice: {password: clientPass}\n  bob@example.org: {nt_hash: 44EBBA8D5312B8D611474411F56989AE}\n"
        "  carol: {}\n",
        0600);
    const auto file = read_users_file(files.path() + "/u");
    REQUIRE(file);
    const ike::eap::Users& users = file->users;
    REQUIRE(users.size() == 3);
    CHECK(to_hex(users.at("alice").nt_hash->view()) == "44ebba8d5312b8d611474411f56989ae");
    CHECK(equal_constant_time(users.at("alice").nt_hash->view(), users.at("bob@example.org").nt_hash->view()));
    CHECK_FALSE(users.at("carol").nt_hash.has_value());
}

TEST_CASE("What is wrong in a file of users is said with its place, and no password is") {
    const std::pair<std::string, std::string> cases[] = {
        {"users: {}\n", "none"},
        {"", "1:1: users is missing; write 'users: {}' if there are none"},
        {"users:\n  a: {password: x}\n  a: {password: y}\n", "3:3: duplicate user 'a'"},
        {"users:\n  a: {password: ''}\n", "2:17: users.a.password: a password has 1 to 256 characters, in UTF-8"},
        {"users:\n  a: {nt_hash: 44ebba}\n",
         "2:16: users.a.nt_hash: the MD4 of the password in UTF-16 is expected, 32 hexadecimal digits"},
        {"users:\n  a: {password: x, nt_hash: 44ebba8d5312b8d611474411f56989ae}\n",
         "2:29: users.a.nt_hash: there is password as well; only one is accepted"},
        {"users:\n  \"a\\n\": {}\n",
         "2:3: 'a\\x0a' cannot name a user; 1 to 253 octets without control characters are accepted"},
    };
    for (const auto& [content, expected] : cases) {
        INFO(content);
        CHECK(problem(content) == expected);
    }
    CHECK_THAT(problem("users:\n  a: {pasword: hidden}\n"), Catch::Contains("2:7: ") && !Catch::Contains("hidden"));
    CHECK_THAT(problem("users: {}\n", 0640), Catch::Contains("is open to others than its owner"));
}

}  // namespace
}  // namespace esplane::config
