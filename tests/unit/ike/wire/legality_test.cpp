#include "ike/wire/legality.h"

#include <catch2/catch.hpp>
#include <functional>

#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

constexpr bool kRequest = false;
constexpr bool kResponse = true;

Payloads init() {
    return samples::init_request();
}

Payloads auth(bool is_response) {
    Payloads payloads = samples::auth_request();
    payloads.id_r = Id{1, {192, 0, 2, 1}};
    if (is_response) payloads.id_i.reset();
    return payloads;
}

Payloads child() {
    Payloads payloads = samples::auth_request();
    payloads.id_i.reset();
    payloads.id_r.reset();
    payloads.auth.reset();
    payloads.nonce = Bytes(32);
    payloads.ke = Ke{19, Bytes(64)};
    return payloads;
}

Payloads ike_rekey() {
    Payloads payloads;
    payloads.sa = {samples::proposal(ProtocolId::kIke, 8)};
    payloads.nonce = Bytes(32);
    payloads.ke = Ke{19, Bytes(64)};
    return payloads;
}

/// A payload that may be taken away from a message or added to it.
struct Piece {
    std::string name;
    std::function<bool(const Payloads&)> has;
    std::function<void(Payloads&)> remove;
    std::function<void(Payloads&)> add;
};

const std::vector<Piece>& pieces() {
    static const std::vector<Piece> kPieces{
        {"SA", [](const auto& p) { return p.sa.has_value(); }, [](auto& p) { p.sa.reset(); },
         [](auto& p) { p.sa = {samples::proposal(ProtocolId::kEsp, 4)}; }},
        {"KE", [](const auto& p) { return p.ke.has_value(); }, [](auto& p) { p.ke.reset(); },
         [](auto& p) {
             p.ke = Ke{19, Bytes(64)};
         }},
        {"Nonce", [](const auto& p) { return p.nonce.has_value(); }, [](auto& p) { p.nonce.reset(); },
         [](auto& p) { p.nonce = Bytes(16); }},
        {"IDi", [](const auto& p) { return p.id_i.has_value(); }, [](auto& p) { p.id_i.reset(); },
         [](auto& p) { p.id_i = Id{}; }},
        {"IDr", [](const auto& p) { return p.id_r.has_value(); }, [](auto& p) { p.id_r.reset(); },
         [](auto& p) { p.id_r = Id{}; }},
        {"AUTH", [](const auto& p) { return p.auth.has_value(); }, [](auto& p) { p.auth.reset(); },
         [](auto& p) { p.auth = Auth{}; }},
        {"TSi", [](const auto& p) { return p.ts_i.has_value(); }, [](auto& p) { p.ts_i.reset(); },
         [](auto& p) { p.ts_i.emplace(); }},
        {"TSr", [](const auto& p) { return p.ts_r.has_value(); }, [](auto& p) { p.ts_r.reset(); },
         [](auto& p) { p.ts_r.emplace(); }},
        {"EAP", [](const auto& p) { return p.eap.has_value(); }, [](auto& p) { p.eap.reset(); },
         [](auto& p) { p.eap = Bytes(4); }},
        {"Delete", [](const auto& p) { return !p.deletes.empty(); }, [](auto& p) { p.deletes.clear(); },
         [](auto& p) { p.deletes.emplace_back(); }},
    };
    return kPieces;
}

struct Message {
    std::string name;
    ExchangeType exchange;
    bool is_response;
    Payloads payloads;
    std::string_view optional;  ///< names of pieces that may be there or not, separated by blanks
};

std::vector<Message> messages() {
    return {
        {"IKE_SA_INIT request", ExchangeType::kIkeSaInit, kRequest, init(), ""},
        {"IKE_SA_INIT response", ExchangeType::kIkeSaInit, kResponse, init(), ""},
        {"IKE_AUTH request", ExchangeType::kIkeAuth, kRequest, auth(kRequest), "IDr AUTH"},
        {"IKE_AUTH response", ExchangeType::kIkeAuth, kResponse, auth(kResponse), "IDr"},
        {"new CHILD_SA, request", ExchangeType::kCreateChildSa, kRequest, child(), "KE"},
        {"new CHILD_SA, response", ExchangeType::kCreateChildSa, kResponse, child(), "KE"},
        {"IKE rekey, request", ExchangeType::kCreateChildSa, kRequest, ike_rekey(), ""},
        {"IKE rekey, response", ExchangeType::kCreateChildSa, kResponse, ike_rekey(), ""},
        {"INFORMATIONAL request", ExchangeType::kInformational, kRequest, samples::deletion(), "Delete"},
        {"INFORMATIONAL response", ExchangeType::kInformational, kResponse, samples::deletion(), "Delete"},
    };
}

std::optional<std::string> judge(const Message& message, const Payloads& payloads) {
    return find_illegality(message.exchange, message.is_response, payloads);
}

TEST_CASE("Each exchange is legal as RFC 7296 shows it") {
    for (const Message& message : messages()) {
        INFO(message.name);
        CHECK(judge(message, message.payloads) == std::nullopt);
    }
}

TEST_CASE("A message that lacks any one payload is illegal, unless it may; one with any other added is") {
    for (const Message& message : messages()) {
        for (const Piece& piece : pieces()) {
            INFO(message.name << ", " << piece.name);
            Payloads payloads = message.payloads;
            const bool is_there = piece.has(payloads);
            (is_there ? piece.remove : piece.add)(payloads);
            const auto found = judge(message, payloads);
            const bool is_optional = message.optional.find(piece.name) != std::string_view::npos;
            REQUIRE(found.has_value() == !(is_there && is_optional));
            // Without SA the purpose of CREATE_CHILD_SA is open, and with EAP IKE_AUTH is another one.
            if (found && piece.name != "SA" && piece.name != "EAP") {
                CHECK(found->find(is_there ? "lacks " + piece.name : "may not: " + piece.name) != std::string::npos);
            }
        }
    }
}

TEST_CASE("A response that refuses needs nothing else, a request with the same notify does") {
    for (const Message& message : messages()) {
        if (message.exchange == ExchangeType::kInformational) continue;
        INFO(message.name);
        Payloads refusal;
        refusal.notifies = {samples::notify(NotifyType::kNoProposalChosen)};
        CHECK(judge(message, refusal).has_value() == !message.is_response);
        Payloads status;
        status.notifies = {samples::notify(NotifyType::kAdditionalTsPossible)};
        CHECK(judge(message, status).has_value());
    }
}

TEST_CASE("IKE_AUTH makes a CHILD_SA, or none, never half of one") {
    for (const bool is_response : {kRequest, kResponse}) {
        Payloads childless = auth(is_response);
        childless.sa.reset();
        CHECK(find_illegality(ExchangeType::kIkeAuth, is_response, childless).has_value());
        childless.ts_i.reset();
        CHECK(find_illegality(ExchangeType::kIkeAuth, is_response, childless).has_value());
        childless.ts_r.reset();
        CHECK(find_illegality(ExchangeType::kIkeAuth, is_response, childless) == std::nullopt);
    }
}

TEST_CASE("An IKE_AUTH response may refuse the CHILD_SA alone") {
    Payloads payloads = auth(kResponse);
    payloads.sa.reset();
    payloads.ts_i.reset();
    CHECK(find_illegality(ExchangeType::kIkeAuth, kResponse, payloads).has_value());
    payloads.ts_r.reset();
    payloads.notifies = {samples::notify(NotifyType::kTsUnacceptable)};
    CHECK(find_illegality(ExchangeType::kIkeAuth, kResponse, payloads) == std::nullopt);
}

TEST_CASE("An IKE_SA_INIT response may ask for a cookie, no other message may do so instead of its payloads") {
    Payloads payloads;
    payloads.notifies = {samples::notify(NotifyType::kCookie, 8)};
    for (const Message& message : messages()) {
        INFO(message.name);
        const bool may = message.exchange == ExchangeType::kInformational ||
                         (message.exchange == ExchangeType::kIkeSaInit && message.is_response);
        CHECK(judge(message, payloads).has_value() == !may);
    }
}

TEST_CASE("What we do not use is no offence anywhere") {
    for (const Message& message : messages()) {
        INFO(message.name);
        Payloads payloads = message.payloads;
        payloads.certs.resize(1);
        payloads.cert_requests.resize(1);
        payloads.vendor_ids.push_back(Bytes(3));
        payloads.notifies.push_back(Notify{ProtocolId{77}, {}, 50000, {}});
        payloads.notifies.push_back(Notify{ProtocolId::kNone, {}, 9999, {}});
        CHECK(judge(message, payloads) == std::nullopt);
    }
}

/// What IKE_AUTH with EAP is made of (RFC 7296 C.3), in order. Some with one piece less or more are another message of
/// IKE_AUTH, which is legal, too: those pieces count as optional.
std::vector<Message> eap_messages() {
    Payloads first = auth(kRequest);
    first.auth.reset();
    Payloads childless = first;
    childless.sa.reset();
    childless.ts_i.reset();
    childless.ts_r.reset();
    Payloads proof;
    proof.id_r = Id{};
    proof.auth = Auth{};
    proof.eap = Bytes(5);
    Payloads round;
    round.eap = Bytes(5);
    Payloads last;
    last.auth = Auth{};
    Payloads made = auth(kResponse);
    made.id_r.reset();
    const auto type = ExchangeType::kIkeAuth;
    return {
        {"first request", type, kRequest, first, "IDr AUTH"},
        {"first request, childless", type, kRequest, childless, "IDr AUTH"},
        {"first response", type, kResponse, proof, "AUTH EAP"},  // the core refuses one without AUTH
        {"round, request", type, kRequest, round, ""},
        {"round, response", type, kResponse, round, "IDr"},
        {"last request", type, kRequest, last, "IDi"},
        {"last response", type, kResponse, made, "IDr"},
        {"last response, childless", type, kResponse, last, "IDr"},
    };
}

TEST_CASE("IKE_AUTH with EAP has in each round what it must, and nothing else") {
    for (const Message& message : eap_messages()) {
        CHECK(judge(message, message.payloads) == std::nullopt);
        for (const Piece& piece : pieces()) {
            INFO(message.name << ", " << piece.name);
            Payloads payloads = message.payloads;
            const bool is_there = piece.has(payloads);
            (is_there ? piece.remove : piece.add)(payloads);
            const bool is_legal = message.optional.find(piece.name) != std::string_view::npos;
            CHECK(judge(message, payloads).has_value() == !is_legal);
        }
    }
}

TEST_CASE("EAP has a place in no other exchange") {
    for (const Message& message : messages()) {
        INFO(message.name);
        Payloads payloads = message.payloads;
        payloads.eap = Bytes(5);
        CHECK(judge(message, payloads).has_value());
    }
}

TEST_CASE("Exchanges that we do not know are illegal") {
    for (int number = 0; number < 256; ++number) {
        const ExchangeType exchange{static_cast<std::uint8_t>(number)};
        const bool is_known = number >= 34 && number <= 37;
        CHECK(find_illegality(exchange, kRequest, Payloads{}).has_value() == !(is_known && number == 37));
        CHECK(find_illegality(exchange, kResponse, Payloads{}).has_value() == !(is_known && number == 37));
    }
}

}  // namespace
}  // namespace esplane::ike::wire
