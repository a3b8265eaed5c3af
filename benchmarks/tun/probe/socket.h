// An IPv4 socket for as long as its owner lives, with the buffers that every measurement gets.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

namespace esplane::bench::probe {

constexpr int kSocketBuffer = 4 << 20;

class Socket {
  public:
    /// Throws std::system_error.
    Socket(int type, int protocol);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int fd() const { return fd_; }
    void bind(const sockaddr_in& address);
    void connect(const sockaddr_in& address);
    /// A receive that waited so long returns EAGAIN.
    void set_timeout(int milliseconds);

  private:
    int fd_;
};

/// Throws std::invalid_argument if `address` is not IPv4 in dots.
sockaddr_in endpoint(const std::string& address, std::uint16_t port);

[[noreturn]] void fail(const char* what);

}  // namespace esplane::bench::probe
