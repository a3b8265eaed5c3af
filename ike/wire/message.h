// IKEv2 messages as values: what the codec parses into and builds from. A value here is well-formed in itself; whether
// it may stand in this exchange is wire/legality.h, whether it is acceptable is the core.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "dataplane/sa/selector.h"
#include "ike/wire/numbers.h"

namespace esplane::ike {

/// SPI of an IKE SA, host order; 0 is "not yet known".
enum class IkeSpi : std::uint64_t {};
constexpr std::uint64_t to_number(IkeSpi spi) {
    return static_cast<std::uint64_t>(spi);
}

}  // namespace esplane::ike

namespace esplane::ike::wire {

inline constexpr std::size_t kHeaderLength = 28;
inline constexpr std::size_t kMaxMessageLength = 65535;

/// RFC 7296 3.1.
struct Header {
    IkeSpi spi_i{};
    IkeSpi spi_r{};
    PayloadType first_payload = PayloadType::kNone;
    std::uint8_t major_version = 2;
    ExchangeType exchange = ExchangeType::kIkeSaInit;
    bool from_initiator = false;  ///< flag I: sent by the IKE SA's original initiator
    bool is_response = false;     ///< flag R
    std::uint32_t message_id = 0;
    std::uint32_t length = 0;  ///< of the whole message; filled in by the builders
};

/// Behind an Encrypted payload, or a fragment of one.
inline bool is_protected(const Header& header) {
    return header.first_payload == PayloadType::kSk || header.first_payload == PayloadType::kSkf;
}

struct Transform {
    TransformType type = TransformType::kEncr;
    std::uint16_t id = 0;
    std::optional<std::uint16_t> key_bits;  ///< attribute 14
    /// An attribute other than key length was there: the transform must not be chosen (3.3.6).
    bool unknown_attribute = false;
    friend bool operator==(const Transform&, const Transform&) = default;
};

struct Proposal {
    std::uint8_t number = 1;
    ProtocolId protocol = ProtocolId::kIke;
    Bytes spi;  ///< 0, 4 (ESP) or 8 octets (IKE rekey)
    std::vector<Transform> transforms;
    friend bool operator==(const Proposal&, const Proposal&) = default;
};

struct Ke {
    std::uint16_t group = 0;
    Bytes value;
    friend bool operator==(const Ke&, const Ke&) = default;
};

struct Id {
    std::uint8_t type = 0;  ///< an IdType, or one that we do not know
    Bytes value;
    friend bool operator==(const Id&, const Id&) = default;
};

struct Auth {
    std::uint8_t method = 0;
    Bytes value;
    friend bool operator==(const Auth&, const Auth&) = default;
};

/// CERT: a certificate, or something else about one (3.6). CERTREQ: SHA-1 hashes of the keys of the authorities that
/// are believed, for X.509 one behind the other (3.7).
struct Cert {
    std::uint8_t encoding = 0;  ///< a CertEncoding, or one that we do not know
    Bytes data;

    bool is(CertEncoding wanted) const { return encoding == static_cast<std::uint8_t>(wanted); }
    friend bool operator==(const Cert&, const Cert&) = default;
};

struct Notify {
    ProtocolId protocol = ProtocolId::kNone;
    Bytes spi;
    std::uint16_t type = 0;  ///< a NotifyType, or one that we do not know
    Bytes data;

    bool is(NotifyType wanted) const { return type == static_cast<std::uint16_t>(wanted); }
    bool is_error() const { return type < 16384; }
    friend bool operator==(const Notify&, const Notify&) = default;
};

struct Delete {
    ProtocolId protocol = ProtocolId::kNone;
    std::vector<std::uint32_t> spis;  ///< ESP only; an IKE Delete has none
    friend bool operator==(const Delete&, const Delete&) = default;
};

/// TSi or TSr. Entries whose type is not IPv4 or IPv6 range, and those of OPAQUE ports, are left out; `skipped` counts
/// them.
struct TrafficSelectors {
    std::vector<dataplane::TrafficSelector> entries;
    std::size_t skipped = 0;
    friend bool operator==(const TrafficSelectors&, const TrafficSelectors&) = default;
};

/// One thing that is asked for or handed out. Empty in a request: whatever the other side chooses.
struct ConfigAttribute {
    std::uint16_t type = 0;  ///< a ConfigAttributeType, or one that we do not know
    Bytes value;             ///< of a type that we know: of a length that this has

    bool is(ConfigAttributeType wanted) const { return type == static_cast<std::uint16_t>(wanted); }
    friend bool operator==(const ConfigAttribute&, const ConfigAttribute&) = default;
};

/// CP (3.15).
struct Configuration {
    std::uint8_t type = 0;  ///< a ConfigType, or one that we do not know
    std::vector<ConfigAttribute> attributes;

    bool is(ConfigType wanted) const { return type == static_cast<std::uint8_t>(wanted); }
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// The payloads of one message. At most one of each singleton: a second one is a syntax error in the parser.
struct Payloads {
    std::optional<std::vector<Proposal>> sa;
    std::optional<Ke> ke;
    std::optional<Id> id_i;
    std::optional<Id> id_r;
    std::vector<Cert> certs;  ///< in order: the first X.509 one is the sender's own
    std::vector<Cert> cert_requests;
    std::optional<Auth> auth;
    std::optional<Bytes> nonce;
    std::vector<Notify> notifies;
    std::vector<Delete> deletes;
    std::vector<Bytes> vendor_ids;
    std::optional<TrafficSelectors> ts_i;
    std::optional<TrafficSelectors> ts_r;
    std::optional<Configuration> configuration;
    std::optional<Bytes> eap;  ///< an EAP packet of any content (3.16)
    /// The first payload of unknown type with the critical flag: the request must be refused (2.5).
    std::optional<std::uint8_t> unknown_critical;

    const Notify* find(NotifyType type) const;
    const Notify* first_error() const;
    friend bool operator==(const Payloads&, const Payloads&) = default;
};

}  // namespace esplane::ike::wire
