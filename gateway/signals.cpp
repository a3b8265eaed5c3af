#include "gateway/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace esplane::gateway {

Result<Signals, std::string> Signals::open() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&wanted, signal);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    dataplane::FileDescriptor descriptor(signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!descriptor.is_open()) return Failure{std::string("cannot receive signals: ") + std::strerror(errno)};
    return Signals(std::move(descriptor));
}

void Signals::watch(ike::EventLoop& loop, Handler handler) {
    watch_ = loop.watch(descriptor_.get(), [fd = descriptor_.get(), handler = std::move(handler)](auto) {
        signalfd_siginfo info;
        while (read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            handler(static_cast<int>(info.ssi_signo));
        }
    });
}

}  // namespace esplane::gateway
