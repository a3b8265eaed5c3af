// What the Encrypted payload and the Encrypted Fragment payload have in common (RFC 7296 3.14, RFC 5282, RFC 7383 2.5).
// Internal to ike/wire/.
//
//   header | next payload, 0, length | [fragment numbers] | IV | text, padding, pad length | ICV
//   `----------------- associated data -----------------'      `------- encrypted -------'
#pragma once

#include "ike/wire/codec.h"

namespace esplane::ike::wire {

/// What stands around the text of a payload of `type`.
struct Envelope {
    PayloadType type = PayloadType::kSk;
    PayloadType first_inner = PayloadType::kNone;
    Bytes numbers;  ///< what precedes the IV: the fragment's numbers, or nothing
};

Bytes seal_text(const Header& header, const Envelope& envelope, ByteView text, const crypto::SkCipher& cipher,
                std::uint64_t gcm_iv_counter, crypto::Random& random);

/// The text of the datagram's only payload, of `type`, with `numbers` octets before the IV.
Result<Bytes, ParseError> open_text(const Header& header, ByteView datagram, PayloadType type, std::size_t numbers,
                                    const crypto::SkCipher& cipher);

/// How long a text may be, so that its datagram is of `longest` octets at most.
std::size_t room_for_text(std::size_t longest, std::size_t numbers, const crypto::SkCipher& cipher);

}  // namespace esplane::ike::wire
