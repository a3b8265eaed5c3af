// The words that a proposal is made of, as strongSwan users write them: "aes256gcm16", "sha2_256", "curve25519".
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "crypto/algorithms.h"
#include "crypto/result.h"

namespace esplane::ike {

using SuiteWord = std::variant<crypto::Encr, crypto::IntegId, crypto::PrfId, crypto::DhId>;

/// In lower or upper case. The error says what is wrong with the word and what to write instead.
Result<SuiteWord, std::string> parse_suite_word(std::string_view word);

/// The PRF over the same hash as an integrity algorithm that is not NONE.
crypto::PrfId prf_like(crypto::IntegId integ);

}  // namespace esplane::ike
