// Names for what peers offer, also of algorithms that this program does not have.
#pragma once

#include <string>

#include "ike/wire/message.h"

namespace esplane::ike {

/// "aes256gcm16", "3des", "prfsha1", "modp1024", "noesn"; "encr-99" or "type-7-3" where the registry has no name for it
/// that an operator would know. A transform with attributes that we do not understand has a "?" behind it.
std::string name_of(const wire::Transform& transform);

}  // namespace esplane::ike
