// The Encrypted payload (RFC 7296 3.14, RFC 5282):
//
//   header | next payload, 0, length | IV | payloads, padding, pad length | ICV
//   `------- associated data -------'      `---------- encrypted --------'
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kSkOffset = kHeaderLength;
constexpr std::size_t kAssociatedLength = kSkOffset + kGenericHeaderLength;

void append_iv(Bytes& message, const crypto::SkCipher& cipher, std::uint64_t gcm_iv_counter, crypto::Random& random) {
    if (cipher.iv_length() == sizeof gcm_iv_counter) {
        append_be(message, gcm_iv_counter);  // RFC 5282 3.1: any way of never repeating it will do
    } else {
        append(message, random.bytes(cipher.iv_length()));  // RFC 7296 3.14: a CBC IV MUST be unpredictable
    }
}

/// Fills up to the cipher's block. The smallest padding that fits: its content and excess mean nothing (3.14).
void append_padding(Bytes& message, std::size_t text_length, std::size_t block_length) {
    const std::size_t excess = (text_length + 1) % block_length;
    const std::size_t padding = excess == 0 ? 0 : block_length - excess;
    append_zeros(message, padding);
    append_be(message, static_cast<std::uint8_t>(padding));
}

/// Whether the datagram is a header and one Encrypted payload that reaches to its end: it MUST be the last (3.14), and
/// no exchange has anything in front of it.
bool is_one_sk_payload(const Header& header, ByteView datagram) {
    return header.first_payload == PayloadType::kSk && datagram.size() >= kAssociatedLength &&
           load_be<std::uint16_t>(datagram.data() + kSkOffset + 2) == datagram.size() - kSkOffset;
}

}  // namespace

Bytes seal_message(const Header& header, const Payloads& payloads, const crypto::SkCipher& cipher,
                   std::uint64_t gcm_iv_counter, crypto::Random& random) {
    Bytes message;
    write_header(message, header);
    message[kFirstPayloadOffset] = static_cast<std::uint8_t>(PayloadType::kSk);
    append_zeros(message, kGenericHeaderLength);
    append_iv(message, cipher, gcm_iv_counter, random);
    const std::size_t text_at = message.size();
    write_chain(message, kSkOffset, header.exchange, payloads);
    append_padding(message, message.size() - text_at, cipher.block_length());
    append_zeros(message, cipher.icv_length());
    close_structure(message, kSkOffset);
    close_message(message);
    cipher.seal(message, kAssociatedLength);
    return message;
}

Result<Payloads, ParseError> open_message(const Header& header, ByteView datagram, const crypto::SkCipher& cipher) {
    if (!is_one_sk_payload(header, datagram)) {
        return fail(ParseErrorKind::kMissingSk, "message is not one Encrypted payload");
    }
    Bytes message = to_bytes(datagram);
    const auto opened = cipher.open(message, kAssociatedLength);
    if (!opened) return fail(ParseErrorKind::kBadIcv, "Encrypted payload");
    const ByteView text = *opened;
    if (text.empty()) return fail(ParseErrorKind::kTruncated, "Encrypted payload: pad length");
    const std::size_t trailer = std::size_t{text.back()} + 1;
    if (trailer > text.size()) return fail(ParseErrorKind::kBadLength, "Encrypted payload: pad length");
    return parse_payloads(PayloadType{datagram[kSkOffset]}, text.first(text.size() - trailer));
}

}  // namespace esplane::ike::wire
