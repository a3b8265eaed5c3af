// One socket of the cipher side. For each family and encapsulation there are two, since DF is a property of the socket:
// one that receives, and sends without DF; and one that only sends, with DF. Each worker has a pair of its own.
#pragma once

#include <string>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/options.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane {

struct CipherSocket {
    FileDescriptor fd;
    Family family = Family::kIpv4;
    Encapsulation encapsulation = Encapsulation::kNone;
    bool dont_fragment = false;  ///< of what it sends; over IPv6: not by this host either
    bool sends_trains = false;   ///< takes many datagrams of one size in one call (UDP_SEGMENT, Linux 4.18)
};

/// Whose sockets are opened: those of the first worker, or of one more beside them.
struct SocketSeat {
    WorkerId worker{};
    const CipherSocket* first = nullptr;  ///< the first worker's receiving one of this kind; null: this is it
};

/// Bound to the wildcard address. One that is not open: the kernel has no such family. The error says what to do. The
/// workers' are opened in order, each with the other of its pair before the next.
Result<CipherSocket, std::string> open_receiving(Family family, Encapsulation encapsulation, SocketSeat seat,
                                                 const Options& options);
/// The one that goes with it, and never receives.
Result<CipherSocket, std::string> open_unfragmented(const CipherSocket& receiving, const Options& options);

}  // namespace esplane::dataplane
