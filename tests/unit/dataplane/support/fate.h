// What becomes of a packet in a pipeline: it comes out, or it is dropped for one reason that is counted once.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane::test {

struct Fate {
    std::string reason;  ///< a drop's name; empty: it passed
    Bytes packet;        ///< what came out
    friend bool operator==(const Fate&, const Fate&) = default;
};

inline Fate passes_as(ByteView packet) {
    return {{}, to_bytes(packet)};
}
inline Fate dropped(std::string reason) {
    return {std::move(reason), {}};
}
std::ostream& operator<<(std::ostream& out, const Fate& fate);

/// Of one packet alone. The test fails unless it came out or was counted, once, and by the tunnel, too, if that is
/// known.
Fate fate_of(InboundRig& rig, const Bytes& datagram, Encapsulation encapsulation = Encapsulation::kUdp);
Fate fate_of(OutboundRig& rig, const Bytes& packet);

/// Fates of a great many packets, whose order must not matter. Those that are to share a reason go through the stages
/// together, so that the counters tell of each one of them.
class FateTable {
  public:
    explicit FateTable(InboundRig& rig) : rig_(rig) {}

    /// `what`, `first` and `second` name the packet if it is not so.
    void expect(Bytes datagram, Fate fate, const char* what, std::size_t first = 0, std::size_t second = 0);
    /// Sends what is left. How many packets each reason had.
    const std::map<std::string, std::size_t>& finish();

  private:
    struct Name {
        const char* what;
        std::size_t first;
        std::size_t second;
    };
    struct Group {
        std::vector<Bytes> datagrams;
        std::vector<Bytes> packets;  // that are to come out
        std::vector<Name> names;
    };
    void send(const std::string& reason, Group& group);

    InboundRig& rig_;
    std::map<std::string, Group> groups_;
    std::map<std::string, std::size_t> counts_;
};

}  // namespace esplane::dataplane::test
