#include "ike/eap/mschapv2_packet.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "crypto/ms_chap.h"

namespace esplane::ike::eap::mschapv2 {
namespace {

using crypto::kMsChapChallenge;
using crypto::kMsChapProof;
using crypto::kMsChapResponse;

constexpr std::size_t kHeader = 4;    // code, id, length
constexpr std::size_t kReserved = 8;  // between the peer's challenge and its proof
constexpr std::size_t kResponseValue = kMsChapChallenge + kReserved + kMsChapResponse + 1;

std::string_view text_of(ByteView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// What follows the size of the value and the value, which must be of `size`.
bool has_value(ByteView body, std::size_t size) {
    return body.size() > size && body[0] == size;
}

std::string upper_hex(ByteView octets) {
    std::string text = to_hex(octets);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

}  // namespace

std::optional<Message> parse(ByteView data) {
    if (data.size() < kHeader || load_be<std::uint16_t>(&data[2]) != data.size()) return std::nullopt;
    return Message{static_cast<OpCode>(data[0]), data[1], data.subspan(kHeader)};
}

Bytes encode(const Message& message) {
    Bytes data(kHeader);
    data[0] = static_cast<std::uint8_t>(message.code);
    data[1] = message.id;
    store_be(&data[2], static_cast<std::uint16_t>(kHeader + message.body.size()));
    append(data, message.body);
    return data;
}

Bytes acknowledgement(OpCode code) {
    return {static_cast<std::uint8_t>(code)};
}

bool acknowledges(ByteView data, OpCode code) {
    return data.size() == 1 && data[0] == static_cast<std::uint8_t>(code);
}

std::optional<Challenge> parse_challenge(ByteView body) {
    if (!has_value(body, kMsChapChallenge)) return std::nullopt;
    return Challenge{body.subspan(1, kMsChapChallenge), std::string(text_of(body.subspan(1 + kMsChapChallenge)))};
}

Bytes challenge_body(const Challenge& challenge) {
    Bytes body{static_cast<std::uint8_t>(kMsChapChallenge)};
    append(body, challenge.challenge);
    append(body, as_bytes(challenge.server));
    return body;
}

std::optional<Response> parse_response(ByteView body) {
    if (!has_value(body, kResponseValue)) return std::nullopt;
    return Response{body.subspan(1, kMsChapChallenge), body.subspan(1 + kMsChapChallenge + kReserved, kMsChapResponse),
                    std::string(text_of(body.subspan(1 + kResponseValue)))};
}

Bytes response_body(const Response& response) {
    Bytes body{static_cast<std::uint8_t>(kResponseValue)};
    append(body, response.peer_challenge);
    body.resize(body.size() + kReserved);
    append(body, response.response);
    body.push_back(0);  // flags
    append(body, as_bytes(response.name));
    return body;
}

std::optional<Bytes> parse_success(ByteView body) {
    constexpr std::size_t kDigits = 2 * kMsChapProof;
    std::string_view text = text_of(body);
    if (!text.starts_with("S=")) return std::nullopt;
    text.remove_prefix(2);
    Bytes proof = from_hex(text.substr(0, kDigits));
    const bool goes_on = text.size() > kDigits && text[kDigits] != ' ';
    if (proof.size() != kMsChapProof || goes_on) return std::nullopt;
    return proof;
}

Bytes success_body(ByteView proof) {
    return to_bytes(as_bytes("S=" + upper_hex(proof) + " M=Welcome"));
}

std::optional<int> parse_failure(ByteView body) {
    std::string_view text = text_of(body);
    if (!text.starts_with("E=")) return std::nullopt;
    text.remove_prefix(2);
    int number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
    return number;
}

Bytes failure_body(ByteView next_challenge) {
    return to_bytes(as_bytes("E=691 R=0 C=" + upper_hex(next_challenge) + " V=3 M=Authentication failed"));
}

}  // namespace esplane::ike::eap::mschapv2
