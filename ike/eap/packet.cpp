#include "ike/eap/packet.h"

#include "crypto/require.h"

namespace esplane::ike::eap {
namespace {

constexpr std::size_t kHeader = 4;  // code, identifier, length
constexpr std::size_t kLongest = 65535;

bool has_type(Code code) {
    return code == Code::kRequest || code == Code::kResponse;
}

}  // namespace

std::string_view name(Type type) {
    if (type == Type::kTls) return "tls";
    return type == Type::kMschapv2 ? "mschapv2" : "";
}

std::optional<Packet> parse(ByteView octets) {
    if (octets.size() < kHeader || load_be<std::uint16_t>(&octets[2]) != octets.size()) return std::nullopt;
    Packet packet{static_cast<Code>(octets[0]), octets[1], Type::kNone, {}};
    switch (packet.code) {
        case Code::kRequest:
        case Code::kResponse:
            if (octets.size() == kHeader) return std::nullopt;
            packet.type = static_cast<Type>(octets[kHeader]);
            packet.data = octets.subspan(kHeader + 1);
            return packet;
        case Code::kSuccess:
        case Code::kFailure:
            if (octets.size() != kHeader) return std::nullopt;
            return packet;
    }
    return std::nullopt;
}

Bytes encode(const Packet& packet) {
    const std::size_t size = has_type(packet.code) ? kHeader + 1 + packet.data.size() : kHeader;
    crypto::require(size <= kLongest, "an EAP packet of ours is longer than its length can say");
    Bytes octets(kHeader);
    octets[0] = static_cast<std::uint8_t>(packet.code);
    octets[1] = packet.identifier;
    store_be(&octets[2], static_cast<std::uint16_t>(size));
    if (!has_type(packet.code)) return octets;
    octets.push_back(static_cast<std::uint8_t>(packet.type));
    append(octets, packet.data);
    return octets;
}

}  // namespace esplane::ike::eap
