// The Encrypted payload (RFC 7296 3.14, RFC 5282).
#include "ike/wire/encrypted.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kPayloadOffset = kHeaderLength;

std::size_t associated_length(std::size_t numbers) {
    return kPayloadOffset + kGenericHeaderLength + numbers;
}

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

/// Whether the datagram is a header and one payload of `type` that reaches to its end: it MUST be the last (3.14), and
/// no exchange has anything in front of it.
bool is_one_payload(const Header& header, ByteView datagram, PayloadType type, std::size_t associated) {
    return header.first_payload == type && datagram.size() >= associated &&
           load_be<std::uint16_t>(datagram.data() + kPayloadOffset + 2) == datagram.size() - kPayloadOffset;
}

}  // namespace

Bytes seal_text(const Header& header, const Envelope& envelope, ByteView text, const crypto::SkCipher& cipher,
                std::uint64_t gcm_iv_counter, crypto::Random& random) {
    Bytes message;
    write_header(message, header);
    message[kFirstPayloadOffset] = static_cast<std::uint8_t>(envelope.type);
    append_be(message, static_cast<std::uint8_t>(envelope.first_inner));
    append_zeros(message, kGenericHeaderLength - 1);
    append(message, envelope.numbers);
    append_iv(message, cipher, gcm_iv_counter, random);
    append(message, text);
    append_padding(message, text.size(), cipher.block_length());
    append_zeros(message, cipher.icv_length());
    close_structure(message, kPayloadOffset);
    close_message(message);
    cipher.seal(message, associated_length(envelope.numbers.size()));
    return message;
}

Result<Bytes, ParseError> open_text(const Header& header, ByteView datagram, PayloadType type, std::size_t numbers,
                                    const crypto::SkCipher& cipher) {
    const std::size_t associated = associated_length(numbers);
    if (!is_one_payload(header, datagram, type, associated))
        return fail(ParseErrorKind::kMissingSk, "message is not one " + name(type) + " payload");
    Bytes message = to_bytes(datagram);
    const auto opened = cipher.open(message, associated);
    if (!opened) return fail(ParseErrorKind::kBadIcv, name(type) + " payload");
    const ByteView text = *opened;
    if (text.empty()) return fail(ParseErrorKind::kTruncated, name(type) + " payload: pad length");
    const std::size_t trailer = std::size_t{text.back()} + 1;
    if (trailer > text.size()) return fail(ParseErrorKind::kBadLength, name(type) + " payload: pad length");
    return to_bytes(text.first(text.size() - trailer));
}

std::size_t room_for_text(std::size_t longest, std::size_t numbers, const crypto::SkCipher& cipher) {
    const std::size_t around = associated_length(numbers) + cipher.iv_length() + cipher.icv_length();
    const std::size_t blocks = longest < around ? 0 : (longest - around) / cipher.block_length();
    return blocks == 0 ? 0 : blocks * cipher.block_length() - 1;  // the pad length's octet
}

Chain chain_of(ExchangeType exchange, const Payloads& payloads) {
    Bytes text(1);  // for the type of the first, which stands elsewhere in the message
    write_chain(text, 0, exchange, payloads);
    const PayloadType first{text.front()};
    text.erase(text.begin());
    return {first, std::move(text)};
}

Bytes seal_message(const Header& header, const Payloads& payloads, const crypto::SkCipher& cipher,
                   std::uint64_t gcm_iv_counter, crypto::Random& random) {
    const Chain chain = chain_of(header.exchange, payloads);
    return seal_text(header, {PayloadType::kSk, chain.first, {}}, chain.text, cipher, gcm_iv_counter, random);
}

Result<Chain, ParseError> open_chain(const Header& header, ByteView datagram, const crypto::SkCipher& cipher) {
    auto text = open_text(header, datagram, PayloadType::kSk, 0, cipher);
    if (!text) return Failure{text.error()};
    return Chain{PayloadType{datagram[kPayloadOffset]}, *std::move(text)};
}

Result<Payloads, ParseError> open_message(const Header& header, ByteView datagram, const crypto::SkCipher& cipher) {
    const auto chain = open_chain(header, datagram, cipher);
    if (!chain) return Failure{chain.error()};
    return parse_payloads(chain->first, chain->text);
}

Bytes intermediate_octets(Header header, const Chain& chain) {
    Bytes octets;
    write_header(octets, header);
    octets[kFirstPayloadOffset] = static_cast<std::uint8_t>(PayloadType::kSk);
    append_be(octets, static_cast<std::uint8_t>(chain.first));
    append_zeros(octets, kGenericHeaderLength - 1);
    append(octets, chain.text);
    close_structure(octets, kPayloadOffset);
    close_message(octets);
    return octets;
}

}  // namespace esplane::ike::wire
