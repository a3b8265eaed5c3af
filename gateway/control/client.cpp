#include "gateway/control/client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "gateway/control/line_buffer.h"
#include "gateway/control/unix_socket.h"

namespace esplane::gateway::control {
namespace {

using Clock = std::chrono::steady_clock;

std::string unreachable(const std::string& path, int error) {
    switch (error) {
        case ENOENT:
        case ECONNREFUSED:
            return "no esplane is running: nobody listens at " + path +
                   ". Start it with `esplane run --config FILE`, or name its control socket with --socket";
        case EACCES:
            return path +
                   ": permission denied. The control socket belongs to the user who runs the gateway: try as root";
        case EAGAIN:
            return "the gateway at " + path + " is too busy to answer; try again";
        default:
            return path + ": " + std::strerror(error);
    }
}

class Connection {
  public:
    Connection(dataplane::FileDescriptor socket, Clock::time_point deadline)
        : socket_(std::move(socket)), deadline_(deadline) {}

    /// False when the time is up.
    bool wait(short events) const {
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
            if (left <= 0) return false;
            pollfd ready{socket_.get(), events, 0};
            const int count = poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
            if (count > 0) return true;
            if (count < 0 && errno != EINTR) return false;
        }
    }

    enum class Outcome { kDone, kTimeout, kClosed };

    Outcome send_all(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t length = send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (length >= 0) {
                text.remove_prefix(static_cast<std::size_t>(length));
            } else if (errno != EAGAIN && errno != EINTR) {
                return Outcome::kClosed;
            } else if (!wait(POLLOUT)) {
                return Outcome::kTimeout;
            }
        }
        return Outcome::kDone;
    }

    Outcome receive_line(std::string& line) const {
        LineBuffer buffer(kLongestReply);
        std::array<char, 65536> chunk;
        for (;;) {
            if (!wait(POLLIN)) return Outcome::kTimeout;
            const ssize_t length = recv(socket_.get(), chunk.data(), chunk.size(), 0);
            if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) return Outcome::kClosed;
            if (length < 0) continue;
            buffer.add({chunk.data(), static_cast<std::size_t>(length)});
            if (auto whole = buffer.next()) {
                line = std::move(*whole);
                return Outcome::kDone;
            }
            if (buffer.overflowed()) return Outcome::kClosed;
        }
    }

  private:
    dataplane::FileDescriptor socket_;
    Clock::time_point deadline_;
};

}  // namespace

Result<nlohmann::ordered_json, std::string> ask(const std::string& path, const Request& request,
                                                std::chrono::milliseconds timeout) {
    auto socket = connect_to(path);
    if (!socket) return Failure{unreachable(path, socket.error())};
    const Connection connection(std::move(*socket), Clock::now() + timeout);
    std::string line;
    // A gateway that is too busy answers before it reads, so a closed connection may still have a reply in it.
    auto outcome = connection.send_all(build_request(request));
    if (outcome != Connection::Outcome::kTimeout) outcome = connection.receive_line(line);
    if (outcome == Connection::Outcome::kTimeout) {
        return Failure{"no outcome within " + std::to_string(timeout.count()) +
                       " ms. The gateway goes on with it; `esplane status` shows how far it is"};
    }
    if (outcome == Connection::Outcome::kClosed) return Failure{std::string("the gateway ended before it answered")};
    auto reply = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!reply.is_object()) return Failure{path + ": what listens there is not an esplane"};
    return reply;
}

}  // namespace esplane::gateway::control
