// Classic BPF programs (linux/filter.h) that keep what arrives away from a socket that only sends.
#pragma once

namespace esplane::dataplane {

/// Nothing is put into the socket's queue from now on. False with errno.
bool drop_all(int fd);
/// Of the sockets that share this one's port by SO_REUSEPORT, the one that was bound first gets all that arrives. False
/// with errno.
bool steer_to_first(int fd);

}  // namespace esplane::dataplane
