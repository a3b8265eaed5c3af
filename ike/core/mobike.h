// Addresses that change under an IKE SA (RFC 4555): who sent the first IKE_AUTH request says where it is now, and the
// other end sends ESP there once an answer has come from there.
#pragma once

#include "ike/core/core.h"

namespace esplane::ike {

/// Adds MOBIKE_SUPPORTED to our IKE_AUTH request, where the tunnel may move.
void put_mobike_offer(const IkeSa& sa, const TunnelOptions& tunnel, wire::Payloads& payloads);
/// Notes whether it is agreed on, by the peer's IKE_AUTH.
void take_mobike(IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& theirs);
/// Adds it to our IKE_AUTH response, if it is agreed on.
void put_mobike_answer(const IkeSa& sa, wire::Payloads& payloads);

/// The end that decides where both are: the one that sent the first IKE_AUTH request (RFC 4555 2.1).
bool moves(const IkeSa& sa);
/// The other one.
bool follows(const IkeSa& sa);
/// Whether what comes from elsewhere moves the SA by itself, as a NAT's new mapping does (RFC 7296 2.23).
bool follows_nat(const IkeSa& sa);
/// Whether an authenticated request is one that says where the peer is.
bool is_address_update(const IkeSa& sa, const wire::Payloads& payloads);

/// Takes over what NAT detection found, unless the peer took no part in it.
void take_finding(IkeSa& sa, const TunnelOptions& tunnel, const NatFinding& finding);
/// Starts or ends the keepalives, by what was found.
void keep_nat_open(Core& core, const IkeSa& sa);
/// Sends ESP of all its CHILD_SAs along the path of the IKE SA.
void move_children(Core& core, const IkeSa& sa);
/// Adds the hashes of `path`, as this end sees it.
void add_nat_detection(Core& core, const IkeSa& sa, const Path& path, wire::Payloads& payloads);
/// For the log: behind an address.
std::string esp_manner(const IkeSa& sa);

// --- mobike_move.cpp ---
/// This host's end of the tunnel is at `local` from now on. False, and nothing has changed, when one of its IKE SAs
/// cannot be taken along.
bool move_tunnel(Core& core, Tunnel& tunnel, const IpAddress& local);
/// NAT detection in a liveness check: a NAT may come or go on the way while neither end moves (RFC 4555 3.8).
void put_nat_check(Core& core, const IkeSa& sa, wire::Payloads& payloads);
void take_nat_check(Core& core, IkeSa& sa, const wire::Payloads& payloads);
void start_address_update(Core& core, IkeSa& sa);
void on_address_update_response(Core& core, IkeSa& sa, const AddressUpdate& exchange, const wire::Payloads& payloads);

// --- mobike_follow.cpp ---
/// UPDATE_SA_ADDRESSES, NAT detection and COOKIE2 of an INFORMATIONAL request that came on `path`.
void on_mobike_request(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads, wire::Payloads& reply);
/// RFC 4555 3.7: whether the peer receives where it says it is.
void start_route_check(Core& core, IkeSa& sa);
void on_route_check_response(Core& core, IkeSa& sa, const RouteCheck& exchange, const wire::Payloads& payloads);
/// Nothing comes back from where the peer says it is: back to where it was. False when it is there already.
bool retreat(Core& core, IkeSa& sa);

/// `to` takes the place of `from`: its addresses, and what is under way about them.
void inherit_mobility(Core& core, IkeSa& from, IkeSa& to);

}  // namespace esplane::ike
