// Whether a peer's certificate has been revoked, where neither a list nor the peer says: its issuer's OCSP responder is
// asked (RFC 6960), and IKE_AUTH waits for what it says.
//
// That comes before AUTH is verified. A stranger gets no more out of it than a question about a certificate that our
// own authority has made, to where that says, once a minute.
#pragma once

#include "ike/core/core.h"

namespace esplane::ike {

/// kLater: the status of a certificate in `payloads` is being asked for, and on_status() goes on with `sa`. Only so
/// many responders' ones may wait, as what they keep is a stranger's.
Answering status_wait(Core& core, const IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& payloads);
/// What a responder said, or that none said anything.
void on_status(Core& core, const StatusFetched& event);

}  // namespace esplane::ike
