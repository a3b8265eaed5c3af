// Traffic selector narrowing (RFC 7296 2.9).
#pragma once

#include <optional>

#include "dataplane/sa/selector.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// As a responder: what remains of the peer's offer inside our configuration; empty when one side has nothing left. The
/// first selector of the offer may be the packet that triggered it and is honoured first (2.9). Results hold no entry
/// that another one contains.
std::optional<dataplane::SelectorPair> narrow(const dataplane::SelectorPair& configured,
                                              const wire::TrafficSelectors& offered_local,
                                              const wire::TrafficSelectors& offered_remote);

/// As an initiator: whether the answer lies within what we offered, on both sides, and is not empty.
bool within_offer(const dataplane::SelectorPair& offered, const dataplane::SelectorPair& answered);

}  // namespace esplane::ike
