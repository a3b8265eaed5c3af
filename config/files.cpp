#include "config/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dataplane/io/file_descriptor.h"

namespace esplane::config {
namespace {

using dataplane::FileDescriptor;

enum class Readers { kOwner, kAnybody };

/// The size when the file is fit to be read, else why not.
Parsed<std::size_t> check_file(int fd, const std::string& path, Readers readers, std::size_t most) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return Failure{"cannot look at " + quoted(path) + ": " + std::strerror(errno)};
    if (!S_ISREG(status.st_mode)) return Failure{quoted(path) + " is not a regular file"};
    if (readers == Readers::kOwner && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return Failure{quoted(path) + " is open to others than its owner; chmod 600 " + path};
    }
    if (status.st_size > static_cast<off_t>(most))
        return Failure{quoted(path) + " is too large; at most " + std::to_string(most) + " octets"};
    return static_cast<std::size_t>(status.st_size);
}

/// Fills `into` from the file; the number of octets read, or -1 with errno.
ssize_t read_all(int fd, MutableByteView into) {
    std::size_t have = 0;
    while (have < into.size()) {
        const ssize_t count = ::read(fd, into.data() + have, into.size() - have);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        have += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(have);
}

/// Whoever may read it: the content is wiped in any case.
Parsed<crypto::Secret> read_file(const std::string& path, Readers readers, std::size_t most) {
    if (path.find('\0') != std::string::npos) return Failure{quoted(path) + " is not a path"};
    // Without O_NONBLOCK opening a FIFO would wait for its writer.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0) return Failure{"cannot open " + quoted(path) + ": " + std::strerror(errno)};
    const Parsed<std::size_t> size = check_file(file.get(), path, readers, most);
    if (!size) return Failure{size.error()};
    crypto::Secret content(size.value());
    const ssize_t count = read_all(file.get(), content.writable());
    if (count < 0) return Failure{"cannot read " + quoted(path) + ": " + std::strerror(errno)};
    return content.slice(0, static_cast<std::size_t>(count));
}

}  // namespace

Parsed<std::string> path_of(std::string_view name, const std::string& directory) {
    if (name.empty()) return Failure{std::string("the name of the file is missing")};
    const bool relative = name.front() != '/' && !directory.empty();
    return relative ? directory + '/' + std::string(name) : std::string(name);
}

Parsed<crypto::Secret> read_private_file(const std::string& path, std::size_t most) {
    return read_file(path, Readers::kOwner, most);
}

Parsed<std::string> read_public_file(const std::string& path, std::size_t most) {
    const Parsed<crypto::Secret> content = read_file(path, Readers::kAnybody, most);
    if (!content) return Failure{content.error()};
    return std::string(text_of(*content));
}

std::string_view text_of(const crypto::Secret& secret) {
    return {reinterpret_cast<const char*>(secret.view().data()), secret.size()};
}

}  // namespace esplane::config
