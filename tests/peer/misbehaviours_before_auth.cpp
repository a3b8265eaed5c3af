// IKE_AUTH of a hostile initiator: it holds the keys of its IKE SA, and has not proven who it is.

#include "tests/peer/misbehaviours.h"

namespace esplane::peer {

namespace {

Payload auth_of(std::uint8_t method, const Bytes& value) {
    return {kAuth, joined({Bytes{method, 0, 0, 0}, value})};
}

void auth(Scene& scene, const Chain& chain) {
    scene.ask(kAuthExchange, chain);
}

std::function<void(Scene&)> sends(const Payload& payload) {
    return [=](Scene& scene) { auth(scene, replaced(scene.peer.auth_chain(), payload)); };
}

std::function<void(Scene&)> adds(const Payload& payload) {
    return [=](Scene& scene) { auth(scene, with(scene.peer.auth_chain(), payload)); };
}

std::function<void(Scene&)> leaves_out(std::uint8_t type) {
    return [=](Scene& scene) { auth(scene, without(scene.peer.auth_chain(), type)); };
}

/// With a proof that holds for it.
std::function<void(Scene&)> claims(const Payload& id) {
    return [=](Scene& scene) {
        const Bytes proof = scene.peer.auth_value(as_bytes(scene.peer.psk), id.body);
        auth(scene, replaced(replaced(scene.peer.auth_chain(), id), auth_of(2, proof)));
    };
}

std::function<void(Scene&)> offers(const Bytes& spi, const std::vector<Transform>& transforms) {
    return sends(sa({{1, kEsp, spi, transforms}}));
}

std::function<void(Scene&)> instead(std::uint8_t exchange, const Chain& chain) {
    return [=](Scene& scene) { scene.ask(exchange, chain); };
}

std::function<void(Scene&)> fragment(std::uint16_t which, std::uint16_t total) {
    return [=](Scene& scene) {
        scene.say(scene.peer.seal_fragment(kAuthExchange, false, 1, kIdi, which, total, Bytes(100)));
    };
}

/// A half-open IKE SA whose peer takes fragments.
void agree_on_fragments(Scene& scene) {
    scene.say(scene.peer.init_request(with(scene.peer.init_chain(), notify(says::kFragmentationSupported))));
    if (!scene.heard.empty()) scene.peer.take_init_response(scene.heard.back());
}

/// In fragments, of which the receiver takes no more than it can bound.
void sends_in_fragments(Scene& scene, const Chain& chain, std::size_t room) {
    const Bytes octets = encode(chain);
    const std::size_t total = (octets.size() + room - 1) / room;
    for (std::size_t which = 1; which <= total; ++which) {
        const std::size_t begin = (which - 1) * room;
        const ByteView text = ByteView(octets).subspan(begin, std::min(room, octets.size() - begin));
        scene.say(scene.peer.seal_fragment(kAuthExchange, false, 1, which == 1 ? first_type(chain) : 0,
                                           static_cast<std::uint16_t>(which), static_cast<std::uint16_t>(total), text));
    }
}

void certificate_bomb(Scene& scene) {
    agree_on_fragments(scene);
    Chain chain = scene.peer.auth_chain();
    for (int i = 0; i < 16; ++i)
        chain.push_back({kCert, joined({Bytes{4}, Bytes(60'000, 0x30)})});
    sends_in_fragments(scene, chain, 8'000);
}

void shrinks(Scene& scene) {
    agree_on_fragments(scene);
    const Bytes octets = encode(scene.peer.auth_chain());
    scene.say(scene.peer.seal_fragment(kAuthExchange, false, 1, kIdi, 1, 3, octets));
    scene.say(scene.peer.seal_fragment(kAuthExchange, false, 1, kIdi, 1, 1, octets));
}

void whole_in_one_fragment_numbered(Scene& scene, std::uint16_t which, std::uint16_t total) {
    agree_on_fragments(scene);
    scene.say(scene.peer.seal_fragment(kAuthExchange, false, 1, kIdi, which, total, encode(scene.peer.auth_chain())));
}

void damaged(Scene& scene, std::size_t from_end) {
    Bytes request = scene.peer.seal(kAuthExchange, false, 1, scene.peer.auth_chain());
    request[request.size() - from_end] ^= 1;
    scene.say(request);
}

void tries_again(Scene& scene) {
    auth(scene, replaced(scene.peer.auth_chain(), auth_of(2, Bytes(32))));
    auth(scene, scene.peer.auth_chain());
}

void signs_its_answer(Scene& scene) {
    const Payload id = scene.peer.own_id(kIdi);
    Peer& peer = scene.peer;
    std::swap(peer.nonce_i, peer.nonce_r);
    const Bytes proof = peer.auth_value(as_bytes(peer.psk), id.body);
    std::swap(peer.nonce_i, peer.nonce_r);
    auth(scene, replaced(peer.auth_chain(), auth_of(2, proof)));
}

}  // namespace

std::vector<Misbehaviour> misbehaviours_before_auth() {
    const auto H = Stage::kHalfOpen;
    const auto N = After::kNothing;
    const Wire syntax = refuses(says::kInvalidSyntax), failed = refuses(says::kAuthenticationFailed);
    const std::vector<Transform> good{{kEncr, kAesGcm16, 256}, {kEsn, 0}};
    return {
        {"auth_with_empty_value", H, sends(auth_of(2, {})), failed, N, "wrong_psk"},
        {"auth_of_zeros", H, sends(auth_of(2, Bytes(32))), failed, N, "wrong_psk"},
        {"auth_of_31_octets", H, sends(auth_of(2, Bytes(31))), failed, N, "wrong_psk"},
        {"auth_of_another_key", H,
         [](Scene& scene) {
             scene.peer.psk = "another";
             auth(scene, scene.peer.auth_chain());
         },
         failed, N, "wrong_psk"},
        {"auth_over_its_own_nonce", H, signs_its_answer, failed, N, "wrong_psk"},
        {"auth_claims_rsa", H, sends(auth_of(1, Bytes(256, 1))), failed, N, "authentication_failed"},
        {"auth_of_method_0", H, sends(auth_of(0, Bytes(32, 1))), failed, N, "authentication_failed"},
        {"auth_of_null_method", H, sends(auth_of(13, Bytes(32, 1))), failed, N, "authentication_failed"},
        {"auth_doubled", H, adds(auth_of(2, Bytes(32))), syntax, N},
        {"idi_of_another", H, claims({kIdi, joined({Bytes{2, 0, 0, 0}, as_bytes("evil.example.org")})}), failed, N,
         "wrong_identity"},
        {"idi_with_a_zero_octet_behind", H,
         claims({kIdi, joined({Bytes{2, 0, 0, 0}, as_bytes("right.example.org"), Bytes{0}})}), failed, N,
         "wrong_identity"},
        {"idi_of_no_octets", H, claims({kIdi, {2, 0, 0, 0}}), failed, N, "wrong_identity"},
        {"idi_of_unknown_type", H, claims({kIdi, {99, 0, 0, 0, 1}}), failed, N, "wrong_identity"},
        {"idi_of_2049_octets", H, claims({kIdi, Bytes(2053, 2)}), syntax, N},
        {"idi_is_ours", H, claims({kIdi, joined({Bytes{2, 0, 0, 0}, as_bytes("left.example.org")})}), failed, N,
         "wrong_identity"},
        {"idr_swapped", H, adds({kIdr, joined({Bytes{2, 0, 0, 0}, as_bytes("right.example.org")})}), failed, N,
         "wrong_identity"},
        {"asks_for_eap", H, leaves_out(kAuth), failed, N, "authentication_failed"},
        {"eap_at_once", H,
         [](Scene& scene) {
             auth(scene, {{kEap, {2, 1, 0, 5, 1}}});
         },
         failed, N, "authentication_failed"},
        {"eap_success_at_once", H,
         [](Scene& scene) {
             auth(scene, {{kEap, {3, 1, 0, 4}}});
         },
         failed, N, "authentication_failed"},
        {"eap_of_no_octets", H,
         [](Scene& scene) {
             auth(scene, {{kEap, {}}});
         },
         failed, N, "authentication_failed"},
        {"eap_doubled", H,
         [](Scene& scene) {
             auth(scene, {{kEap, {2, 1, 0, 5, 1}}, {kEap, {2, 1, 0, 5, 1}}});
         },
         syntax, N},
        {"eap_beside_auth", H, adds({kEap, {2, 1, 0, 5, 1}}), syntax, N},
        {"the_end_of_eap_at_once", H, [](Scene& scene) { auth(scene, {*find(scene.peer.auth_chain(), kAuth)}); },
         failed, N, "authentication_failed"},
        {"auth_without_idi", H, leaves_out(kIdi), syntax, N},
        {"auth_without_sa", H, leaves_out(kSa), syntax, N},
        {"auth_without_tsr", H, leaves_out(kTsr), syntax, N},
        {"nonce_in_ike_auth", H, adds({kNonce, Bytes(32, 1)}), syntax, N},
        {"critical_unknown_payload_in_auth", H, adds({200, {}, true}), refuses(says::kUnsupportedCriticalPayload), N},
        {"seventeen_certificates", H,
         [](Scene& scene) {
             Chain chain = scene.peer.auth_chain();
             chain.resize(chain.size() + 17, {kCert, {4, 0x30, 0}});
             auth(scene, chain);
         },
         syntax, N},
        {"create_child_before_auth", H, [](Scene& scene) { scene.ask(kCreateChild, scene.peer.child_chain()); },
         kSilence, N},
        {"informational_before_auth", H, instead(kInformational, {}), kSilence, N},
        {"delete_before_auth", H, instead(kInformational, {delete_of(kIke, {})}), kSilence, N},
        {"auth_as_message_2", H,
         [](Scene& scene) { scene.say(scene.peer.seal(kAuthExchange, false, 2, scene.peer.auth_chain())); }, kSilence,
         N},
        {"auth_as_response", H,
         [](Scene& scene) { scene.say(scene.peer.seal(kAuthExchange, true, 1, scene.peer.auth_chain())); }, kSilence,
         N},
        {"auth_unprotected", H,
         [](Scene& scene) { scene.say(encode(scene.peer.header(kAuthExchange, false, 1), scene.peer.auth_chain())); },
         kSilence, N},
        {"auth_with_a_bad_icv", H, [](Scene& scene) { damaged(scene, 1); }, kSilence, N},
        {"auth_with_a_bit_turned", H, [](Scene& scene) { damaged(scene, 60); }, kSilence, N},
        {"pad_length_beyond_the_text", H,
         [](Scene& scene) { scene.say(scene.peer.seal_octets(kAuthExchange, false, 1, kIdi, Bytes{255})); }, syntax, N},
        {"text_without_a_pad_length", H,
         [](Scene& scene) { scene.say(scene.peer.seal_octets(kAuthExchange, false, 1, kIdi, {})); }, syntax, N},
        {"sk_inside_sk", H, adds({kSk, Bytes(40, 1)}), syntax, N},
        {"auth_again_after_a_refusal", H, tries_again, kSilence, N, "wrong_psk"},
        {"fragments_that_were_not_agreed_on", H, fragment(1, 2), kSilence, N},
        {"fragment_number_zero", Stage::kStranger, [](Scene& scene) { whole_in_one_fragment_numbered(scene, 0, 1); },
         kSilence, N},
        {"fragment_number_beyond_total", Stage::kStranger,
         [](Scene& scene) { whole_in_one_fragment_numbered(scene, 2, 1); }, kSilence, N},
        {"fragment_total_of_65535", Stage::kStranger,
         [](Scene& scene) { whole_in_one_fragment_numbered(scene, 1, 65535); }, kSilence, N},
        {"fragment_total_shrinks", Stage::kStranger, shrinks, kSilence, N},
        {"certificate_bomb", Stage::kStranger, certificate_bomb, kSilence, N},
        {"child_with_spi_zero", H, offers({0, 0, 0, 0}, good), refuses(says::kNoProposalChosen), After::kBare,
         "no_common_esp_proposal"},
        {"child_with_reserved_spi", H, offers({0, 0, 0, 255}, good), refuses(says::kNoProposalChosen), After::kBare,
         "no_common_esp_proposal"},
        {"child_with_spi_of_8_octets", H, offers(Bytes(8, 1), good), syntax, N},
        {"child_without_encryption", H, offers({1, 2, 3, 4}, {{kEncr, 11}, {kInteg, 12}, {kEsn, 0}}),
         refuses(says::kNoProposalChosen), After::kBare, "no_common_esp_proposal"},
        {"child_with_esn_2", H, offers({1, 2, 3, 4}, {{kEncr, kAesGcm16, 256}, {kEsn, 2}}),
         refuses(says::kNoProposalChosen), After::kBare, "no_common_esp_proposal"},
        {"esn_transform_doubled", H, offers({1, 2, 3, 4}, {{kEncr, kAesGcm16, 256}, {kEsn, 1}, {kEsn, 1}}), kAgrees,
         After::kStands},
        {"asks_for_all_traffic", H,
         [](Scene& scene) {
             scene.peer.own_first = scene.peer.other_first = 0;
             scene.peer.own_last = scene.peer.other_last = 0xffffffff;
             auth(scene, scene.peer.auth_chain());
         },
         kAgrees, After::kStands},
        {"asks_for_traffic_of_others", H, sends(selector(kTsi, 0x0a030000, 0x0a03ffff)), refuses(says::kTsUnacceptable),
         After::kBare, "no_common_selector"},
        {"selector_count_lies", H, sends({kTsi, joined({Bytes{9, 0, 0, 0}, Bytes(16, 7)})}), syntax, N},
        {"transport_mode_that_is_not_allowed", H, adds(notify(says::kUseTransportMode)), kAgrees, After::kStands},
    };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of functions in a list

}  // namespace esplane::peer
