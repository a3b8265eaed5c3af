#include "dataplane/io/socket_filter.h"

#include <linux/filter.h>
#include <sys/socket.h>

namespace esplane::dataplane {
namespace {

/// Says 0 of every packet: octets of it to keep, or the index of the socket in its group.
bool attach_zero(int fd, int option) {
    sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program{.len = 1, .filter = code};
    return setsockopt(fd, SOL_SOCKET, option, &program, sizeof program) == 0;
}

}  // namespace

bool drop_all(int fd) {
    return attach_zero(fd, SO_ATTACH_FILTER);
}

bool steer_to_first(int fd) {
    return attach_zero(fd, SO_ATTACH_REUSEPORT_CBPF);
}

}  // namespace esplane::dataplane
