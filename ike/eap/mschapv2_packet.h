// What stands in a packet of EAP-MSCHAPv2 behind its type (draft-kamath-pppext-eap-mschapv2-02, 2).
#pragma once

#include <optional>
#include <string>

#include "crypto/bytes.h"

namespace esplane::ike::eap::mschapv2 {

enum class OpCode : std::uint8_t { kChallenge = 1, kResponse = 2, kSuccess = 3, kFailure = 4 };

/// A view of octets that it does not own.
struct Message {
    OpCode code = OpCode::kChallenge;
    std::uint8_t id = 0;  ///< of the challenge, which what follows repeats
    ByteView body;        ///< behind the length
};

/// Of messages with an id and a length, which must be right to the octet. Empty for everything else.
std::optional<Message> parse(ByteView data);
Bytes encode(const Message& message);

/// A peer acknowledges success or failure by the code alone.
Bytes acknowledgement(OpCode code);
bool acknowledges(ByteView data, OpCode code);

struct Challenge {
    ByteView challenge;  ///< crypto::kMsChapChallenge octets
    std::string server;
};
std::optional<Challenge> parse_challenge(ByteView body);
Bytes challenge_body(const Challenge& challenge);

struct Response {
    ByteView peer_challenge;  ///< crypto::kMsChapChallenge octets
    ByteView response;        ///< crypto::kMsChapResponse octets
    std::string name;
};
std::optional<Response> parse_response(ByteView body);
Bytes response_body(const Response& response);

/// "S=" and the authenticator's proof in hexadecimal, with a text for whoever reads it.
std::optional<Bytes> parse_success(ByteView body);
Bytes success_body(ByteView proof);

/// The number behind "E=": 691 for a wrong name or password. Empty when there is none.
std::optional<int> parse_failure(ByteView body);
/// 691, no further try.
Bytes failure_body(ByteView next_challenge);

}  // namespace esplane::ike::eap::mschapv2
