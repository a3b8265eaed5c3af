// A peer behind a NAT is where its last authentic packet came from (RFC 7296 2.23).
#include "ike/core/exchanges.h"

namespace esplane::ike {

void follow_path(Core& core, IkeSa& sa, const Path& path) {
    if (path == sa.path) return;
    const Path before = std::exchange(sa.path, path);
    // Its cookie may go elsewhere from now on, too, so that it proves nothing.
    if (auto* check = sa.out.in_flight_as<RouteCheck>()) check->overtaken = true;
    for (const dataplane::ChildId id : sa.children)
        core.emit(MoveChildPath{id, outer_path(sa), core.child(id)->encapsulation});
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>() || before.remote == path.remote) return;
    core.report(Severity::kInfo, tunnel, "nat_rebound",
                "Tunnel " + tunnel->name() + ": the peer comes from " + path.remote.to_string() +
                    " now, no longer from " + before.remote.to_string() +
                    ": its NAT has changed the mapping. Packets for it go there.");
}

}  // namespace esplane::ike
