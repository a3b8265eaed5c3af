// Offering and choosing proposals (RFC 7296 2.7, 3.3).
#pragma once

#include <optional>
#include <vector>

#include "ike/core/suite.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// As the SA payload offers them, AEADs and others in proposals of their own (3.3). `spi`: empty, or 8 octets in an IKE
/// rekey.
std::vector<wire::Proposal> offer_ike(const std::vector<IkeProposal>& configured, const Bytes& spi);
/// `spi`: the 4 octets that we chose. `with_dh` is false in IKE_AUTH, where no group is negotiated (1.2). With `esn`
/// both ESN and no ESN are offered, in this order.
std::vector<wire::Proposal> offer_esp(const std::vector<EspProposal>& configured, const Bytes& spi, bool with_dh,
                                      bool esn);

template <typename Suite>
struct Chosen {
    Suite suite;
    wire::Proposal
        answer;  ///< for the SA payload of the response, with the peer's proposal number; its `spi` still the peer's
    /// ESP: 4 octets, not of the reserved range. IKE: none in the first exchange, 8 octets, not zero, in a rekey; a
    /// choice from an offer must be checked for which it is.
    Bytes peer_spi;
};

/// As a responder: our order decides among what both have. Empty when nothing fits.
std::optional<Chosen<IkeSuite>> choose_ike(const std::vector<wire::Proposal>& offered,
                                           const std::vector<IkeProposal>& configured);
/// Without `with_dh` groups in the offer are ignored. `esn` says whether ESN may be chosen.
std::optional<Chosen<EspSuite>> choose_esp(const std::vector<wire::Proposal>& offered,
                                           const std::vector<EspProposal>& configured, bool with_dh, bool esn);

/// As an initiator: the response must hold one proposal, with one transform of each type, out of what was offered.
std::optional<Chosen<IkeSuite>> accept_ike(const std::vector<wire::Proposal>& answered,
                                           const std::vector<wire::Proposal>& offered);
std::optional<Chosen<EspSuite>> accept_esp(const std::vector<wire::Proposal>& answered,
                                           const std::vector<wire::Proposal>& offered);

/// Whether `group` stands in one of the proposals: an INVALID_KE_PAYLOAD may only ask for such (trap of downgrade).
bool offers_group(const std::vector<wire::Proposal>& offered, crypto::DhId group);

}  // namespace esplane::ike
