// The gateway's end of the control socket: reads requests, hands them on, writes replies when they come.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gateway/control/line_buffer.h"
#include "gateway/control/protocol.h"
#include "gateway/control/unix_socket.h"
#include "ike/runtime/event_loop.h"

namespace esplane::gateway::control {

enum class ClientId : std::uint64_t {};

class Handler {
  public:
    virtual ~Handler() = default;
    /// To be answered by Server::reply, at once or later; the client's next request is read after that.
    virtual void on_request(ClientId client, const Request& request) = 0;
};

/// Never blocks, and holds no more than kMostClients with one request and one reply each.
class Server {
  public:
    static constexpr std::size_t kMostClients = 32;

    /// `loop` and `handler` must outlive the server.
    Server(ike::EventLoop& loop, ListeningSocket socket, Handler& handler);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// `line` with its line end. Nothing happens when the client has gone.
    void reply(ClientId client, std::string line);

  private:
    struct Client {
        dataplane::FileDescriptor socket;
        LineBuffer in{kLongestRequest};
        std::string out;
        std::size_t sent = 0;
        bool awaits_reply = false;
        bool ended = false;  // sends no more: what it asked for is still answered
        bool being_served = false;
        ike::EventLoop::Watch watch;

        bool busy() const { return awaits_reply || !out.empty(); }
    };

    void on_connection();
    void on_ready(ClientId id, ike::EventLoop::Ready ready);
    void serve(ClientId id);
    void handle(ClientId id, Client& client, const std::string& line);
    static bool read(Client& client);
    static bool write(Client& client);

    ike::EventLoop& loop_;
    ListeningSocket socket_;
    Handler& handler_;
    std::uint64_t last_id_ = 0;
    std::map<ClientId, Client> clients_;
    ike::EventLoop::Watch watch_;
    ike::EventLoop::Timer accept_again_;
};

}  // namespace esplane::gateway::control
