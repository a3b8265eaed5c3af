// Proposals for the tests of their negotiation.
#pragma once

#include <catch2/catch.hpp>

#include "ike/core/proposals.h"

namespace esplane::ike::samples {

using crypto::DhId;
using wire::Proposal;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;
using T = TransformType;

inline const Bytes kNoSpi;
inline const Bytes kIkeSpi(8, 0x31);
inline const Bytes kEspSpi(4, 0x32);

inline std::vector<IkeProposal> ike(std::initializer_list<std::string_view> written) {
    std::vector<IkeProposal> proposals;
    for (const std::string_view text : written) {
        const auto parsed = parse_ike_proposal(text);
        INFO(text);
        REQUIRE(parsed.ok());
        proposals.push_back(*parsed);
    }
    return proposals;
}

inline std::vector<EspProposal> esp(std::initializer_list<std::string_view> written) {
    std::vector<EspProposal> proposals;
    for (const std::string_view text : written) {
        const auto parsed = parse_esp_proposal(text);
        INFO(text);
        REQUIRE(parsed.ok());
        proposals.push_back(*parsed);
    }
    return proposals;
}

inline Transform encr(std::uint16_t id, std::optional<std::uint16_t> bits) {
    return {T::kEncr, id, bits, false};
}

inline Transform other(TransformType type, std::uint16_t id) {
    return {type, id, std::nullopt, false};
}

template <typename Suite>
std::string shown(const std::optional<Chosen<Suite>>& chosen) {
    return chosen ? to_string(chosen->suite) : "none";
}

}  // namespace esplane::ike::samples
