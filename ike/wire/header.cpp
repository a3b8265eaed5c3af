#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::uint8_t kMajorVersion = 2;
constexpr std::uint8_t kFlagInitiator = 0x08;
constexpr std::uint8_t kFlagResponse = 0x20;
constexpr std::size_t kLengthOffset = 24;

}  // namespace

// RFC 7296 3.1. The minor version, the Version flag and the reserved flags are ignored on receipt.
std::optional<Header> peek_header(ByteView datagram) {
    if (datagram.size() < kHeaderLength) return std::nullopt;
    const std::uint8_t* at = datagram.data();
    Header header;
    header.spi_i = IkeSpi{load_be<std::uint64_t>(at)};
    header.spi_r = IkeSpi{load_be<std::uint64_t>(at + 8)};
    header.first_payload = PayloadType{at[kFirstPayloadOffset]};
    header.major_version = at[17] >> 4;
    header.exchange = ExchangeType{at[18]};
    header.from_initiator = (at[19] & kFlagInitiator) != 0;
    header.is_response = (at[19] & kFlagResponse) != 0;
    header.message_id = load_be<std::uint32_t>(at + 20);
    header.length = load_be<std::uint32_t>(at + kLengthOffset);
    return header;
}

Result<Header, ParseError> parse_header(ByteView datagram) {
    const auto header = peek_header(datagram);
    if (!header) return fail(ParseErrorKind::kTruncated, "header");
    // The version first: what another version means by the fields below is not for us to judge.
    if (header->major_version != kMajorVersion) return fail(ParseErrorKind::kBadVersion, "header: major version");
    if (header->length != datagram.size()) return fail(ParseErrorKind::kBadLength, "header: length");
    // RFC 7296 3.1: the initiator's SPI MUST NOT be zero; 1.5: but in a hint about ESP from a host that knows no IKE
    // SA.
    if (header->spi_i == IkeSpi{} && (header->exchange != ExchangeType::kInformational || header->is_response))
        return fail(ParseErrorKind::kBadValue, "header: initiator's SPI is zero");
    return *header;
}

void write_header(Bytes& to, const Header& header) {
    append_be(to, to_number(header.spi_i));
    append_be(to, to_number(header.spi_r));
    append_be(to, static_cast<std::uint8_t>(PayloadType::kNone));
    // Not header.major_version: the refusal of another version is itself a message of ours (RFC 7296 2.5).
    append_be(to, static_cast<std::uint8_t>(kMajorVersion << 4));
    append_be(to, static_cast<std::uint8_t>(header.exchange));
    append_be(to, static_cast<std::uint8_t>((header.from_initiator ? kFlagInitiator : 0) |
                                            (header.is_response ? kFlagResponse : 0)));
    append_be(to, header.message_id);
    append_be(to, std::uint32_t{0});
}

void close_message(Bytes& message) {
    crypto::require(message.size() <= kMaxMessageLength, "an IKE message grew beyond what a datagram holds");
    store_be(message.data() + kLengthOffset, static_cast<std::uint32_t>(message.size()));
}

Bytes build_message(const Header& header, const Payloads& payloads) {
    Bytes message;
    write_header(message, header);
    write_chain(message, kFirstPayloadOffset, header.exchange, payloads);
    close_message(message);
    return message;
}

}  // namespace esplane::ike::wire
