// Suites of ESP by the words of a proposal: "aes256gcm16", "chacha20poly1305", "aes128-sha512", "null-sha256".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/algorithms.h"

namespace esplane::oracle {

struct Suite {
    crypto::Encr encr;
    crypto::IntegId integ = crypto::IntegId::kNone;

    std::string name() const;
};

/// All that the gateway has.
std::vector<Suite> suites();
std::optional<Suite> find_suite(std::string_view name);

}  // namespace esplane::oracle
