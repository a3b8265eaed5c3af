// IKEv2 on the wire once more, written from RFC 7296 without a look at ike/wire: a mistake there is not made here as
// well. Everything is octets, so that whatever a codec would never build can be said, too.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "crypto/bytes.h"

namespace esplane::peer {

// Payload types (3.2, RFC 7383 2.5).
inline constexpr std::uint8_t kSa = 33, kKe = 34, kIdi = 35, kIdr = 36, kCert = 37, kCertReq = 38, kAuth = 39,
                              kNonce = 40, kNotify = 41, kDelete = 42, kVendor = 43, kTsi = 44, kTsr = 45, kSk = 46,
                              kEap = 48, kSkf = 53;
// Exchange types (3.1).
inline constexpr std::uint8_t kInit = 34, kAuthExchange = 35, kCreateChild = 36, kInformational = 37;
// Flags (3.1).
inline constexpr std::uint8_t kFromInitiator = 0x08, kResponse = 0x20;
// Protocols (3.3.1).
inline constexpr std::uint8_t kIke = 1, kAh = 2, kEsp = 3;
// Transform types (3.3.2), and the few transforms that the peer speaks.
inline constexpr std::uint8_t kEncr = 1, kPrf = 2, kInteg = 3, kDh = 4, kEsn = 5;
inline constexpr std::uint16_t kAesGcm16 = 20, kHmacSha256 = 5, kX25519 = 31;

/// Notify types (3.10.1).
namespace says {
inline constexpr std::uint16_t kUnsupportedCriticalPayload = 1, kInvalidMajorVersion = 5, kInvalidSyntax = 7,
                               kInvalidSpi = 11, kNoProposalChosen = 14, kInvalidKe = 17, kAuthenticationFailed = 24,
                               kNoAdditionalSas = 35, kTsUnacceptable = 38, kTemporaryFailure = 43,
                               kChildSaNotFound = 44, kInitialContact = 16384, kCookie = 16390,
                               kUseTransportMode = 16391, kRekeySa = 16393, kFragmentationSupported = 16430,
                               kSignatureHashAlgorithms = 16431;
}  // namespace says

struct Payload {
    std::uint8_t type = 0;
    Bytes body;
    bool critical = false;
};
using Chain = std::vector<Payload>;

struct Transform {
    std::uint8_t type = 0;
    std::uint16_t id = 0;
    std::uint16_t key_bits = 0;  ///< 0: no Key Length attribute
};

struct Proposal {
    std::uint8_t number = 1;
    std::uint8_t protocol = kEsp;
    Bytes spi;
    std::vector<Transform> transforms;
};

struct Header {
    std::uint64_t spi_i = 0;
    std::uint64_t spi_r = 0;
    std::uint8_t exchange = 0;
    std::uint8_t flags = 0;
    std::uint32_t id = 0;
};

inline constexpr std::size_t kHeaderLength = 28;

template <std::unsigned_integral T>
void put(Bytes& to, T number) {
    for (std::size_t octet = sizeof(T); octet-- > 0;)
        to.push_back(static_cast<std::uint8_t>(number >> (8 * octet)));
}

template <std::unsigned_integral T>
Bytes number(T value) {
    Bytes octets;
    put(octets, value);
    return octets;
}

Bytes joined(std::initializer_list<ByteView> parts);

// --- building ---
/// With the type of the first payload and the length filled in.
Bytes encode(const Header& header, std::uint8_t first, ByteView behind);
Bytes encode(const Header& header, const Chain& chain);
Bytes encode(const Chain& chain);
std::uint8_t first_type(const Chain& chain);

Bytes encode(const std::vector<Transform>& transforms);
Bytes encode(const std::vector<Proposal>& proposals);
Payload sa(const std::vector<Proposal>& proposals);
Payload ke(std::uint16_t group, ByteView value);
Payload notify(std::uint16_t type, ByteView data = {}, std::uint8_t protocol = 0, ByteView spi = {});
Payload delete_of(std::uint8_t protocol, const std::vector<std::uint32_t>& spis);
/// One IPv4 range, all protocols and ports.
Payload selector(std::uint8_t type, std::uint32_t first, std::uint32_t last);

// --- reading ---
/// Empty when it is no whole IKE message.
std::optional<Header> read_header(ByteView datagram);
std::optional<Chain> read_chain(std::uint8_t first, ByteView octets);
std::optional<std::vector<Proposal>> read_sa(const Chain& chain);
const Payload* find(const Chain& chain, std::uint8_t type);
const Payload* find_notify(const Chain& chain, std::uint16_t type);
/// Any notify below 16384.
bool has_error(const Chain& chain);

// --- spoiling ---
Chain with(Chain chain, Payload more);
Chain without(Chain chain, std::uint8_t type);
/// The first of its type becomes `other`; the chain must have it.
Chain replaced(Chain chain, const Payload& other);

}  // namespace esplane::peer
