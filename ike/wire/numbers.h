// The numbers of IKEv2 on the wire (RFC 7296 3, IANA registry).
#pragma once

#include <cstdint>

namespace esplane::ike::wire {

enum class ExchangeType : std::uint8_t {
    kIkeSaInit = 34,
    kIkeAuth = 35,
    kCreateChildSa = 36,
    kInformational = 37,
    kIkeIntermediate = 43,  // RFC 9242
    kIkeFollowupKe = 44,    // RFC 9370
};

enum class PayloadType : std::uint8_t {
    kNone = 0,
    kSa = 33,
    kKe = 34,
    kIdi = 35,
    kIdr = 36,
    kCert = 37,
    kCertReq = 38,
    kAuth = 39,
    kNonce = 40,
    kNotify = 41,
    kDelete = 42,
    kVendorId = 43,
    kTsi = 44,
    kTsr = 45,
    kSk = 46,
    kCp = 47,
    kEap = 48,
    kSkf = 53,
};

enum class ProtocolId : std::uint8_t { kNone = 0, kIke = 1, kAh = 2, kEsp = 3 };

enum class TransformType : std::uint8_t {
    kEncr = 1,
    kPrf = 2,
    kInteg = 3,
    kDh = 4,
    kEsn = 5,
    kAddKe1 = 6,  // RFC 9370 2.2.1: additional key exchanges, in order, up to the seventh
    kAddKe7 = 12,
};

enum class IdType : std::uint8_t {
    kIpv4Addr = 1,
    kFqdn = 2,
    kRfc822Addr = 3,
    kIpv6Addr = 5,
    kDerAsn1Dn = 9,
    kKeyId = 11
};

enum class CertEncoding : std::uint8_t {
    kX509Signature = 4,  // one certificate in DER
    kOcspContent = 14,   // RFC 4806: a response of a certificate's status
};

enum class ConfigType : std::uint8_t { kRequest = 1, kReply = 2, kSet = 3, kAck = 4 };

/// Of a Configuration payload (3.15.1).
enum class ConfigAttributeType : std::uint16_t {
    kIp4Address = 1,
    kIp4Netmask = 2,
    kIp4Dns = 3,
    kIp6Address = 8,  ///< an address and the length of its prefix
    kIp6Dns = 10,
    kIp4Subnet = 13,  ///< an address and a netmask
    kIp6Subnet = 15,  ///< an address and the length of its prefix
};

enum class AuthMethod : std::uint8_t {
    kRsa = 1,
    kSharedKey = 2,
    kDss = 3,
    kEcdsaP256 = 9,  // RFC 4754, as the next two
    kEcdsaP384 = 10,
    kEcdsaP521 = 11,
    kDigitalSignature = 14,  // RFC 7427
};

enum class NotifyType : std::uint16_t {
    kUnsupportedCriticalPayload = 1,
    kInvalidIkeSpi = 4,
    kInvalidMajorVersion = 5,
    kInvalidSyntax = 7,
    kInvalidMessageId = 9,
    kInvalidSpi = 11,
    kNoProposalChosen = 14,
    kInvalidKePayload = 17,
    kAuthenticationFailed = 24,
    kSinglePairRequired = 34,
    kNoAdditionalSas = 35,
    kInternalAddressFailure = 36,
    kFailedCpRequired = 37,
    kTsUnacceptable = 38,
    kInvalidSelectors = 39,
    kUnacceptableAddresses = 40,  // RFC 4555 4.3, as the next one
    kUnexpectedNatDetected = 41,
    kTemporaryFailure = 43,
    kChildSaNotFound = 44,
    kStateNotFound = 47,  // RFC 9370 5
    // Status types: 16384 and above never end an exchange (3.10.1).
    kInitialContact = 16384,
    kSetWindowSize = 16385,
    kAdditionalTsPossible = 16386,
    kIpcompSupported = 16387,
    kNatDetectionSourceIp = 16388,
    kNatDetectionDestinationIp = 16389,
    kCookie = 16390,
    kUseTransportMode = 16391,
    kHttpCertLookupSupported = 16392,
    kRekeySa = 16393,
    kEspTfcPaddingNotSupported = 16394,
    kNonFirstFragmentsAlso = 16395,
    kMobikeSupported = 16396,  // RFC 4555 4.2, as the next six
    kAdditionalIp4Address = 16397,
    kAdditionalIp6Address = 16398,
    kNoAdditionalAddresses = 16399,
    kUpdateSaAddresses = 16400,
    kCookie2 = 16401,
    kNoNatsAllowed = 16402,
    kAuthLifetime = 16403,       // RFC 4478 3
    kRedirectSupported = 16406,  // RFC 5685 8, as the next two
    kRedirect = 16407,
    kRedirectedFrom = 16408,
    kChildlessIkev2Supported = 16418,  // RFC 6023 3
    kQcdToken = 16419,                 // RFC 6290 4.1
    kFragmentationSupported = 16430,   // RFC 7383 2.3
    kSignatureHashAlgorithms = 16431,  // RFC 7427 4
    kUsePpk = 16435,                   // RFC 8784 5, as the next two
    kPpkIdentity = 16436,
    kNoPpkAuth = 16437,
    kIntermediateExchangeSupported = 16438,  // RFC 9242 3.1
    kAdditionalKeyExchange = 16441,          // RFC 9370 2.2.4
};

constexpr bool is_error(NotifyType type) {
    return static_cast<std::uint16_t>(type) < 16384;
}

}  // namespace esplane::ike::wire
