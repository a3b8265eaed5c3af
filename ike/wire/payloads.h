// The bodies of the payloads, behind their generic header: parse_x and write_x in pairs. Internal to ike/wire/.
#pragma once

#include "ike/wire/codec.h"

namespace esplane::ike::wire {

inline constexpr std::size_t kGenericHeaderLength = 4;  // RFC 7296 3.2
inline constexpr std::size_t kFirstPayloadOffset = 16;  // of the header's next payload field (3.1)

/// For error messages: "SA", "TSi"; "type 99" for what we do not know.
std::string name(PayloadType type);

void write_header(Bytes& to, const Header& header);
/// Stores the length of the whole, finished message in its header.
void close_message(Bytes& message);

/// Appends the payloads as a chain in the order of RFC 7296 appendix C, and the type of the first at `first_type_at`.
void write_chain(Bytes& to, std::size_t first_type_at, ExchangeType exchange, const Payloads& payloads);

Result<std::vector<Proposal>, ParseError> parse_sa(ByteView body);
void write_sa(Bytes& to, const std::vector<Proposal>& proposals);

Result<Ke, ParseError> parse_ke(ByteView body);
void write_ke(Bytes& to, const Ke& ke);

Result<Id, ParseError> parse_id(ByteView body);
void write_id(Bytes& to, const Id& id);

/// CERT and CERTREQ alike.
Result<Cert, ParseError> parse_cert(ByteView body);
void write_cert(Bytes& to, const Cert& cert);

Result<Auth, ParseError> parse_auth(ByteView body);
void write_auth(Bytes& to, const Auth& auth);

Result<Bytes, ParseError> parse_nonce(ByteView body);
/// Whatever it holds: the packet is for EAP to judge.
Result<Bytes, ParseError> parse_eap(ByteView body);

Result<Notify, ParseError> parse_notify(ByteView body);
void write_notify(Bytes& to, const Notify& notify);

Result<Delete, ParseError> parse_delete(ByteView body);
void write_delete(Bytes& to, const Delete& deletion);

Result<Configuration, ParseError> parse_configuration(ByteView body);
void write_configuration(Bytes& to, const Configuration& configuration);

Result<TrafficSelectors, ParseError> parse_ts(ByteView body);
void write_ts(Bytes& to, const TrafficSelectors& selectors);

}  // namespace esplane::ike::wire
