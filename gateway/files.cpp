#include "gateway/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

using dataplane::FileDescriptor;

constexpr std::size_t kLongest = std::size_t{1} << 20;

std::string because(int error) {
    return ": " + std::generic_category().message(error);
}

bool write_all(int fd, ByteView content) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

/// Leaves nothing behind when it fails.
Result<void, std::string> write_one(const NewFile& file) {
    const FileDescriptor fd(open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivate));
    if (fd.get() < 0 && errno == EEXIST) {
        return Failure{file.path + " exists already, and nothing is overwritten; remove it first"};
    }
    if (fd.get() < 0) return Failure{"cannot create " + file.path + because(errno)};
    if (!write_all(fd.get(), file.content) || fchmod(fd.get(), file.mode) != 0 || fsync(fd.get()) != 0) {
        const int error = errno;
        unlink(file.path.c_str());
        return Failure{"cannot write " + file.path + because(error)};
    }
    return {};
}

Result<void, std::string> make_folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) return Failure{"cannot make the folder " + folder.string() + ": " + error.message()};
    return {};
}

}  // namespace

Result<void, std::string> write_new(const std::vector<NewFile>& files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto written = make_folder_of(files[i].path);
        if (written) written = write_one(files[i]);
        if (written) continue;
        while (i > 0) {
            unlink(files[--i].path.c_str());
        }
        return written;
    }
    return {};
}

Result<void, std::string> replace(const std::string& path, ByteView content) {
    const std::string fresh = path + ".new";
    if (auto written = write_one({fresh, content, kPublic}); !written) return written;
    if (rename(fresh.c_str(), path.c_str()) != 0) {
        const int error = errno;
        unlink(fresh.c_str());
        return Failure{"cannot replace " + path + because(error)};
    }
    return {};
}

Result<crypto::Secret, std::string> read(const std::string& path) {
    const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (fd.get() < 0 || fstat(fd.get(), &about) != 0) return Failure{"cannot read " + path + because(errno)};
    if (!S_ISREG(about.st_mode) || static_cast<std::size_t>(about.st_size) > kLongest) {
        return Failure{path + " is no regular file of at most 1 MiB"};
    }
    crypto::Secret content(static_cast<std::size_t>(about.st_size));
    MutableByteView rest = content.writable();
    while (!rest.empty()) {
        const ssize_t length = ::read(fd.get(), rest.data(), rest.size());
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return Failure{"cannot read " + path + because(length == 0 ? EIO : errno)};
        rest = rest.subspan(static_cast<std::size_t>(length));
    }
    return content;
}

}  // namespace esplane::gateway
