// Suites as an operator writes them and as the wire carries them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/algorithms.h"
#include "crypto/result.h"
#include "ike/core/additional_exchanges.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// One line of configuration; several of a kind mean "any of these, in this order": "aes256-aes128-sha256-modp2048".
struct IkeProposal {
    std::vector<crypto::Encr> encr;
    std::vector<crypto::PrfId> prf;      ///< from the integrity's hash where not written
    std::vector<crypto::IntegId> integ;  ///< empty for AEADs
    std::vector<crypto::DhId> dh;        ///< never empty
    AdditionalOffers additional{};
    friend bool operator==(const IkeProposal&, const IkeProposal&) = default;
};

struct EspProposal {
    std::vector<crypto::Encr> encr;
    std::vector<crypto::IntegId> integ;
    std::vector<crypto::DhId> dh;  ///< empty: no PFS
    friend bool operator==(const EspProposal&, const EspProposal&) = default;
};

/// The one suite that came out of a negotiation.
struct IkeSuite {
    crypto::Encr encr;
    crypto::PrfId prf = crypto::PrfId::kHmacSha256;
    crypto::IntegId integ = crypto::IntegId::kNone;
    crypto::DhId dh = crypto::DhId::kEcp256;
    AdditionalChoice additional{};
    friend bool operator==(const IkeSuite&, const IkeSuite&) = default;
};

struct EspSuite {
    crypto::Encr encr;
    crypto::IntegId integ = crypto::IntegId::kNone;
    crypto::DhId dh = crypto::DhId::kNone;
    bool esn = false;
    friend bool operator==(const EspSuite&, const EspSuite&) = default;
};

/// The error is for the operator: which word, what is accepted, and for a weak algorithm what to use instead.
Result<IkeProposal, std::string> parse_ike_proposal(std::string_view text);
/// `allow_insecure` lets it have ciphers that do not encrypt: "null-sha256", "aes256gmac".
Result<EspProposal, std::string> parse_esp_proposal(std::string_view text, bool allow_insecure = false);
/// False if it could be agreed on to send packets in clear, however authentic.
bool encrypts(const EspProposal& proposal);

std::string to_string(const IkeProposal& proposal);
std::string to_string(const EspProposal& proposal);
std::string to_string(const IkeSuite& suite);  ///< "aes256gcm16-prfsha256-ecp256-ke1_mlkem768"
std::string to_string(const EspSuite& suite);  ///< "aes256gcm16-ecp256", "aes256gcm16-esn" …
/// What a peer offered, also algorithms that we do not have: "3des-sha1-modp1024, aes256-sha256-modp2048".
std::string to_string(const std::vector<wire::Proposal>& offered);

}  // namespace esplane::ike
