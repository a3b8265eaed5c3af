// The words that a proposal is made of, as strongSwan users write them: "aes256gcm16", "sha2_256", "curve25519".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/algorithms.h"
#include "crypto/result.h"

namespace esplane::ike {

/// "ke1_mlkem768": an additional key exchange (RFC 9370) in the first place.
struct AdditionalWord {
    std::size_t place;
    crypto::DhId method;
};

using SuiteWord = std::variant<crypto::Encr, crypto::IntegId, crypto::PrfId, crypto::DhId, AdditionalWord>;

/// Words of ciphers that do not encrypt: "null", "aes256gmac".
enum class Insecure : std::uint8_t {
    kNever,    ///< they have no place here
    kRefused,  ///< the error says who may want them, and how
    kAllowed,
};

/// In lower or upper case. The error says what is wrong with the word and what to write instead.
Result<SuiteWord, std::string> parse_suite_word(std::string_view word, Insecure insecure);

/// The PRF over the same hash as an integrity algorithm that is not NONE.
crypto::PrfId prf_like(crypto::IntegId integ);

}  // namespace esplane::ike
