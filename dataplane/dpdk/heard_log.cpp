#include "dataplane/dpdk/heard_log.h"

#include <fcntl.h>
#include <rte_log.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <vector>

namespace esplane::dataplane {
namespace {

bool says_no_more(std::string_view line) {
    constexpr std::array<std::string_view, 3> kPlain{"Failed to attach device on primary process",
                                                     "Driver cannot attach the device",
                                                     "Invalid 'command line' arguments"};
    return std::any_of(kPlain.begin(), kPlain.end(),
                       [&](std::string_view plain) { return line.find(plain) != std::string_view::npos; });
}

/// Without who says it, which is always the same.
std::string bare(std::string line) {
    for (const std::string_view speaker : {"EAL: FATAL: ", "EAL: ", "ETHDEV: ", "esplane: "}) {
        if (line.starts_with(speaker)) return line.substr(speaker.size());
    }
    return line;
}

}  // namespace

HeardLog::HeardLog()
    : log_(open_memstream(&text_, &size_)),
      caught_(memfd_create("heard", MFD_CLOEXEC)),
      stdout_(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)),
      stderr_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
    rte_openlog_stream(log_);
    std::fflush(stdout);
    std::fflush(stderr);
    const FileDescriptor nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
    dup2(nowhere.get(), STDOUT_FILENO);
    dup2(caught_.get(), STDERR_FILENO);
}

HeardLog::~HeardLog() {
    rte_openlog_stream(nullptr);
    std::fflush(stdout);
    std::fflush(stderr);
    dup2(stdout_.get(), STDOUT_FILENO);
    dup2(stderr_.get(), STDERR_FILENO);
    std::fclose(log_);
    std::free(text_);
}

std::string HeardLog::text() const {
    std::fflush(log_);
    std::istringstream all(std::string(text_, size_) + stderr_text());
    std::vector<std::string> lines;
    for (std::string line; std::getline(all, line);) {
        line = bare(line);
        const bool is_new = std::find(lines.begin(), lines.end(), line) == lines.end();
        if (is_new && !line.empty() && !says_no_more(line)) lines.push_back(line);
    }
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : "; ") + line;
    return text;
}

std::string HeardLog::stderr_text() const {
    std::string text;
    std::array<char, 4096> chunk;
    for (ssize_t length = 0;
         (length = pread(caught_.get(), chunk.data(), chunk.size(), static_cast<off_t>(text.size()))) > 0;)
        text.append(chunk.data(), static_cast<std::size_t>(length));
    return text;
}

}  // namespace esplane::dataplane
