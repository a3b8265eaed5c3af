// One EAP packet (RFC 3748 4, 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/bytes.h"

namespace esplane::ike::eap {

enum class Code : std::uint8_t { kRequest = 1, kResponse = 2, kSuccess = 3, kFailure = 4 };

/// Those that we know; any other number may come.
enum class Type : std::uint8_t { kNone = 0, kIdentity = 1, kNotification = 2, kNak = 3, kTls = 13, kMschapv2 = 26 };

/// "mschapv2", "tls"; empty for what is no method of ours.
std::string_view name(Type type);

/// A view of octets that it does not own.
struct Packet {
    Code code = Code::kRequest;
    std::uint8_t identifier = 0;
    Type type = Type::kNone;  ///< of requests and responses
    ByteView data;            ///< behind the type
};

/// The packet that `octets` are from the first to the last: nothing pads it in IKE (RFC 7296 3.16). Empty when they are
/// none.
std::optional<Packet> parse(ByteView octets);

/// `packet.data` must have 65,530 octets at most.
Bytes encode(const Packet& packet);

}  // namespace esplane::ike::eap
