#include "gateway/control/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

namespace esplane::gateway::control {
namespace {

constexpr int kBacklog = 16;

std::optional<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path) return std::nullopt;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

dataplane::FileDescriptor new_socket() {
    return dataplane::FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool call(int (*function)(int, const sockaddr*, socklen_t), const dataplane::FileDescriptor& socket,
          const sockaddr_un& address) {
    return function(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// 0 where there is no socket.
unsigned long inode_of(const std::string& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

Failure<std::string> failure(const std::string& path, const std::string& what) {
    return {"control socket " + path + ": " + what};
}

Result<void, std::string> make_directory(const std::string& path) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    if (directory.empty() || mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST) return {};
    return failure(path, "cannot make the directory " + directory + ": " + std::strerror(errno));
}

Result<void, std::string> clear_the_path(const std::string& path) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) return {};
    if (!S_ISSOCK(status.st_mode)) return failure(path, "there is a file of that name, which is not a socket");
    // Only a refusal says that nobody listens. EAGAIN, say, is a gateway with many waiting at its door.
    if (const auto probe = connect_to(path); probe || probe.error() != ECONNREFUSED) {
        return failure(path,
                       "another esplane is running and listens here. Stop it, or give this one another "
                       "gateway.control_socket");
    }
    if (unlink(path.c_str()) != 0) return failure(path, std::string("cannot replace it: ") + std::strerror(errno));
    return {};
}

}  // namespace

Result<ListeningSocket, std::string> ListeningSocket::open(const std::string& path) {
    const auto address = address_of(path);
    if (!address) return failure(path, "the path must have 1 to 107 characters");
    if (auto made = make_directory(path); !made) return Failure{made.error()};
    if (auto cleared = clear_the_path(path); !cleared) return Failure{cleared.error()};
    dataplane::FileDescriptor socket = new_socket();
    if (!socket.is_open()) return failure(path, std::strerror(errno));
    // The mode must be right from the beginning: between bind and a chmod anybody could connect.
    const mode_t previous = umask(0177);
    const bool bound = call(::bind, socket, *address);
    const int error = errno;
    umask(previous);
    if (!bound) return failure(path, std::strerror(error));
    if (listen(socket.get(), kBacklog) != 0) return failure(path, std::strerror(errno));
    return ListeningSocket(std::move(socket), path, inode_of(path));
}

ListeningSocket::~ListeningSocket() {
    if (socket_.is_open() && inode_ != 0 && inode_of(path_) == inode_) unlink(path_.c_str());
}

Result<dataplane::FileDescriptor, int> ListeningSocket::accept() {
    for (;;) {
        const int fd = accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) return dataplane::FileDescriptor(fd);
        if (errno != EINTR && errno != ECONNABORTED) return Failure{errno};
    }
}

Result<dataplane::FileDescriptor, int> connect_to(const std::string& path) {
    const auto address = address_of(path);
    if (!address) return Failure{ENAMETOOLONG};
    dataplane::FileDescriptor socket = new_socket();
    if (!socket.is_open()) return Failure{errno};
    if (!call(::connect, socket, *address)) return Failure{errno};
    return socket;
}

}  // namespace esplane::gateway::control
