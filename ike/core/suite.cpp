#include "ike/core/suite.h"

#include <algorithm>

#include "ike/core/suite_words.h"

namespace esplane::ike {
namespace {

using crypto::Encr;
using crypto::IntegId;
using crypto::PrfId;

using Outcome = Result<void, std::string>;

bool is_aead(Encr encr) {
    return crypto::is_aead(encr.id);
}

std::string first_name(const std::vector<Encr>& encr) {
    return std::string(crypto::name(encr.front()));
}

template <typename T>
Outcome add_once(std::vector<T>& list, const T& value) {
    if (std::find(list.begin(), list.end(), value) != list.end()) {
        return Failure{std::string(crypto::name(value)) + " is named twice"};
    }
    list.push_back(value);
    return {};
}

struct AddWord {
    IkeProposal& to;
    Outcome operator()(Encr encr) const { return add_once(to.encr, encr); }
    Outcome operator()(IntegId integ) const { return add_once(to.integ, integ); }
    Outcome operator()(PrfId prf) const { return add_once(to.prf, prf); }
    Outcome operator()(crypto::DhId dh) const { return add_once(to.dh, dh); }
    Outcome operator()(AdditionalWord word) const { return add_once(to.additional[word.place], word.method); }
};

Failure<std::string> problem(std::string_view text) {
    return Failure{std::string(text)};
}

/// The words by kind, in the order written. What they make together is not looked at.
Result<IkeProposal, std::string> sort_words(std::string_view text, Insecure insecure) {
    IkeProposal sorted;
    for (std::string_view rest = text;;) {
        const std::size_t hyphen = rest.find('-');
        const auto word = parse_suite_word(rest.substr(0, hyphen), insecure);
        if (!word) return Failure{word.error()};
        const auto added = std::visit(AddWord{sorted}, *word);
        if (!added) return Failure{added.error()};
        if (hyphen == std::string_view::npos) return sorted;
        rest.remove_prefix(hyphen + 1);
    }
}

// RFC 7296 3.3 and RFC 5282 8: an AEAD and a cipher that needs an integrity algorithm cannot share a proposal.
Outcome check_ciphers(const std::vector<Encr>& encr, std::string_view suggestion) {
    if (encr.empty()) return Failure{"a cipher is missing; add " + std::string(suggestion)};
    const auto aeads = std::count_if(encr.begin(), encr.end(), is_aead);
    if (aeads != 0 && aeads != static_cast<std::ptrdiff_t>(encr.size())) {
        return problem("AEADs and CBC cannot stand in one proposal; write a proposal for each");
    }
    return {};
}

/// RFC 9370 2.2.1: no method twice; one that stands in every way of choosing is a proposal that nobody can choose.
Outcome check_additional(const AdditionalOffers& additional, const std::vector<crypto::DhId>& groups) {
    std::vector<crypto::DhId> certain;
    if (groups.size() == 1) certain = groups;
    for (std::size_t place = 0; place < kMostAdditional; ++place) {
        const auto& methods = additional[place];
        const std::string word = "ke" + std::to_string(place + 1) + "_";
        if (methods == std::vector{crypto::DhId::kNone})
            return Failure{word + "none is alone in its place; leave it out, or write a method beside it"};
        if (methods.size() != 1) continue;
        if (std::find(certain.begin(), certain.end(), methods.front()) != certain.end())
            return Failure{word + std::string(crypto::name(methods.front())) +
                           " is the same key exchange once more; write another one, like ke1_mlkem768"};
        certain.push_back(methods.front());
    }
    return {};
}

std::vector<PrfId> prfs_like(const std::vector<IntegId>& integ) {
    std::vector<PrfId> prfs;
    std::transform(integ.begin(), integ.end(), std::back_inserter(prfs), prf_like);
    return prfs;
}

Outcome complete_ike(IkeProposal& proposal) {
    if (auto checked = check_ciphers(proposal.encr, "aes256gcm16 or aes256"); !checked) return checked;
    for (const Encr encr : proposal.encr) {
        if (encr.id == crypto::EncrId::kChaCha20Poly1305)
            return problem("chacha20poly1305 is available for ESP only; use aes256gcm16");
    }
    const bool aead = is_aead(proposal.encr.front());
    const std::string cipher = first_name(proposal.encr);
    if (!aead && proposal.integ.empty()) return Failure{cipher + " needs an integrity algorithm; add sha256"};
    if (proposal.prf.empty() && proposal.integ.empty()) return Failure{cipher + " needs a PRF; add prfsha256"};
    if (proposal.dh.empty()) return problem("a group is missing; add ecp256 or modp2048");
    if (auto checked = check_additional(proposal.additional, proposal.dh); !checked) return checked;
    if (proposal.prf.empty()) proposal.prf = prfs_like(proposal.integ);
    // As strongSwan reads it: beside an AEAD a hash means the PRF.
    if (aead) proposal.integ.clear();
    return {};
}

Outcome check_esp(const IkeProposal& words) {
    if (!words.prf.empty()) {
        return Failure{std::string(crypto::name(words.prf.front())) + " has no meaning for ESP; leave it out"};
    }
    if (auto checked = check_ciphers(words.encr, "aes256gcm16"); !checked) return checked;
    if (has_any(words.additional))
        return problem(
            "additional key exchanges stand in ike.proposals alone, and protect the keys of ESP from there; leave ke1_ "
            "to ke7_ out");
    if (!is_aead(words.encr.front())) {
        if (words.integ.empty()) return Failure{first_name(words.encr) + " needs an integrity algorithm; add sha256"};
    } else if (!words.integ.empty()) {
        return Failure{first_name(words.encr) + " protects integrity itself; leave " +
                       std::string(crypto::name(words.integ.front())) + " out"};
    }
    return {};
}

/// The error with the proposal that it is about in front.
Failure<std::string> about(std::string_view text, const std::string& problem) {
    constexpr std::size_t kLongestShown = 120;
    std::string shown;
    for (const char c : text.substr(0, kLongestShown)) {
        shown += c >= ' ' && c < 0x7f ? c : '?';
    }
    if (text.size() > kLongestShown) shown += "...";
    return Failure{(shown.empty() ? "the proposal is empty" : shown) + ": " + problem};
}

template <typename T>
void append_names(std::string& to, const std::vector<T>& values) {
    for (const T& value : values) {
        if (!to.empty()) to += '-';
        to += crypto::name(value);
    }
}

void append_additional(std::string& to, const AdditionalOffers& additional) {
    for (std::size_t place = 0; place < kMostAdditional; ++place) {
        for (const crypto::DhId method : additional[place])
            to += "-ke" + std::to_string(place + 1) + "_" + std::string(crypto::name(method));
    }
}

AdditionalOffers as_offers(const AdditionalChoice& chosen) {
    AdditionalOffers offers;
    for (std::size_t place = 0; place < kMostAdditional; ++place) {
        if (chosen[place] != crypto::DhId::kNone) offers[place] = {chosen[place]};
    }
    return offers;
}

}  // namespace

Result<IkeProposal, std::string> parse_ike_proposal(std::string_view text) {
    auto proposal = sort_words(text, Insecure::kNever);
    if (!proposal) return about(text, proposal.error());
    const auto completed = complete_ike(*proposal);
    if (!completed) return about(text, completed.error());
    return proposal;
}

Result<EspProposal, std::string> parse_esp_proposal(std::string_view text, bool allow_insecure) {
    auto words = sort_words(text, allow_insecure ? Insecure::kAllowed : Insecure::kRefused);
    if (!words) return about(text, words.error());
    const auto checked = check_esp(*words);
    if (!checked) return about(text, checked.error());
    return EspProposal{words->encr, words->integ, words->dh};
}

bool encrypts(const EspProposal& proposal) {
    return std::all_of(proposal.encr.begin(), proposal.encr.end(),
                       [](Encr encr) { return crypto::is_confidential(encr.id); });
}

std::string to_string(const IkeProposal& proposal) {
    std::string text;
    append_names(text, proposal.encr);
    append_names(text, proposal.integ);
    if (proposal.prf != prfs_like(proposal.integ)) append_names(text, proposal.prf);
    append_names(text, proposal.dh);
    append_additional(text, proposal.additional);
    return text;
}

std::string to_string(const EspProposal& proposal) {
    std::string text;
    append_names(text, proposal.encr);
    append_names(text, proposal.integ);
    append_names(text, proposal.dh);
    return text;
}

std::string to_string(const IkeSuite& suite) {
    IkeProposal proposal{{suite.encr}, {suite.prf}, {}, {suite.dh}, as_offers(suite.additional)};
    if (suite.integ != IntegId::kNone) proposal.integ = {suite.integ};
    return to_string(proposal);
}

std::string to_string(const EspSuite& suite) {
    EspProposal proposal{{suite.encr}, {}, {}};
    if (suite.integ != IntegId::kNone) proposal.integ = {suite.integ};
    if (suite.dh != crypto::DhId::kNone) proposal.dh = {suite.dh};
    return to_string(proposal) + (suite.esn ? "-esn" : "");
}

}  // namespace esplane::ike
