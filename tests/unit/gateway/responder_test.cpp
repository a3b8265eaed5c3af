// Against a server on the loopback that says what a test wants.
#include "gateway/responder.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

using dataplane::FileDescriptor;

/// Takes one connection, reads a request that ends with `last`, says `answer` and closes.
class Server {
  public:
    Server(std::string answer, std::string last) : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(bind(listening_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0);
        socklen_t length = sizeof here;
        REQUIRE(getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&here), &length) == 0);
        REQUIRE(listen(listening_.get(), 1) == 0);
        port_ = ntohs(here.sin_port);
        thread_ = std::thread([this, answer = std::move(answer), last = std::move(last)] { serve(answer, last); });
    }
    ~Server() {
        // Wakes it where nobody has come.
        shutdown(listening_.get(), SHUT_RDWR);
        thread_.join();
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/a/b"; }
    /// When the request is over.
    const std::string& asked() const { return asked_; }

  private:
    void serve(const std::string& answer, const std::string& last) {
        const FileDescriptor client(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client.is_open()) return;
        char room[4096];
        while (!asked_.ends_with(last)) {
            const ssize_t length = read(client.get(), room, sizeof room);
            if (length <= 0) return;
            asked_.append(room, static_cast<std::size_t>(length));
        }
        static_cast<void>(send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    }

    FileDescriptor listening_;
    std::uint16_t port_ = 0;
    std::string asked_;
    std::thread thread_;
};

const std::string kValue("\x30\x03\x02\x01\x05", 5);  // SEQUENCE { INTEGER 5 }

Result<Bytes, std::string> ask(const std::string& url, std::chrono::seconds patience = std::chrono::seconds(5)) {
    return ask_responder({.certificate = "", .url = url, .request = {'q', 'u', 'e'}}, 0, patience);
}

std::string ok(const std::string& body, const std::string& type = "application/ocsp-response") {
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST_CASE("a request is a POST with its type and host, and the answer comes back as it was") {
    const Server server(ok(kValue), "que");
    const auto answer = ask(server.url());
    REQUIRE(answer.ok());
    CHECK(*answer == Bytes(kValue.begin(), kValue.end()));
    CHECK_THAT(server.asked(), Catch::StartsWith("POST /a/b HTTP/1.") && Catch::Contains("Host: 127.0.0.1") &&
                                   Catch::Contains("Content-Type: application/ocsp-request\r\n") &&
                                   Catch::Contains("Content-Length: 3\r\n"));
}

TEST_CASE("an answer that is not what was asked for is an error with its reason") {
    const std::string large = std::string("\x30\x83\x01\x00\x00", 5) + std::string(65536, 'x');
    const struct {
        const char* what;
        std::string answer;
    } rows[] = {
        {"closed at once", ""},
        {"no HTTP", "SSH-2.0-x\r\n"},
        {"not found", "HTTP/1.1 404 Not Found\r\n\r\n"},
        {"elsewhere", "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"},
        {"another type", ok(kValue, "text/html")},
        {"too long", ok(large)},
        {"no DER", ok("hello")},
        {"cut short", ok(kValue).substr(0, ok(kValue).size() - 2)},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        const Server server(row.answer, "que");
        const auto answer = ask(server.url());
        REQUIRE_FALSE(answer.ok());
        CHECK_THAT(answer.error(), Catch::StartsWith("OCSP responder " + server.url() + ": "));
    }
}

TEST_CASE("a server that says nothing is waited for no longer than wanted") {
    const Server server("", "what never comes");
    const auto begun = std::chrono::steady_clock::now();
    CHECK_FALSE(ask(server.url(), std::chrono::seconds(1)).ok());
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
}

TEST_CASE("what cannot be reached, or is no URL of HTTP, is an error") {
    CHECK_THAT(ask("http://127.0.0.1:1/").error(), Catch::Contains("cannot be reached at port 1"));
    for (const char* url : {"", "https://127.0.0.1/", "ftp://x/", "http://", "http://127.0.0.1:99999/", "x"}) {
        INFO(url);
        CHECK_FALSE(ask(url).ok());
    }
}

}  // namespace
}  // namespace esplane::gateway
