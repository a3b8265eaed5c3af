#include "gateway/crash_secret.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "gateway/files.h"

namespace esplane::gateway {
namespace {

constexpr std::size_t kLength = 32;

/// For its owner alone, a regular file and no link to one.
bool is_private(const std::string& path) {
    struct stat about {};
    return lstat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
           (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

}  // namespace

Result<crypto::Secret, std::string> keep_crash_secret(const std::string& directory, crypto::Random& random) {
    const std::string path = directory + "/crash_secret";
    if (is_private(path)) {
        auto kept = read(path);
        if (kept && kept->size() == kLength) return kept;
    }
    if (unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
        return Failure{"cannot replace " + path + ": " + std::generic_category().message(errno)};
    crypto::Secret fresh(kLength);
    random.fill(fresh.writable());
    if (auto written = write_new({{path, fresh.view(), kPrivate}}); !written) return Failure{written.error()};
    return fresh;
}

}  // namespace esplane::gateway
