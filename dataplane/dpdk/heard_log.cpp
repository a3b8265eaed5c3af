#include "dataplane/dpdk/heard_log.h"

#include <fcntl.h>
#include <rte_log.h>
#include <unistd.h>

#include <cstdlib>

namespace esplane::dataplane {

HeardLog::HeardLog() : log_(open_memstream(&text_, &size_)), stdout_(dup(STDOUT_FILENO)) {
    rte_openlog_stream(log_);
    std::fflush(stdout);
    const FileDescriptor nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
    dup2(nowhere.get(), STDOUT_FILENO);
}

HeardLog::~HeardLog() {
    rte_openlog_stream(nullptr);
    std::fflush(stdout);
    dup2(stdout_.get(), STDOUT_FILENO);
    std::fclose(log_);
    std::free(text_);
}

std::string HeardLog::text() const {
    std::fflush(log_);
    std::string text(text_, size_);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;)
        text.replace(at, 1, "; ");
    return text;
}

}  // namespace esplane::dataplane
