#include "gateway/control/server.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace esplane::gateway::control {
namespace {

constexpr int kAcceptsPerTurn = 16;

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

std::string refusal(const char* code, const std::string& message) {
    return build_reply({.ok = false, .code = code, .message = message});
}

}  // namespace

Server::Server(ike::EventLoop& loop, ListeningSocket socket, Handler& handler)
    : loop_(loop),
      socket_(std::move(socket)),
      handler_(handler),
      watch_(loop.watch(socket_.get(), [this](ike::EventLoop::Ready) { on_connection(); })),
      accept_again_(loop, [this] { watch_.want({.read = true}); }) {}

void Server::on_connection() {
    for (int count = 0; count < kAcceptsPerTurn; ++count) {
        auto accepted = socket_.accept();
        if (!accepted) {
            if (would_block(accepted.error())) return;
            // Out of descriptors, most likely. Whoever waits stays ready, so do not ask again at once.
            watch_.want({.read = false});
            accept_again_.set_after(std::chrono::seconds(1));
            return;
        }
        if (clients_.size() >= kMostClients) {
            const std::string busy = refusal("busy", "too many programs talk to this gateway at once; try again later");
            (void)send(accepted->get(), busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            continue;
        }
        const ClientId id{++last_id_};
        Client& client = clients_[id];
        client.socket = std::move(*accepted);
        client.watch =
            loop_.watch(client.socket.get(), [this, id](ike::EventLoop::Ready ready) { on_ready(id, ready); });
    }
}

void Server::on_ready(ClientId id, ike::EventLoop::Ready ready) {
    Client& client = clients_.at(id);  // a watch does not outlive its client
    bool alive = true;
    if (ready.writable) alive = write(client);
    if (alive && client.busy()) alive = !ready.hung_up;
    if (alive && ready.readable && !client.busy()) alive = read(client);
    if (alive) {
        serve(id);
    } else {
        clients_.erase(id);
    }
}

void Server::serve(ClientId id) {
    Client& client = clients_.at(id);
    client.being_served = true;
    while (!client.busy()) {
        const auto line = client.in.next();
        if (!line) break;
        handle(id, client, *line);
    }
    client.being_served = false;
    if (client.in.overflowed() && !client.ended) {
        client.ended = true;
        client.out =
            refusal("bad_request", "a request is no longer than " + std::to_string(kLongestRequest) + " octets");
    }
    if (!write(client) || (client.ended && !client.busy())) {
        clients_.erase(id);
        return;
    }
    client.watch.want({.read = !client.busy() && !client.ended, .write = !client.out.empty()});
}

void Server::handle(ClientId id, Client& client, const std::string& line) {
    const auto request = parse_request(line);
    if (!request) {
        client.out = refusal("bad_request", request.error());
        (void)write(client);
        return;
    }
    client.awaits_reply = true;
    handler_.on_request(id, *request);
}

void Server::reply(ClientId id, std::string line) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    Client& client = found->second;
    client.awaits_reply = false;
    client.out = std::move(line);
    client.sent = 0;
    if (client.being_served) {
        (void)write(client);
    } else {
        serve(id);
    }
}

bool Server::read(Client& client) {
    std::array<char, 16384> buffer;
    const ssize_t length = recv(client.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0) return would_block(errno);
    if (length == 0) client.ended = true;
    client.in.add({buffer.data(), static_cast<std::size_t>(length)});
    return true;
}

bool Server::write(Client& client) {
    while (client.sent < client.out.size()) {
        const ssize_t length = send(client.socket.get(), client.out.data() + client.sent,
                                    client.out.size() - client.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (length < 0) return would_block(errno);
        client.sent += static_cast<std::size_t>(length);
    }
    client.out.clear();
    client.sent = 0;
    return true;
}

}  // namespace esplane::gateway::control
