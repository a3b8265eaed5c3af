// The one table of the suites that can be measured.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/algorithms.h"

namespace esplane::bench {

struct Suite {
    crypto::Encr encr;
    crypto::IntegId integ = crypto::IntegId::kNone;

    /// As in the configuration: "aes256gcm16", "aes256-sha256".
    std::string name() const;
};

std::span<const Suite> suites();
/// Null when there is none of this name.
const Suite* find_suite(std::string_view name);

}  // namespace esplane::bench
