// The payloads that carry one value behind a few fixed octets, or nothing else: KE, ID, CERT and CERTREQ, AUTH, Nonce
// (RFC 7296 3.4 to 3.9), EAP (3.16).
#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kFixedLength = 4;  // of KE, ID and AUTH alike

void write_kind(Bytes& to, std::uint8_t kind) {
    append_be(to, kind);
    append_zeros(to, 3);  // reserved
}

}  // namespace

Result<Ke, ParseError> parse_ke(ByteView body) {
    if (body.size() < kFixedLength) return fail(ParseErrorKind::kTruncated, "KE payload");
    // No group has a public value of length zero; beyond that the length is for the group to judge (2.4 of RFC 6989).
    if (body.size() == kFixedLength) return fail(ParseErrorKind::kBadValue, "KE payload: no public value");
    return Ke{load_be<std::uint16_t>(body.data()), to_bytes(body.subspan(kFixedLength))};
}

void write_ke(Bytes& to, const Ke& ke) {
    append_be(to, ke.group);
    append_be(to, std::uint16_t{0});
    append(to, ke.value);
}

Result<Id, ParseError> parse_id(ByteView body) {
    if (body.size() < kFixedLength) return fail(ParseErrorKind::kTruncated, "ID payload");
    if (body.size() - kFixedLength > kMaxIdLength) return fail(ParseErrorKind::kBadValue, "ID payload: too long");
    return Id{body[0], to_bytes(body.subspan(kFixedLength))};
}

void write_id(Bytes& to, const Id& id) {
    write_kind(to, id.type);
    append(to, id.value);
}

Result<Cert, ParseError> parse_cert(ByteView body) {
    if (body.empty()) return fail(ParseErrorKind::kTruncated, "CERT or CERTREQ payload");
    return Cert{body[0], to_bytes(body.subspan(1))};
}

void write_cert(Bytes& to, const Cert& cert) {
    append_be(to, cert.encoding);
    append(to, cert.data);
}

Result<Auth, ParseError> parse_auth(ByteView body) {
    if (body.size() < kFixedLength) return fail(ParseErrorKind::kTruncated, "AUTH payload");
    return Auth{body[0], to_bytes(body.subspan(kFixedLength))};
}

void write_auth(Bytes& to, const Auth& auth) {
    write_kind(to, auth.method);
    append(to, auth.value);
}

// RFC 7296 3.9: the size of the nonce data MUST be between 16 and 256 octets, inclusive.
Result<Bytes, ParseError> parse_nonce(ByteView body) {
    if (body.size() < kMinNonceLength || body.size() > kMaxNonceLength) {
        return fail(ParseErrorKind::kBadValue, "Nonce payload: length outside 16 to 256");
    }
    return to_bytes(body);
}

Result<Bytes, ParseError> parse_eap(ByteView body) {
    return to_bytes(body);
}

}  // namespace esplane::ike::wire
