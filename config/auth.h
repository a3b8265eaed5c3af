// `auth` of a tunnel: how the two gateways prove who they are.
#pragma once

#include <memory>
#include <string>

#include "config/section.h"
#include "crypto/secret.h"

namespace esplane::config {

/// The pre-shared key, from wherever `auth` says; null when there is none or it is wrong, which is reported.
/// Relative paths of key files count from `directory`.
std::shared_ptr<const crypto::Secret> read_auth(const Section& tunnel, const std::string& directory);

}  // namespace esplane::config
