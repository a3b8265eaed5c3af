// The Notify and Delete payloads (RFC 7296 3.10, 3.11): both name SPIs of a protocol.
#include "dataplane/sa/types.h"
#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kFixedLength = 4;
constexpr std::size_t kSpiLength = sizeof(dataplane::Spi);

}  // namespace

Result<Notify, ParseError> parse_notify(ByteView body) {
    Cursor cursor(body);
    const auto fixed = cursor.take(kFixedLength);
    if (!fixed) return fail(ParseErrorKind::kTruncated, "Notify payload");
    const auto spi = cursor.take((*fixed)[1]);
    if (!spi) return fail(ParseErrorKind::kTruncated, "Notify payload: SPI");
    Notify notify{ProtocolId{(*fixed)[0]}, to_bytes(*spi), load_be<std::uint16_t>(fixed->data() + 2),
                  to_bytes(cursor.take_rest())};
    // RFC 7296 2.6: a cookie MUST be between 1 and 64 octets in length, inclusive.
    if (notify.is(NotifyType::kCookie) &&
        (notify.data.size() < kMinCookieLength || notify.data.size() > kMaxCookieLength)) {
        return fail(ParseErrorKind::kBadValue, "Notify payload: length of a COOKIE outside 1 to 64");
    }
    return notify;
}

void write_notify(Bytes& to, const Notify& notify) {
    crypto::require(notify.spi.size() <= 255, "an SPI is longer than its length field holds");
    append_be(to, static_cast<std::uint8_t>(notify.protocol));
    append_be(to, static_cast<std::uint8_t>(notify.spi.size()));
    append_be(to, notify.type);
    append(to, notify.spi);
    append(to, notify.data);
}

Result<Delete, ParseError> parse_delete(ByteView body) {
    Cursor cursor(body);
    const auto fixed = cursor.take(kFixedLength);
    if (!fixed) return fail(ParseErrorKind::kTruncated, "Delete payload");
    Delete deletion;
    deletion.protocol = ProtocolId{(*fixed)[0]};
    const std::size_t spi_length = (*fixed)[1];
    const std::size_t count = load_be<std::uint16_t>(fixed->data() + 2);
    // RFC 7296 3.11: the SPI size is 0 for IKE, whose SPIs stand in the header, and 4 for AH and ESP.
    const bool is_ike = deletion.protocol == ProtocolId::kIke;
    const bool is_ipsec = deletion.protocol == ProtocolId::kAh || deletion.protocol == ProtocolId::kEsp;
    if (!is_ike && !is_ipsec) return fail(ParseErrorKind::kBadValue, "Delete payload: protocol");
    if (spi_length != (is_ike ? 0 : kSpiLength)) return fail(ParseErrorKind::kBadValue, "Delete payload: SPI size");
    if (is_ike && count != 0) return fail(ParseErrorKind::kBadValue, "Delete payload: SPIs of an IKE SA");
    if (count > kMaxDeletedSpis) return fail(ParseErrorKind::kBadValue, "Delete payload: too many SPIs");

    const ByteView spis = cursor.take_rest();
    if (spis.size() != count * spi_length) return fail(ParseErrorKind::kBadLength, "Delete payload: number of SPIs");
    for (std::size_t i = 0; i < count; ++i) {
        deletion.spis.push_back(load_be<std::uint32_t>(spis.data() + i * kSpiLength));
    }
    return deletion;
}

void write_delete(Bytes& to, const Delete& deletion) {
    const bool is_ike = deletion.protocol == ProtocolId::kIke;
    crypto::require(deletion.spis.size() <= (is_ike ? 0 : kMaxDeletedSpis), "a Delete names more SPIs than it may");
    append_be(to, static_cast<std::uint8_t>(deletion.protocol));
    append_be(to, static_cast<std::uint8_t>(is_ike ? 0 : kSpiLength));
    append_be(to, static_cast<std::uint16_t>(deletion.spis.size()));
    for (const std::uint32_t spi : deletion.spis) {
        append_be(to, spi);
    }
}

}  // namespace esplane::ike::wire
