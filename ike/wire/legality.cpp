#include "ike/wire/legality.h"

#include <array>
#include <string_view>

namespace esplane::ike::wire {
namespace {

/// The payloads that the table is about, as bits. Notify, Vendor ID, CERT, CERTREQ and CP may stand anywhere: what we
/// do not use of them is ignored (RFC 7296 2.5, 3.10.1, 3.12).
enum Kind : std::uint16_t {
    kSa = 1 << 0,
    kKe = 1 << 1,
    kNonce = 1 << 2,
    kIdi = 1 << 3,
    kIdr = 1 << 4,
    kAuth = 1 << 5,
    kTsi = 1 << 6,
    kTsr = 1 << 7,
    kDelete = 1 << 8,
    kEap = 1 << 9,
};
using Kinds = std::uint16_t;

constexpr std::array<std::string_view, 10> kKindNames{"SA",   "KE",  "Nonce", "IDi",    "IDr",
                                                      "AUTH", "TSi", "TSr",   "Delete", "EAP"};

/// What CREATE_CHILD_SA makes is told by the protocol of the proposals; for the other exchanges there is one answer.
/// IKE_AUTH makes a CHILD_SA, or none (RFC 6023), and does so at once, or after rounds of EAP (RFC 7296 2.16): the
/// first request lacks AUTH, and the last messages have it without an identity.
enum class Purpose : std::uint8_t {
    kAny,
    kChildSa,
    kIkeSa,
    kChildless,
    kEapBegin,
    kEapBeginChildless,
    kEapRound,
    kEapEnd,
    kEapEndChildless,
};

struct Rule {
    ExchangeType exchange;
    Purpose purpose;
    bool is_response;
    Kinds required;
    Kinds allowed;  ///< besides those required
};

constexpr bool kRequest = false;
constexpr bool kResponse = true;

// RFC 7296 1.2 (with C.1 and C.2), 2.16 (C.3), 1.3 (C.4, C.5), 1.4 (C.6).
constexpr std::array<Rule, 24> kRules{{
    {ExchangeType::kIkeSaInit, Purpose::kAny, kRequest, kSa | kKe | kNonce, 0},
    {ExchangeType::kIkeSaInit, Purpose::kAny, kResponse, kSa | kKe | kNonce, 0},
    {ExchangeType::kIkeAuth, Purpose::kAny, kRequest, kIdi | kAuth | kSa | kTsi | kTsr, kIdr},
    {ExchangeType::kIkeAuth, Purpose::kAny, kResponse, kIdr | kAuth | kSa | kTsi | kTsr, 0},
    {ExchangeType::kIkeAuth, Purpose::kChildless, kRequest, kIdi | kAuth, kIdr},
    {ExchangeType::kIkeAuth, Purpose::kChildless, kResponse, kIdr | kAuth, 0},
    {ExchangeType::kIkeAuth, Purpose::kEapBegin, kRequest, kIdi | kSa | kTsi | kTsr, kIdr},
    {ExchangeType::kIkeAuth, Purpose::kEapBeginChildless, kRequest, kIdi, kIdr},
    // Without AUTH a gateway has not proven itself (RFC 5998 lets it do so by EAP): the core says so.
    {ExchangeType::kIkeAuth, Purpose::kEapBegin, kResponse, kIdr | kEap, kAuth},
    {ExchangeType::kIkeAuth, Purpose::kEapRound, kRequest, kEap, 0},
    {ExchangeType::kIkeAuth, Purpose::kEapRound, kResponse, kEap, 0},
    {ExchangeType::kIkeAuth, Purpose::kEapEnd, kRequest, kAuth, 0},
    {ExchangeType::kIkeAuth, Purpose::kEapEnd, kResponse, kAuth | kSa | kTsi | kTsr, 0},
    {ExchangeType::kIkeAuth, Purpose::kEapEndChildless, kResponse, kAuth, 0},
    {ExchangeType::kCreateChildSa, Purpose::kChildSa, kRequest, kSa | kNonce | kTsi | kTsr, kKe},
    {ExchangeType::kCreateChildSa, Purpose::kChildSa, kResponse, kSa | kNonce | kTsi | kTsr, kKe},
    {ExchangeType::kCreateChildSa, Purpose::kIkeSa, kRequest, kSa | kNonce | kKe, 0},
    {ExchangeType::kCreateChildSa, Purpose::kIkeSa, kResponse, kSa | kNonce | kKe, 0},
    {ExchangeType::kInformational, Purpose::kAny, kRequest, 0, kDelete},
    {ExchangeType::kInformational, Purpose::kAny, kResponse, 0, kDelete},
    // Another key exchange is all that we use them for (RFC 9370 2.2.2, 2.2.4).
    {ExchangeType::kIkeIntermediate, Purpose::kAny, kRequest, kKe, 0},
    {ExchangeType::kIkeIntermediate, Purpose::kAny, kResponse, kKe, 0},
    {ExchangeType::kIkeFollowupKe, Purpose::kAny, kRequest, kKe, 0},
    {ExchangeType::kIkeFollowupKe, Purpose::kAny, kResponse, kKe, 0},
}};

Kinds kinds_of(const Payloads& payloads) {
    Kinds kinds = 0;
    const auto note = [&kinds](bool present, Kind kind) { kinds = present ? kinds | kind : kinds; };
    note(payloads.sa.has_value(), kSa);
    note(payloads.ke.has_value(), kKe);
    note(payloads.nonce.has_value(), kNonce);
    note(payloads.id_i.has_value(), kIdi);
    note(payloads.id_r.has_value(), kIdr);
    note(payloads.auth.has_value(), kAuth);
    note(payloads.ts_i.has_value(), kTsi);
    note(payloads.ts_r.has_value(), kTsr);
    note(!payloads.deletes.empty(), kDelete);
    note(payloads.eap.has_value(), kEap);
    return kinds;
}

Purpose purpose_of_auth(bool is_response, const Payloads& payloads) {
    const bool childless = !payloads.sa && !payloads.ts_i && !payloads.ts_r;
    if (payloads.eap) return is_response && payloads.id_r ? Purpose::kEapBegin : Purpose::kEapRound;
    if (!payloads.auth && !is_response) return childless ? Purpose::kEapBeginChildless : Purpose::kEapBegin;
    if (!is_response && !payloads.id_i && childless) return Purpose::kEapEnd;
    if (payloads.auth && is_response && !payloads.id_r) return childless ? Purpose::kEapEndChildless : Purpose::kEapEnd;
    return childless ? Purpose::kChildless : Purpose::kAny;
}

Purpose purpose_of(ExchangeType exchange, bool is_response, const Payloads& payloads) {
    if (exchange == ExchangeType::kIkeAuth) return purpose_of_auth(is_response, payloads);
    if (exchange != ExchangeType::kCreateChildSa) return Purpose::kAny;
    const bool is_ike = payloads.sa && !payloads.sa->empty() && payloads.sa->front().protocol == ProtocolId::kIke;
    return is_ike ? Purpose::kIkeSa : Purpose::kChildSa;
}

const Rule* find_rule(ExchangeType exchange, Purpose purpose, bool is_response) {
    for (const Rule& rule : kRules) {
        if (rule.exchange == exchange && rule.purpose == purpose && rule.is_response == is_response) return &rule;
    }
    return nullptr;
}

/// An answer that refuses, or that asks for the request to be sent once more with a cookie (2.6), has none of the
/// payloads of one that agrees.
bool is_refusal(ExchangeType exchange, bool is_response, const Payloads& payloads) {
    if (!is_response) return false;
    return payloads.first_error() != nullptr ||
           (exchange == ExchangeType::kIkeSaInit && payloads.find(NotifyType::kCookie) != nullptr);
}

std::string_view name_of(ExchangeType exchange) {
    switch (exchange) {
        case ExchangeType::kIkeSaInit:
            return "IKE_SA_INIT";
        case ExchangeType::kIkeAuth:
            return "IKE_AUTH";
        case ExchangeType::kCreateChildSa:
            return "CREATE_CHILD_SA";
        case ExchangeType::kInformational:
            return "INFORMATIONAL";
        case ExchangeType::kIkeIntermediate:
            return "IKE_INTERMEDIATE";
        case ExchangeType::kIkeFollowupKe:
            return "IKE_FOLLOWUP_KE";
    }
    return "unknown exchange";
}

std::string list(Kinds kinds) {
    std::string names;
    for (std::size_t i = 0; i < kKindNames.size(); ++i) {
        if ((kinds & (1U << i)) == 0) continue;
        if (!names.empty()) names += ", ";
        names += kKindNames[i];
    }
    return names;
}

}  // namespace

std::optional<std::string> find_illegality(ExchangeType exchange, bool is_response, const Payloads& payloads) {
    const Rule* rule = find_rule(exchange, purpose_of(exchange, is_response, payloads), is_response);
    if (rule == nullptr) return "exchange type " + std::to_string(static_cast<int>(exchange)) + " is not known";
    const std::string message = std::string(name_of(exchange)) + (is_response ? " response" : " request");
    const Kinds present = kinds_of(payloads);
    const Kinds excess = present & static_cast<Kinds>(~(rule->required | rule->allowed));
    if (excess != 0) return message + " holds what it may not: " + list(excess);
    const Kinds missing = rule->required & static_cast<Kinds>(~present);
    if (missing != 0 && !is_refusal(exchange, is_response, payloads)) return message + " lacks " + list(missing);
    return std::nullopt;
}

}  // namespace esplane::ike::wire
