// Requests of an authenticated peer on an established IKE SA.

#include "tests/peer/misbehaviours.h"

namespace esplane::peer {

namespace {

std::function<void(Scene&)> informs(const Chain& chain) {
    return [=](Scene& scene) { scene.ask(kInformational, chain); };
}

std::function<void(Scene&)> asks_child(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) { scene.ask(kCreateChild, spoil(scene.peer.child_chain())); };
}

std::function<void(Scene&)> asks_ike(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) { scene.ask(kCreateChild, spoil(scene.peer.ike_rekey_chain())); };
}

std::function<void(Scene&)> rekeys(const Bytes& spi) {
    return asks_child([=](Chain chain) {
        chain.insert(chain.begin(), notify(says::kRekeySa, {}, kEsp, spi));
        return chain;
    });
}

Payload ike_offer(const Bytes& spi) {
    return sa({{1, kIke, spi, {{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}}}});
}

Payload esp_offer(const Bytes& spi, const std::vector<Transform>& transforms) {
    return sa({{1, kEsp, spi, transforms}});
}

std::uint32_t own_spi(const Scene& scene) {
    return scene.peer.children.front().spi_in;
}

void rekeys_twice(Scene& scene) {
    const std::uint32_t old = own_spi(scene);
    scene.ask(kCreateChild, scene.peer.child_rekey_chain(old));
    scene.heard_chains();  // so that the peer knows what was agreed on
    scene.ask(kCreateChild, scene.peer.child_rekey_chain(old));
}

void deletes_just_behind(Scene& scene) {
    const std::uint32_t old = own_spi(scene);
    scene.ask(kCreateChild, scene.peer.child_rekey_chain(old));
    scene.heard_chains();
    scene.ask(kInformational, {delete_of(kEsp, {old})});
}

void says_ids(Scene& scene, std::initializer_list<std::uint32_t> ids, bool response) {
    for (const std::uint32_t id : ids)
        scene.say(scene.peer.seal(kInformational, response, id, {delete_of(kIke, {})}));
}

void reflects(Scene& scene) {
    scene.ask(kInformational, {});
    scene.say(Bytes(scene.heard.back()));
}

void floods(Scene& scene) {
    for (int i = 0; i < 500; ++i)
        scene.ask(kInformational, {notify(40000, Bytes(100))});
}

void floods_children(Scene& scene) {
    for (int i = 0; i < 80; ++i) {
        scene.ask(kCreateChild, scene.peer.child_chain());
        if (i < 79) scene.heard_chains();
    }
}

void unprotected(Scene& scene, const Chain& chain) {
    scene.say(encode(scene.peer.header(kInformational, false, scene.next_id), chain));
}

void from_elsewhere(Scene& scene) {
    scene.say(scene.peer.seal(kInformational, false, scene.next_id++, {}),
              {{sim::kLeft, 500}, {IpAddress::v4(0xcb007105), 4711}});
}

}  // namespace

std::vector<Misbehaviour> misbehaviours_of_guests() {
    const auto G = Stage::kGuest;
    const auto stands = After::kStands;
    const auto N = After::kNothing;
    const Wire syntax = refuses(says::kInvalidSyntax), no_proposal = refuses(says::kNoProposalChosen);
    const char* const broken = "protocol_error";
    const char* const no_esp = "no_common_esp_proposal";
    return {
        {"critical_unknown_payload_in_create_child", G, asks_child([](Chain chain) {
             return with(std::move(chain), {200, {}, true});
         }),
         refuses(says::kUnsupportedCriticalPayload), stands},
        {"delete_of_unknown_spi", G, informs({delete_of(kEsp, {0x01020304})}), kPlain, stands},
        {"delete_of_spi_zero", G, informs({delete_of(kEsp, {0})}), kPlain, stands},
        {"delete_of_our_inbound_spi", G,
         [](Scene& scene) { scene.ask(kInformational, {delete_of(kEsp, {scene.peer.children.front().spi_out})}); },
         kPlain, stands},
        {"delete_of_ah", G, [](Scene& scene) { scene.ask(kInformational, {delete_of(kAh, {own_spi(scene)})}); }, kPlain,
         stands},
        {"delete_of_nothing", G, informs({delete_of(kEsp, {})}), kPlain, stands},
        {"delete_twice_in_one_message", G,
         [](Scene& scene) {
             scene.ask(kInformational, {delete_of(kEsp, {own_spi(scene), own_spi(scene)})});
         },
         kDeletes, After::kBare, "deleted_by_peer"},
        {"delete_counts_more_spis_than_there_are", G, informs({{kDelete, {kEsp, 4, 0, 9, 1, 2, 3, 4}}}), syntax, N,
         broken},
        {"delete_of_ike_with_spis", G, informs({{kDelete, joined({Bytes{kIke, 8, 0, 1}, Bytes(8, 1)})}}), syntax, N,
         broken},
        {"delete_of_1025_spis", G, informs({delete_of(kEsp, std::vector<std::uint32_t>(1025, 7777))}), syntax, N,
         broken},
        {"rekey_with_spi_zero", G, rekeys({0, 0, 0, 0}), refuses(says::kChildSaNotFound), stands},
        {"rekey_without_spi", G, rekeys({}), refuses(says::kChildSaNotFound), stands},
        {"rekey_of_unknown_spi", G, rekeys({1, 2, 3, 4}), refuses(says::kChildSaNotFound), stands},
        {"rekey_twice_before_delete", G, rekeys_twice, refuses(says::kTemporaryFailure), stands},
        {"delete_just_behind_the_response", G, deletes_just_behind, kDeletes, stands},
        {"child_with_spi_zero_later", G, asks_child([](Chain chain) {
             return replaced(std::move(chain),
                             esp_offer({0, 0, 0, 0}, {{kEncr, kAesGcm16, 256}, {kDh, kX25519}, {kEsn, 0}}));
         }),
         no_proposal, stands, no_esp},
        {"child_without_pfs", G, asks_child([](Chain chain) {
             return without(replaced(std::move(chain), esp_offer({1, 2, 3, 4}, {{kEncr, kAesGcm16, 256}, {kEsn, 0}})),
                            kKe);
         }),
         no_proposal, stands, "pfs_mismatch"},
        {"child_offers_pfs_without_a_value", G, asks_child([](Chain chain) { return without(std::move(chain), kKe); }),
         refuses(says::kInvalidKe), stands},
        {"child_ke_of_the_wrong_group", G,
         asks_child([](Chain chain) { return replaced(std::move(chain), ke(19, Bytes(64, 1))); }),
         refuses(says::kInvalidKe), stands},
        {"child_ke_of_zeros", G,
         asks_child([](Chain chain) { return replaced(std::move(chain), ke(kX25519, Bytes(32))); }), syntax, stands,
         broken},
        {"child_without_nonce", G, asks_child([](Chain chain) { return without(std::move(chain), kNonce); }), syntax, N,
         broken},
        {"child_without_selectors", G, asks_child([](Chain chain) { return without(std::move(chain), kTsi); }), syntax,
         N, broken},
        {"child_asks_for_traffic_of_others", G,
         asks_child([](Chain chain) { return replaced(std::move(chain), selector(kTsr, 0x0a630000, 0x0a63ffff)); }),
         refuses(says::kTsUnacceptable), stands, "no_common_selector"},
        {"ike_rekey_with_spi_zero", G,
         asks_ike([](Chain chain) { return replaced(std::move(chain), ike_offer(Bytes(8))); }), no_proposal, stands},
        {"ike_rekey_without_spi", G, asks_ike([](Chain chain) { return replaced(std::move(chain), ike_offer({})); }),
         no_proposal, stands},
        {"ike_rekey_of_the_wrong_group", G,
         asks_ike([](Chain chain) { return replaced(std::move(chain), ke(19, Bytes(64, 1))); }),
         refuses(says::kInvalidKe), stands},
        {"ike_rekey_with_ke_of_zeros", G,
         asks_ike([](Chain chain) { return replaced(std::move(chain), ke(kX25519, Bytes(32))); }), syntax, stands},
        {"ike_rekey_without_ke", G, asks_ike([](Chain chain) { return without(std::move(chain), kKe); }), syntax, N,
         broken},
        {"message_id_jumps", G,
         [](Scene& scene) {
             says_ids(scene, {3, 4, 1000, 0xffffffff}, false);
         },
         kSilence, stands},
        {"message_id_goes_back", G,
         [](Scene& scene) {
             says_ids(scene, {0, 1}, false);
         },
         kSilence, stands},
        {"response_to_nothing", G,
         [](Scene& scene) {
             says_ids(scene, {0, 1, 2}, true);
         },
         kSilence, stands},
        {"reflects_our_answer", G, reflects, kSilence, stands},
        {"second_ike_auth", G, [](Scene& scene) { scene.ask(kAuthExchange, scene.peer.auth_chain()); }, kSilence,
         stands},
        {"unknown_exchange", G, [](Scene& scene) { scene.ask(200, {}); }, kSilence, stands},
        {"unprotected_delete", G, [](Scene& scene) { unprotected(scene, {delete_of(kIke, {})}); }, kSilence, stands},
        {"unprotected_invalid_spi", G,
         [](Scene& scene) { unprotected(scene, {notify(says::kInvalidSpi, Bytes(4, 1))}); }, kSilence, stands},
        {"unprotected_authentication_failed", G,
         [](Scene& scene) { unprotected(scene, {notify(says::kAuthenticationFailed)}); }, kSilence, stands},
        {"moves_although_it_is_behind_no_nat", G, from_elsewhere, kPlain, stands},
        {"eap_in_informational", G, informs({{kEap, {2, 1, 0, 5, 1}}}), syntax, N, broken},
        {"eap_in_ike_auth", G,
         [](Scene& scene) {
             scene.ask(kAuthExchange, {{kEap, {2, 1, 0, 5, 1}}});
         },
         kSilence, stands},
        {"cookie_of_65_octets_inside_sk", G, informs({notify(says::kCookie, Bytes(65, 1))}), syntax, N, broken},
        {"payload_of_three_octets", G,
         [](Scene& scene) {
             scene.say(scene.peer.seal_octets(kInformational, false, scene.next_id++, kNotify, Bytes{0, 0, 0, 3, 0}));
         },
         syntax, N, broken},
        {"informational_flood", G, floods, kPlain, stands},
        {"flood_of_child_sas", G, floods_children, refuses(says::kNoAdditionalSas), After::kMore},
    };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of functions in a list

}  // namespace esplane::peer
