// What stands in a Configuration payload (RFC 7296 2.19, 3.15.1): addresses, as values.
#pragma once

#include <vector>

#include "dataplane/sa/selector.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// Of a peer's CFG_REQUEST. Anything else that it holds is nobody's business here.
struct AddressRequest {
    bool ipv4 = false;
    bool ipv6 = false;
    std::vector<IpAddress> wishes;  ///< what it would like to have; none: any
};

/// Asks for nothing when there is no CFG_REQUEST.
AddressRequest read_request(const wire::Payloads& payloads);

struct Assignment {
    std::vector<IpAddress> addresses;
    std::vector<IpAddress> dns;
    /// Behind the responder. Of protocols and ports, for which the payload has no words, the addresses alone.
    std::vector<dataplane::TrafficSelector> subnets;
};

/// Each address alone.
std::vector<dataplane::TrafficSelector> host_selectors(const std::vector<IpAddress>& addresses);

/// CFG_REPLY, with what is of a family that was asked for.
wire::Configuration make_reply(const AddressRequest& asked, const Assignment& assigned);

/// CFG_REQUEST for an address of each of the families and DNS servers; `wishes` are what we had.
wire::Configuration make_request(bool ipv4, bool ipv6, const std::vector<IpAddress>& wishes);

/// Of a CFG_REPLY; empty when there is none. Addresses that no host can have are left out.
Assignment read_reply(const wire::Payloads& payloads);

}  // namespace esplane::ike
