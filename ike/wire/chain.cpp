// The chain of payloads, each naming the type of the next (RFC 7296 3.2), and the order in which we send them.
#include <algorithm>
#include <array>

#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::uint8_t kCritical = 0x80;

using Outcome = Result<void, ParseError>;

template <typename T>
Outcome set_once(std::optional<T>& slot, PayloadType type, Result<T, ParseError> (*parse)(ByteView), ByteView body) {
    if (slot) return fail(ParseErrorKind::kDuplicate, name(type) + " payload");
    auto parsed = parse(body);
    if (!parsed) return Failure{parsed.error()};
    slot = *std::move(parsed);
    return {};
}

template <typename T>
Outcome add_to(std::vector<T>& list, Result<T, ParseError> parsed) {
    if (!parsed) return Failure{parsed.error()};
    list.push_back(*std::move(parsed));
    return {};
}

Outcome add_notify(std::vector<Notify>& notifies, ByteView body) {
    if (notifies.size() == kMaxNotifies) return fail(ParseErrorKind::kBadValue, "too many Notify payloads");
    return add_to(notifies, parse_notify(body));
}

Outcome add_cert(std::vector<Cert>& certs, PayloadType type, ByteView body) {
    if (certs.size() == kMaxCerts) return fail(ParseErrorKind::kBadValue, "too many " + name(type) + " payloads");
    return add_to(certs, parse_cert(body));
}

// RFC 7296 2.5: a payload of unknown type is skipped, unless its critical flag asks for the message to be refused. The
// flag is ignored for every type that the RFC defines.
void skip_unknown(Payloads& payloads, PayloadType type, bool critical) {
    if (critical && !payloads.unknown_critical) payloads.unknown_critical = static_cast<std::uint8_t>(type);
}

Outcome add_payload(Payloads& payloads, PayloadType type, bool critical, ByteView body) {
    switch (type) {
        case PayloadType::kSa:
            return set_once(payloads.sa, type, parse_sa, body);
        case PayloadType::kKe:
            return set_once(payloads.ke, type, parse_ke, body);
        case PayloadType::kIdi:
            return set_once(payloads.id_i, type, parse_id, body);
        case PayloadType::kIdr:
            return set_once(payloads.id_r, type, parse_id, body);
        case PayloadType::kAuth:
            return set_once(payloads.auth, type, parse_auth, body);
        case PayloadType::kNonce:
            return set_once(payloads.nonce, type, parse_nonce, body);
        case PayloadType::kTsi:
            return set_once(payloads.ts_i, type, parse_ts, body);
        case PayloadType::kTsr:
            return set_once(payloads.ts_r, type, parse_ts, body);
        case PayloadType::kNotify:
            return add_notify(payloads.notifies, body);
        case PayloadType::kDelete:
            return add_to(payloads.deletes, parse_delete(body));
        case PayloadType::kVendorId:
            payloads.vendor_ids.push_back(to_bytes(body));
            return {};
        case PayloadType::kCert:
            return add_cert(payloads.certs, type, body);
        case PayloadType::kCertReq:
            return add_cert(payloads.cert_requests, type, body);
        case PayloadType::kEap:
            return set_once(payloads.eap, type, parse_eap, body);
        case PayloadType::kCp:
            return set_once(payloads.configuration, type, parse_configuration, body);
        case PayloadType::kSk:
        case PayloadType::kSkf:
            // 3.14: it is the message's last payload and nothing nests.
            return fail(ParseErrorKind::kBadValue, "Encrypted payload among others");
        case PayloadType::kNone:
            break;
    }
    skip_unknown(payloads, type, critical);
    return {};
}

/// Appends payloads, filling in lengths and the type of the next.
class ChainWriter {
  public:
    ChainWriter(Bytes& to, std::size_t next_type_at) : to_(to), next_type_at_(next_type_at) {}

    template <typename WriteBody>
    void add(PayloadType type, WriteBody write_body) {
        to_[next_type_at_] = static_cast<std::uint8_t>(type);
        next_type_at_ = to_.size();
        append_zeros(to_, kGenericHeaderLength);
        write_body(to_);
        close_structure(to_, next_type_at_);
    }

    template <typename T>
    void add_if(PayloadType type, const std::optional<T>& value, void (*write)(Bytes&, const T&)) {
        if (!value) return;
        add(type, [&](Bytes& to) { write(to, *value); });
    }

  private:
    Bytes& to_;
    std::size_t next_type_at_;
};

/// Where a notify stands among the other payloads (RFC 7296 appendix C).
enum class Place : std::uint8_t { kFront, kBehindIdi, kBeforeSa, kEnd };

Place place_of(const Notify& notify) {
    switch (NotifyType{notify.type}) {
        case NotifyType::kCookie:
        case NotifyType::kRekeySa:
            return Place::kFront;
        case NotifyType::kInitialContact:
            return Place::kBehindIdi;
        case NotifyType::kIpcompSupported:
        case NotifyType::kUseTransportMode:
        case NotifyType::kEspTfcPaddingNotSupported:
        case NotifyType::kNonFirstFragmentsAlso:
            return Place::kBeforeSa;
        default:
            return Place::kEnd;
    }
}

void add_notifies(ChainWriter& chain, const std::vector<Notify>& notifies, Place place) {
    for (const Notify& notify : notifies) {
        if (place_of(notify) != place) continue;
        chain.add(PayloadType::kNotify, [&](Bytes& to) { write_notify(to, notify); });
    }
}

void add_certs(ChainWriter& chain, PayloadType type, const std::vector<Cert>& certs) {
    for (const Cert& cert : certs)
        chain.add(type, [&](Bytes& to) { write_cert(to, cert); });
}

void write_opaque(Bytes& to, const Bytes& value) {
    append(to, value);
}

/// The first exchange sends KE before the nonce, CREATE_CHILD_SA behind it.
void add_ke_and_nonce(ChainWriter& chain, ExchangeType exchange, const Payloads& payloads) {
    const bool nonce_first = exchange == ExchangeType::kCreateChildSa;
    if (nonce_first) chain.add_if(PayloadType::kNonce, payloads.nonce, write_opaque);
    chain.add_if(PayloadType::kKe, payloads.ke, write_ke);
    if (!nonce_first) chain.add_if(PayloadType::kNonce, payloads.nonce, write_opaque);
}

}  // namespace

std::string name(PayloadType type) {
    static constexpr std::array kNames{"SA",     "KE",     "IDi",       "IDr", "CERT", "CERTREQ", "AUTH", "Nonce",
                                       "Notify", "Delete", "Vendor ID", "TSi", "TSr",  "SK",      "CP",   "EAP"};
    const std::size_t index = static_cast<std::size_t>(type) - static_cast<std::size_t>(PayloadType::kSa);
    if (type == PayloadType::kSkf) return "SKF";
    return index < kNames.size() ? kNames[index] : "type " + std::to_string(static_cast<int>(type));
}

Result<Payloads, ParseError> parse_payloads(PayloadType first, ByteView chain) {
    Payloads payloads;
    Cursor cursor(chain);
    std::size_t count = 0;
    for (PayloadType type = first; type != PayloadType::kNone;) {
        if (++count > kMaxPayloads) return fail(ParseErrorKind::kBadValue, "too many payloads");
        const auto structure = cursor.take_structure(kGenericHeaderLength);
        if (!structure) return fail(structure.error(), name(type) + " payload: length");
        const ByteView payload = *structure;
        const bool critical = (payload[1] & kCritical) != 0;
        const auto added = add_payload(payloads, type, critical, payload.subspan(kGenericHeaderLength));
        if (!added) return Failure{added.error()};
        type = PayloadType{payload[0]};
    }
    if (!cursor.empty()) return fail(ParseErrorKind::kBadLength, "octets behind the last payload");
    return payloads;
}

void write_chain(Bytes& to, std::size_t first_type_at, ExchangeType exchange, const Payloads& payloads) {
    ChainWriter chain(to, first_type_at);
    add_notifies(chain, payloads.notifies, Place::kFront);
    const bool is_init = exchange == ExchangeType::kIkeSaInit;
    chain.add_if(PayloadType::kIdi, payloads.id_i, write_id);
    if (payloads.id_i) add_certs(chain, PayloadType::kCert, payloads.certs);
    add_notifies(chain, payloads.notifies, Place::kBehindIdi);
    if (!is_init) add_certs(chain, PayloadType::kCertReq, payloads.cert_requests);
    chain.add_if(PayloadType::kIdr, payloads.id_r, write_id);
    if (!payloads.id_i) add_certs(chain, PayloadType::kCert, payloads.certs);
    chain.add_if(PayloadType::kAuth, payloads.auth, write_auth);
    chain.add_if(PayloadType::kEap, payloads.eap, write_opaque);
    chain.add_if(PayloadType::kCp, payloads.configuration, write_configuration);
    add_notifies(chain, payloads.notifies, Place::kBeforeSa);
    chain.add_if(PayloadType::kSa, payloads.sa, write_sa);
    add_ke_and_nonce(chain, exchange, payloads);
    chain.add_if(PayloadType::kTsi, payloads.ts_i, write_ts);
    chain.add_if(PayloadType::kTsr, payloads.ts_r, write_ts);
    add_notifies(chain, payloads.notifies, Place::kEnd);
    if (is_init) add_certs(chain, PayloadType::kCertReq, payloads.cert_requests);
    for (const Delete& deletion : payloads.deletes) {
        chain.add(PayloadType::kDelete, [&](Bytes& body) { write_delete(body, deletion); });
    }
    for (const Bytes& vendor_id : payloads.vendor_ids) {
        chain.add(PayloadType::kVendorId, [&](Bytes& body) { append(body, vendor_id); });
    }
}

}  // namespace esplane::ike::wire
