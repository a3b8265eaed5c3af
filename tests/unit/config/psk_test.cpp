#include "config/psk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace esplane::config {
namespace {

std::string text_of(const Parsed<crypto::Secret>& secret) {
    if (!secret) return "error: " + secret.error();
    const ByteView view = secret.value().view();
    return {view.begin(), view.end()};
}

class KeyFile {
  public:
    KeyFile() {
        char name[] = "/tmp/esplane-psk-XXXXXX";
        const int fd = ::mkstemp(name);
        REQUIRE(fd >= 0);
        ::close(fd);
        path_ = name;
    }
    ~KeyFile() { ::unlink(path_.c_str()); }
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;

    const std::string& holding(const std::string& content, mode_t mode = 0600) const {
        const int fd = ::open(path_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
        REQUIRE(fd >= 0);
        REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
        REQUIRE(::fchmod(fd, mode) == 0);
        ::close(fd);
        return path_;
    }

  private:
    std::string path_;
};

TEST_CASE("A key is text, hexadecimal after 0x or base64 after 0s") {
    const std::string hex_error = "error: after 0x an even number of hexadecimal digits is expected";
    const std::string base64_error = "error: after 0s base64 is expected (RFC 4648 4), padded with =";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"secret", "secret"},
        {" spaced \xc3\xa4 ", " spaced \xc3\xa4 "},
        {"0", "0"},
        {"00x41", "00x41"},
        {"0x41424a6B", "ABJk"},
        {"0X4142", "AB"},
        {"0x", hex_error},
        {"0x4", hex_error},
        {"0x4g", hex_error},
        {"0x41 42", hex_error},
        // RFC 4648 10
        {"0sZg==", "f"},
        {"0sZm8=", "fo"},
        {"0sZm9v", "foo"},
        {"0sZm9vYg==", "foob"},
        {"0SZm9vYmE=", "fooba"},
        {"0sZm9vYmFy", "foobar"},
        {"0s+/+/", "\xfb\xff\xbf"},
        {"0s", base64_error},
        {"0sZg", base64_error},
        {"0sZ===", base64_error},
        {"0s====", base64_error},
        {"0sZg=a", base64_error},
        {"0sZm9*", base64_error},
        {"", "error: the key is empty"},
        {std::string(1024, 'k'), std::string(1024, 'k')},
        {std::string(1025, 'k'), "error: the key is too long; at most 1024 characters"},
    };
    for (const auto& [written, expected] : cases) {
        INFO(written);
        CHECK(text_of(decode_psk(written)) == expected);
    }
}

TEST_CASE("A key file holds one line") {
    const KeyFile file;
    CHECK(text_of(read_psk_file(file.holding("secret\n"))) == "secret");
    CHECK(text_of(read_psk_file(file.holding("secret\r\n"))) == "secret");
    CHECK(text_of(read_psk_file(file.holding("secret"))) == "secret");
    CHECK(text_of(read_psk_file(file.holding("secret \n", 0400))) == "secret ");
    CHECK(text_of(read_psk_file(file.holding("0x4142\n"))) == "AB");
    CHECK(text_of(read_psk_file(file.holding(std::string(1024, 'k') + "\r\n"))) == std::string(1024, 'k'));
    const std::string path = file.holding("");
    const std::string lines = " has more than one line; it must hold the key alone (a binary key as 0x... or 0s...)";
    CHECK(text_of(read_psk_file(path)) == "error: '" + path + "' is empty");
    CHECK(text_of(read_psk_file(file.holding("\n"))) == "error: '" + path + "' is empty");
    CHECK(text_of(read_psk_file(file.holding("a\nb\n"))) == "error: '" + path + "'" + lines);
    CHECK(text_of(read_psk_file(file.holding(std::string("a\0b", 3)))) == "error: '" + path + "'" + lines);
    CHECK(text_of(read_psk_file(file.holding("0xzz"))) ==
          "error: '" + path + "': after 0x an even number of hexadecimal digits is expected");
    CHECK(text_of(read_psk_file(file.holding(std::string(1027, 'k')))) ==
          "error: '" + path + "' is too large; at most 1026 octets");
}

TEST_CASE("A key file is regular and for its owner alone") {
    const KeyFile file;
    for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0777}) {
        const std::string path = file.holding("secret\n", mode);
        std::string expected = "error: '" + path;
        expected += "' is open to others than its owner; chmod 600 " + path;
        CHECK(text_of(read_psk_file(path)) == expected);
    }
    CHECK(text_of(read_psk_file("/dev/null")) == "error: '/dev/null' is not a regular file");
    CHECK(text_of(read_psk_file("/tmp")) == "error: '/tmp' is not a regular file");
    CHECK(text_of(read_psk_file("/nonexistent")) == "error: cannot open '/nonexistent': No such file or directory");
    CHECK(text_of(read_psk_file(std::string("/tmp\0x", 6))) == "error: '/tmp\\x00x' is not a path");
}

TEST_CASE("Opening a FIFO does not wait for its writer") {
    const std::string path = "/tmp/esplane-psk-fifo-" + std::to_string(::getpid());
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(text_of(read_psk_file(path)) == "error: '" + path + "' is not a regular file");
    ::unlink(path.c_str());
}

TEST_CASE("A key comes from the environment") {
    ::setenv("ESPLANE_TEST_PSK", "0x4142", 1);
    CHECK(text_of(read_psk_env("ESPLANE_TEST_PSK")) == "AB");
    ::setenv("ESPLANE_TEST_PSK", "", 1);
    CHECK(text_of(read_psk_env("ESPLANE_TEST_PSK")) ==
          "error: environment variable 'ESPLANE_TEST_PSK': the key is empty");
    ::unsetenv("ESPLANE_TEST_PSK");
    CHECK(text_of(read_psk_env("ESPLANE_TEST_PSK")) == "error: the environment has no variable 'ESPLANE_TEST_PSK'");
    CHECK(text_of(read_psk_env("")) == "error: the environment has no variable ''");
}

}  // namespace
}  // namespace esplane::config
