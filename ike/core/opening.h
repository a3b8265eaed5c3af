// A protected message, opened with the keys of its IKE SA.
#pragma once

#include <optional>

#include "crypto/result.h"
#include "ike/core/core.h"
#include "ike/core/exchanges.h"
#include "ike/wire/codec.h"

namespace esplane::ike {

bool is_fragment(const wire::Header& header);
/// One fragment, by `cipher`; an error where they were not agreed on.
Result<wire::Fragment, wire::ParseError> open_fragment(const IkeSa& sa, const wire::Header& header, ByteView datagram,
                                                       const crypto::SkCipher& cipher);
/// What the message says, or why an authentic one cannot be read. Empty: there is nothing to do, as it is not
/// authentic, which is counted, or fragments of it are missing, of which the IKE SA keeps this one.
std::optional<Result<Opened, wire::ParseError>> open(Core& core, IkeSa& sa, const wire::Header& header,
                                                     ByteView datagram);

}  // namespace esplane::ike
