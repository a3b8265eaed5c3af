// Messages and payload chains for the tests of ike/wire/.
#pragma once

#include "crypto/random.h"
#include "ike/wire/codec.h"

namespace esplane::ike::wire::samples {

/// One payload with its generic header.
Bytes payload(PayloadType next, ByteView body, bool critical = false);

/// `count` payloads of the same type and body, chained.
Bytes repeat(PayloadType type, ByteView body, std::size_t count);

Notify notify(NotifyType type, std::size_t data_length = 0);
Proposal proposal(ProtocolId protocol, std::size_t spi_length);
dataplane::TrafficSelector selector(std::string_view first, std::string_view last);

/// Of an IKE_AUTH request.
Header auth_header();

/// An IKE_SA_INIT request, an IKE_AUTH request and a Delete, as a gateway sends them.
Payloads init_request();
Payloads auth_request();
Payloads deletion();

/// Any payloads that a builder may be given, such that parsing yields them again.
Payloads random_payloads(crypto::Random& random);

}  // namespace esplane::ike::wire::samples
