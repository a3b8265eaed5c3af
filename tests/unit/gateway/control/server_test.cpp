// Server and client over a real socket. One thread turns the loop, another asks, where both are needed.
#include "gateway/control/server.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "gateway/control/client.h"

namespace esplane::gateway::control {
namespace {

using namespace std::chrono_literals;

class Directory {
  public:
    Directory() {
        std::string pattern = std::filesystem::temp_directory_path() / "esplane-control-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Answers status at once and everything else when told to.
class Gateway final : public Handler {
  public:
    explicit Gateway(const std::string& path)
        : loop_(ike::EventLoop::open().value()), server_(*loop_, ListeningSocket::open(path).value(), *this) {}

    void on_request(ClientId client, const Request& request) override {
        ++requests;
        waiting = client;
        if (request.verb == Verb::kStatus) server_.reply(client, build_reply({true, "", status_text}));
    }
    void reply(ClientId client, const std::string& text) { server_.reply(client, build_reply({true, "", text})); }
    void turn() { loop_->turn(); }
    template <typename Condition>
    void turn_until(Condition condition) {
        ike::EventLoop::Timer wake(*loop_, [] { FAIL("waited in vain"); });
        wake.set_after(60s);
        while (!condition())
            turn();
    }
    ike::EventLoop& loop() { return *loop_; }

    int requests = 0;
    std::string status_text = "fine";
    std::optional<ClientId> waiting;

  private:
    std::unique_ptr<ike::EventLoop> loop_;
    Server server_;
};

/// All that is there now.
std::string receive(const dataplane::FileDescriptor& socket) {
    std::array<char, 65536> buffer;
    std::string text;
    for (ssize_t length; (length = recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return text;
}

void send_text(const dataplane::FileDescriptor& socket, const std::string& text) {
    REQUIRE(send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

/// What the server wrote until it closed, or until `lines` lines are there.
std::string receive_lines(Gateway& gateway, const dataplane::FileDescriptor& socket, int lines) {
    std::string text;
    gateway.turn_until([&] {
        text += receive(socket);
        return std::count(text.begin(), text.end(), '\n') >= lines;
    });
    return text;
}

bool closed(const dataplane::FileDescriptor& socket) {
    char octet;
    const ssize_t length = recv(socket.get(), &octet, 1, MSG_DONTWAIT);
    return length == 0 || (length < 0 && errno == ECONNRESET);
}

TEST_CASE("a request is answered, at once or later") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    const auto other = connect_to(directory.file("control.sock")).value();
    send_text(client, build_request({Verb::kUp, "net", false}));
    gateway.turn_until([&] { return gateway.waiting.has_value(); });
    const ClientId waiting = *gateway.waiting;
    send_text(other, build_request({Verb::kStatus, "", false}));
    CHECK_THAT(receive_lines(gateway, other, 1), Catch::Contains("fine"));
    CHECK(receive(client).empty());
    gateway.reply(waiting, "established");
    CHECK_THAT(receive_lines(gateway, client, 1), Catch::Contains("established"));
}

TEST_CASE("requests on one connection are answered in order") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += build_request({Verb::kStatus, "", false});
    send_text(client, many);
    receive_lines(gateway, client, 100);
    CHECK(gateway.requests == 100);
}

TEST_CASE("one octet at a time makes a request, too") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    gateway.turn();
    for (const char octet : build_request({Verb::kStatus, "", false})) {
        CHECK(gateway.requests == 0);
        send_text(client, std::string(1, octet));
        gateway.turn();
    }
    CHECK(gateway.requests == 1);
}

TEST_CASE("bad requests are told so, and the connection lives on") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    send_text(client, "rubbish\n{}\n" + build_request({Verb::kStatus, "", false}));
    const std::string replies = receive_lines(gateway, client, 3);
    CHECK_THAT(replies, Catch::Contains("bad_request") && Catch::Contains("fine"));
    CHECK(gateway.requests == 1);
}

TEST_CASE("an endless request ends its connection") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    std::string sent;
    gateway.turn_until([&] {
        const std::string chunk(4096, 'x');
        if (send(client.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE)
            return true;
        sent += receive(client);
        return false;
    });
    sent += receive(client);
    CHECK_THAT(sent, Catch::Contains("no longer than"));
    CHECK(gateway.requests == 0);
}

TEST_CASE("a client that leaves is forgotten, its reply with it") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    {
        const auto client = connect_to(directory.file("control.sock")).value();
        send_text(client, build_request({Verb::kUp, "net", false}));
        gateway.turn_until([&] { return gateway.waiting.has_value(); });
    }
    gateway.turn();
    gateway.reply(*gateway.waiting, "too late");
    const auto next = connect_to(directory.file("control.sock")).value();
    send_text(next, build_request({Verb::kStatus, "", false}));
    CHECK_THAT(receive_lines(gateway, next, 1), Catch::Contains("fine"));
}

TEST_CASE("a client that only reads any more still gets its reply") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    const auto client = connect_to(directory.file("control.sock")).value();
    send_text(client, build_request({Verb::kUp, "net", false}));
    shutdown(client.get(), SHUT_WR);
    gateway.turn_until([&] { return gateway.waiting.has_value(); });
    gateway.reply(*gateway.waiting, "established");
    CHECK_THAT(receive_lines(gateway, client, 1), Catch::Contains("established"));
    gateway.turn_until([&] { return closed(client); });
}

TEST_CASE("one client too many is told so and harms nobody") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    std::vector<dataplane::FileDescriptor> clients;
    // In portions, as the kernel's queue of those who wait is short.
    while (clients.size() < Server::kMostClients) {
        for (int i = 0; i < 8; ++i)
            clients.push_back(connect_to(directory.file("control.sock")).value());
        gateway.turn();
    }
    const auto late = connect_to(directory.file("control.sock")).value();
    CHECK_THAT(receive_lines(gateway, late, 1), Catch::Contains("busy"));
    CHECK(closed(late));
    send_text(clients.front(), build_request({Verb::kStatus, "", false}));
    CHECK_THAT(receive_lines(gateway, clients.front(), 1), Catch::Contains("fine"));
}

TEST_CASE("a reply larger than any buffer arrives whole, and a slow reader holds up nobody") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    gateway.status_text = std::string(2 << 20, 'x');
    const auto slow = connect_to(directory.file("control.sock")).value();
    send_text(slow, build_request({Verb::kStatus, "", false}));
    gateway.turn_until([&] { return gateway.requests == 1; });
    gateway.status_text = "fine";
    const auto quick = connect_to(directory.file("control.sock")).value();
    send_text(quick, build_request({Verb::kStatus, "", false}));
    CHECK_THAT(receive_lines(gateway, quick, 1), Catch::Contains("fine"));
    CHECK(receive_lines(gateway, slow, 1).size() > (2 << 20));
}

TEST_CASE("the client's own errors say what to do") {
    const Directory directory;
    const std::string path = directory.file("control.sock");
    const auto ask_status = [&](std::chrono::milliseconds timeout) {
        return ask(path, {Verb::kStatus, "", false}, timeout);
    };
    SECTION("nobody there") {
        CHECK_THAT(ask_status(1s).error(),
                   Catch::Contains("no esplane is running") && Catch::Contains(path) && Catch::Contains("--socket"));
    }
    SECTION("a socket that a crash left") {
        {
            const auto stale = ListeningSocket::open(path).value();
            std::filesystem::rename(path, path + ".kept");
        }
        std::filesystem::rename(path + ".kept", path);
        CHECK_THAT(ask_status(1s).error(), Catch::Contains("no esplane is running"));
    }
    SECTION("a gateway that does not answer") {
        const auto mute = ListeningSocket::open(path).value();
        CHECK_THAT(ask_status(20ms).error(), Catch::Contains("no outcome within 20 ms"));
    }
    SECTION("a gateway that ends") {
        auto dying = std::optional(ListeningSocket::open(path).value());
        std::thread end([&] {
            while (!dying->accept())
                std::this_thread::yield();
            dying.reset();
        });
        CHECK_THAT(ask_status(5s).error(), Catch::Contains("ended before it answered"));
        end.join();
    }
    SECTION("something else that listens") {
        auto other = ListeningSocket::open(path).value();
        std::thread answer([&] {
            for (;;) {
                auto client = other.accept();
                if (!client) {
                    std::this_thread::yield();
                    continue;
                }
                send_text(*client, "220 welcome\r\n");
                while (receive(*client).empty())
                    std::this_thread::yield();
                return;
            }
        });
        CHECK_THAT(ask_status(5s).error(), Catch::Contains("not an esplane"));
        answer.join();
    }
    SECTION("a path that is too long") {
        CHECK_FALSE(ask(std::string(200, 'x'), {}, 1s).ok());
    }
}

TEST_CASE("client and server understand each other") {
    const Directory directory;
    Gateway gateway(directory.file("control.sock"));
    gateway.status_text = std::string(1 << 20, 'y');
    std::atomic<bool> done = false;
    std::thread client([&] {
        const auto reply = ask(directory.file("control.sock"), {Verb::kStatus, "", false}, 5s);
        if (reply && (*reply)["message"].get<std::string>().size() == (1 << 20)) done = true;
    });
    gateway.turn_until([&] { return gateway.requests == 1; });
    ike::EventLoop::Timer wake(gateway.loop(), [] {});
    while (!done) {
        wake.set_after(10ms);
        gateway.turn();
    }
    client.join();
    CHECK(done);
}

TEST_CASE("the socket belongs to its owner alone, and goes with the gateway") {
    const Directory directory;
    const std::string path = directory.file("new/control.sock");
    {
        const auto socket = ListeningSocket::open(path).value();
        struct stat status {};
        REQUIRE(stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
        REQUIRE(stat(directory.file("new").c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0755);
        CHECK((fcntl(socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("only a socket that nobody listens at is replaced") {
    const Directory directory;
    const std::string path = directory.file("control.sock");
    SECTION("another gateway") {
        const auto first = ListeningSocket::open(path).value();
        const auto second = ListeningSocket::open(path);
        REQUIRE_FALSE(second.ok());
        CHECK_THAT(second.error(), Catch::Contains("another esplane is running") && Catch::Contains(path));
        CHECK(connect_to(path).ok());
    }
    SECTION("what a crash left") {
        {
            const auto stale = ListeningSocket::open(path).value();
            std::filesystem::rename(path, path + ".kept");
        }
        std::filesystem::rename(path + ".kept", path);
        CHECK(ListeningSocket::open(path).ok());
    }
    SECTION("a file") {
        std::ofstream(path) << "precious";
        const auto refused = ListeningSocket::open(path);
        REQUIRE_FALSE(refused.ok());
        CHECK_THAT(refused.error(), Catch::Contains("not a socket"));
        CHECK(std::filesystem::file_size(path) == 8);
    }
    SECTION("a path that has become another's is left alone") {
        {
            const auto first = ListeningSocket::open(path).value();
            std::filesystem::remove(path);
            std::ofstream(path) << "other";
        }
        CHECK(std::filesystem::exists(path));
    }
    SECTION("a path that is too long") {
        CHECK_THAT(ListeningSocket::open("/" + std::string(107, 'x')).error(), Catch::Contains("1 to 107"));
    }
}

}  // namespace
}  // namespace esplane::gateway::control
