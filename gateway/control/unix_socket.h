// The control socket's two ends as descriptors. Non-blocking, closed on exec.
#pragma once

#include <string>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway::control {

/// A listening socket at a path, which it removes when it ends, unless somebody else has taken the path meanwhile.
class ListeningSocket {
  public:
    /// Reachable by the owner alone (0600). Makes the directory if it is missing (0755). A socket at which nobody
    /// listens, such as a crash leaves, is replaced; one at which somebody does is an error, and so is any other file.
    static Result<ListeningSocket, std::string> open(const std::string& path);
    ListeningSocket(ListeningSocket&&) = default;
    ListeningSocket& operator=(ListeningSocket&&) = delete;
    ~ListeningSocket();

    int get() const { return socket_.get(); }
    /// The error is errno: EAGAIN when nobody waits.
    Result<dataplane::FileDescriptor, int> accept();

  private:
    ListeningSocket(dataplane::FileDescriptor socket, std::string path, unsigned long inode)
        : socket_(std::move(socket)), path_(std::move(path)), inode_(inode) {}

    dataplane::FileDescriptor socket_;
    std::string path_;
    unsigned long inode_;
};

/// The error is errno.
Result<dataplane::FileDescriptor, int> connect_to(const std::string& path);

}  // namespace esplane::gateway::control
