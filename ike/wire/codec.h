// Octets to messages and back. Total: every input gives a value or an error, in time linear in its length.
#pragma once

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/sk_cipher.h"
#include "ike/wire/message.h"

namespace esplane::ike::wire {

enum class ParseErrorKind : std::uint8_t {
    kTruncated,
    kBadLength,    ///< a length field that contradicts its surroundings
    kBadVersion,   ///< major version other than 2: answer INVALID_MAJOR_VERSION
    kDuplicate,    ///< a payload twice that may stand once
    kBadValue,     ///< a field outside what the RFC allows (SPI size, selector range, too many of something)
    kMissingSk,    ///< a message that must be protected is not
    kBadFragment,  ///< fragment numbers that cannot be (RFC 7383 2.6), or fragments that were not agreed on
    kBadIcv,       ///< the Encrypted payload did not verify: nothing of the message may be believed
};

struct ParseError {
    ParseErrorKind kind;
    std::string what;  ///< for a log line: payload and field; never octets of the peer
};

/// The fields of the fixed header as they stand there, nothing checked: for an answer to a message that parse_header
/// refuses. Empty when the datagram is too short for a header.
std::optional<Header> peek_header(ByteView datagram);

/// The fixed header; checks the version, that `length` equals the datagram's, and that the initiator's SPI is set,
/// which only a request of INFORMATIONAL may lack.
Result<Header, ParseError> parse_header(ByteView datagram);

/// The payload chain that `first` starts, for an unprotected message (behind the header) or the inside of SK. Bounded
/// by wire/caps.h; an Encrypted payload in it is an error.
Result<Payloads, ParseError> parse_payloads(PayloadType first, ByteView chain);

/// An unprotected message (IKE_SA_INIT, and answers without an SA). Payloads are put in the order of RFC 7296 appendix
/// C; notifies of one place, Deletes and vendor IDs keep theirs. The version is always ours, whatever the header says.
/// Of more selectors than a TS payload holds (255) the first are sent. Aborts above 65535 octets.
Bytes build_message(const Header& header, const Payloads& payloads);

/// A message whose payloads stand in an Encrypted payload (3.14). GCM takes its IV from `gcm_iv_counter` (the caller
/// never repeats one for a key), CBC from `random`.
Bytes seal_message(const Header& header, const Payloads& payloads, const crypto::SkCipher& cipher,
                   std::uint64_t gcm_iv_counter, crypto::Random& random);

/// What stands in an Encrypted payload: the chain of payloads by itself, without padding, and the type of the first.
struct Chain {
    PayloadType first = PayloadType::kNone;
    Bytes text;
};
Chain chain_of(ExchangeType exchange, const Payloads& payloads);
/// Verifies a protected message, the whole datagram, and does not look into the chain; errors as of open_message().
Result<Chain, ParseError> open_chain(const Header& header, ByteView datagram, const crypto::SkCipher& cipher);
/// What AUTH covers of an IKE_INTERMEDIATE message, in fragments or not: header and generic header of the Encrypted
/// payload as if nothing were encrypted, then the chain (RFC 9242 3.3.2: IntAuth_A | IntAuth_P).
Bytes intermediate_octets(Header header, const Chain& chain);

/// Verifies and parses a protected message, the whole datagram: a header and one Encrypted payload, nothing else. Every
/// error but kBadIcv and kMissingSk is authenticated.
Result<Payloads, ParseError> open_message(const Header& header, ByteView datagram, const crypto::SkCipher& cipher);

/// The same as seal_message() where that gives `longest` octets at most, else its fragments of so many at most, in
/// order (RFC 7383 2.5). `gcm_iv_counter` goes on by one with each datagram. `longest` must have room for a fragment.
std::vector<Bytes> seal_in_fragments(const Header& header, const Payloads& payloads, const crypto::SkCipher& cipher,
                                     std::uint64_t& gcm_iv_counter, crypto::Random& random, std::size_t longest);

/// One fragment of a message, verified.
struct Fragment {
    std::uint16_t number = 1;  ///< 1 to `total`
    std::uint16_t total = 1;
    PayloadType first_payload = PayloadType::kNone;  ///< of the message; in the first fragment alone
    Bytes text;                                      ///< its part of the chain of payloads
};

/// Numbers that cannot be are found before anything is decrypted (RFC 7383 2.6). No error is authenticated but
/// kTruncated and kBadLength of the text inside.
Result<Fragment, ParseError> open_fragment(const Header& header, ByteView datagram, const crypto::SkCipher& cipher);

}  // namespace esplane::ike::wire
