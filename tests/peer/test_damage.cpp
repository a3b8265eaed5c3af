// Every payload of every message left out, doubled, moved, cut and lengthened by an octet, and every transform ID: the
// peer seals the damage properly, so that it reaches what parses and judges it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/peer/scene.h"

namespace esplane::peer {

namespace {

/// Which message is damaged, and where the two stand then.
struct Place {
    const char* name;
    Stage stage;
    std::uint8_t exchange;
    bool response;
    Chain (*proper)(Scene&);
};

const Place kPlaces[] = {
    {"IKE_SA_INIT request", Stage::kStranger, kInit, false, [](Scene& scene) { return scene.peer.init_chain(); }},
    {"IKE_SA_INIT response", Stage::kCalled, kInit, true,
     [](Scene& scene) {
         scene.peer.take_init_request(scene.heard.back());
         return scene.peer.init_answer_chain();
     }},
    {"IKE_AUTH request", Stage::kHalfOpen, kAuthExchange, false, [](Scene& scene) { return scene.peer.auth_chain(); }},
    {"IKE_AUTH response", Stage::kAuthenticating, kAuthExchange, true,
     [](Scene& scene) { return scene.peer.auth_answer_chain(scene.asked.chain); }},
    {"request of a CHILD_SA", Stage::kGuest, kCreateChild, false,
     [](Scene& scene) { return scene.peer.child_chain(); }},
    {"rekey of a CHILD_SA", Stage::kGuest, kCreateChild, false,
     [](Scene& scene) { return scene.peer.child_rekey_chain(scene.peer.children.front().spi_in); }},
    {"answer to the rekey of a CHILD_SA", Stage::kChildRekey, kCreateChild, true,
     [](Scene& scene) { return scene.peer.child_answer_chain(scene.asked.chain); }},
    {"rekey of the IKE SA", Stage::kGuest, kCreateChild, false,
     [](Scene& scene) { return scene.peer.ike_rekey_chain(); }},
    {"answer to the rekey of the IKE SA", Stage::kIkeRekey, kCreateChild, true,
     [](Scene& scene) { return scene.peer.ike_rekey_answer_chain(scene.asked.chain); }},
    {"Delete", Stage::kGuest, kInformational, false,
     [](Scene& scene) { return Chain{delete_of(kEsp, {scene.peer.children.front().spi_in})}; }},
};

void send(Scene& scene, const Place& place, const Chain& chain) {
    if (place.exchange == kInit)
        scene.say(place.response ? scene.peer.init_response(chain) : scene.peer.init_request(chain));
    else if (place.response)
        scene.answer(chain);
    else
        scene.ask(place.exchange, chain);
}

enum class Damage : std::uint8_t { kOmitted, kDoubled, kMovedToFront, kCut, kLengthened };
constexpr const char* kDamageNames[] = {"left out", "doubled", "moved to the front", "cut", "lengthened"};

Chain damaged(Chain chain, std::size_t which, Damage damage) {
    const auto at = chain.begin() + static_cast<std::ptrdiff_t>(which);
    switch (damage) {
        case Damage::kOmitted:
            chain.erase(at);
            break;
        case Damage::kDoubled:
            chain.insert(at, Payload(*at));
            break;
        case Damage::kMovedToFront:
            std::rotate(chain.begin(), at, at + 1);
            break;
        case Damage::kCut:
            at->body.pop_back();
            break;
        case Damage::kLengthened:
            at->body.push_back(0);
            break;
    }
    return chain;
}

/// What an honest engine may say to a damaged request; 0 stands for "agrees", or answers without an error.
std::set<std::uint16_t> allowed(const Place& place, std::uint8_t type, Damage damage) {
    const bool many = type == kNotify || type == kDelete;
    if (damage == Damage::kMovedToFront) return {0};  // RFC 7296 2.5: the order means nothing
    if (damage == Damage::kOmitted) {
        if (many) return {0};
        if (place.exchange == kCreateChild && type == kKe)
            return {says::kInvalidSyntax, says::kInvalidKe};      // a CHILD_SA may do without, a rekey of IKE not
        if (type == kAuth) return {says::kAuthenticationFailed};  // it asks for EAP (2.16), which the tunnel does not
        return {says::kInvalidSyntax};
    }
    if (damage == Damage::kDoubled) return {many ? std::uint16_t{0} : says::kInvalidSyntax};
    switch (type) {
        case kNonce:  // any of 16 to 256 octets is one
            return {0};
        case kIdi:
        case kAuth:
            return {says::kAuthenticationFailed};
        case kNotify:  // of REKEY_SA: its SPI is cut, or data stands behind it
            return damage == Damage::kCut ? std::set<std::uint16_t>{says::kInvalidSyntax} : std::set<std::uint16_t>{0};
        default:
            return {says::kInvalidSyntax};
    }
}

std::uint16_t error_in(const Chain& chain) {
    for (const Payload& each : chain) {
        const auto type = each.type == kNotify ? load_be<std::uint16_t>(each.body.data() + 2) : std::uint16_t{16384};
        if (type < 16384) return type;
    }
    return 0;
}

/// Before AUTH nothing is there; afterwards whatever is there is what policy allows.
void check_state(Scene& scene, const Place& place) {
    CHECK(scene.broken() == "");
    if (place.exchange != kInit) return;
    CHECK(scene.engine.dataplane().children().empty());
    CHECK_FALSE(scene.engine.status().ike);
}

void check_damage(const Place& place, std::size_t which, Damage damage) {
    Scene scene(place.stage);
    const Chain chain = place.proper(scene);
    INFO("payload " << int{chain[which].type} << " " << kDamageNames[static_cast<std::size_t>(damage)]);
    send(scene, place, damaged(chain, which, damage));
    const auto heard = scene.heard_chains();
    if (!place.response) {
        REQUIRE(heard.size() == 1);
        CHECK(allowed(place, chain[which].type, damage).count(error_in(heard.front())) == 1);
    }
    check_state(scene, place);
    CHECK(scene.honest_peer_fails() == "");
    CHECK(scene.broken() == "");
}

/// `id` in place of the transforms of its type, or beside the others if there is none.
Chain with_transform(const Chain& chain, std::uint8_t type, std::uint16_t id) {
    auto proposals = read_sa(chain).value();
    auto& transforms = proposals.front().transforms;
    std::uint16_t key_bits = 0;
    for (const Transform& each : transforms)
        key_bits = each.type == type ? each.key_bits : key_bits;
    std::erase_if(transforms, [&](const Transform& each) { return each.type == type; });
    transforms.push_back({type, id, key_bits});
    return replaced(chain, sa(proposals));
}

/// Whether this ID in place of all others of its type leaves something that the tunnel is configured with.
bool may_agree(const Place& place, bool is_ike, std::uint8_t type, std::uint16_t id) {
    switch (type) {
        case kEncr:
            return id == kAesGcm16;
        case kPrf:
            return is_ike && id == kHmacSha256;
        case kInteg:
            return id == 0;  // RFC 5282 8: none beside an AEAD
        case kDh:
            // RFC 7296 1.2: IKE_AUTH has no key exchange; a group offered there is nothing to agree on.
            if (place.exchange == kAuthExchange) return !place.response || id == 0;
            return id == kX25519;
        default:
            return !is_ike && id <= 1;
    }
}

/// Whether the engine holds for agreed on what it was told.
bool is_agreed(Scene& scene, const Place& place, bool is_ike, const std::optional<ike::IkeStatus>& before) {
    if (!place.response) {
        const auto heard = scene.heard_chains();
        return heard.size() == 1 && !has_error(heard.front());
    }
    if (place.exchange == kInit) return !scene.heard.empty();
    if (is_ike) return scene.engine.status().ike && scene.engine.status().ike->spi_i != before->spi_i;
    const auto& children = scene.engine.dataplane().children();
    return std::any_of(children.begin(), children.end(), [&](const auto& each) {
        return dataplane::to_number(each.second.options.spi_out) == scene.peer.children.back().spi_in;
    });
}

void check_transform(const Place& place, std::uint8_t type, std::uint16_t id) {
    Scene scene(place.stage);
    const auto before = scene.engine.status().ike;
    const Chain chain = place.proper(scene);
    const bool is_ike = read_sa(chain).value().front().protocol == kIke;
    INFO("transform " << id << " of type " << int{type});
    send(scene, place, with_transform(chain, type, id));
    const bool expected = may_agree(place, is_ike, type, id);
    CHECK(is_agreed(scene, place, is_ike, before) == expected);
    if (!place.response && !expected) CHECK(error_in(scene.heard_chains().front()) == says::kNoProposalChosen);
    check_state(scene, place);
    if (id % 50 != 0) return;
    CHECK(scene.honest_peer_fails() == "");
    CHECK(scene.broken() == "");
}

}  // namespace

TEST_CASE("every payload of every message damaged in every way") {
    for (const Place& place : kPlaces) {
        INFO(place.name);
        Scene scene(place.stage);
        const std::size_t payloads = place.proper(scene).size();
        for (std::size_t which = 0; which < payloads; ++which) {
            for (const Damage damage :
                 {Damage::kOmitted, Damage::kDoubled, Damage::kMovedToFront, Damage::kCut, Damage::kLengthened})
                check_damage(place, which, damage);
        }
    }
}

TEST_CASE("every transform ID in every proposal") {
    for (const Place& place : kPlaces) {
        if (place.exchange == kInformational) continue;
        INFO(place.name);
        for (const std::uint8_t type : {kEncr, kPrf, kInteg, kDh, kEsn}) {
            for (std::uint16_t id = 0; id <= 300; ++id)
                check_transform(place, type, id);
        }
    }
}

}  // namespace esplane::peer
