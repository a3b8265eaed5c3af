// Answers of a hostile responder to what the engine asks.

#include "tests/peer/misbehaviours.h"

namespace esplane::peer {

namespace {

/// An unprotected answer to the engine's IKE_SA_INIT.
std::function<void(Scene&)> answers_init(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) {
        if (!scene.peer.take_init_request(scene.heard.back())) return;
        scene.say(scene.peer.init_response(spoil(scene.peer.init_answer_chain())));
    };
}

std::function<void(Scene&)> answers_init_with(const Payload& payload) {
    return answers_init([=](Chain chain) { return replaced(std::move(chain), payload); });
}

std::function<void(Scene&)> only(const Payload& payload) {
    return answers_init([=](const Chain&) { return Chain{payload}; });
}

std::function<void(Scene&)> answers_auth(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) { scene.answer(spoil(scene.peer.auth_answer_chain(scene.asked.chain))); };
}

std::function<void(Scene&)> answers_auth_with(const Payload& payload) {
    return answers_auth([=](Chain chain) { return replaced(std::move(chain), payload); });
}

std::function<void(Scene&)> answers_child(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) { scene.answer(spoil(scene.peer.child_answer_chain(scene.asked.chain))); };
}

std::function<void(Scene&)> answers_ike(const std::function<Chain(Chain)>& spoil) {
    return [=](Scene& scene) { scene.answer(spoil(scene.peer.ike_rekey_answer_chain(scene.asked.chain))); };
}

std::function<void(Scene&)> refuses_with(std::uint16_t type) {
    return [=](Scene& scene) { scene.answer({notify(type)}); };
}

Payload auth_of(const Bytes& value) {
    return {kAuth, joined({Bytes{2, 0, 0, 0}, value})};
}

void answers_as_another(Scene& scene) {
    scene.peer.name = "evil.example.org";
    scene.answer(scene.peer.auth_answer_chain(scene.asked.chain));
}

void reflects_auth(Scene& scene) {
    scene.answer(replaced(scene.peer.auth_answer_chain(scene.asked.chain), *find(scene.asked.chain, kAuth)));
}

void cookies_for_ever(Scene& scene) {
    for (std::uint8_t i = 0; i < 100 && !scene.heard.empty(); ++i) {
        if (!scene.peer.take_init_request(scene.heard.back())) return;
        scene.say(scene.peer.init_response({notify(says::kCookie, Bytes(32, i))}));
    }
}

/// Whenever the engine asks for the rekey, up to twenty times.
void temporary_failure_for_ever(Scene& scene) {
    for (int minute = 0; minute < 20; ++minute) {
        scene.answer({notify(says::kTemporaryFailure)});
        scene.world.run_until([&] { return !scene.heard.empty(); }, std::chrono::minutes(1));
        const auto request = scene.heard.empty() ? std::nullopt : scene.peer.open(scene.heard.back());
        if (request) scene.asked = *request;
    }
    scene.answer({notify(says::kTemporaryFailure)});
}

}  // namespace

std::vector<Misbehaviour> misbehaviours_as_responder() {
    const auto C = Stage::kCalled, A = Stage::kAuthenticating, R = Stage::kChildRekey, I = Stage::kIkeRekey;
    const auto N = After::kNothing, stands = After::kStands;
    const char* const broken = "protocol_error";
    const std::vector<Transform> ike{{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}};
    const std::vector<Transform> esp{{kEncr, kAesGcm16, 256}, {kEsn, 1}};
    return {
        {"invalid_ke_asks_for_unoffered_group", C, only(notify(says::kInvalidKe, Bytes{0, 14})), kSilence, N,
         "no_common_ike_proposal"},
        {"invalid_ke_asks_for_the_same_group", C, only(notify(says::kInvalidKe, Bytes{0, 31})), kSilence, N,
         "no_common_ike_proposal"},
        {"invalid_ke_of_one_octet", C, only(notify(says::kInvalidKe, Bytes{14})), kSilence, N},
        {"cookie_of_65_octets_in_answer", C, only(notify(says::kCookie, Bytes(65, 1))), kSilence, N},
        {"cookies_for_ever", C, cookies_for_ever, kSilence, N},
        {"reflects_our_request", C, [](Scene& scene) { scene.say(Bytes(scene.heard.back())); }, kSilence, N},
        {"answers_with_a_suite_that_was_not_offered", C,
         answers_init_with(sa({{1, kIke, {}, {{kEncr, kAesGcm16, 128}, {kPrf, kHmacSha256}, {kDh, kX25519}}}})),
         kSilence, N},
        {"answers_with_two_proposals", C, answers_init_with(sa({{1, kIke, {}, ike}, {2, kIke, {}, ike}})), kSilence, N},
        {"answers_with_proposal_2", C, answers_init_with(sa({{2, kIke, {}, ike}})), kSilence, N},
        {"answers_with_ke_of_zeros", C, answers_init_with(ke(kX25519, Bytes(32))), kSilence, N},
        {"answers_with_ke_of_another_group", C, answers_init_with(ke(19, Bytes(64, 1))), kSilence, N},
        {"answers_with_our_nonce", C,
         [](Scene& scene) {
             if (!scene.peer.take_init_request(scene.heard.back())) return;
             scene.say(
                 scene.peer.init_response(replaced(scene.peer.init_answer_chain(), {kNonce, scene.peer.nonce_i})));
         },
         kSilence, N},
        {"answers_without_ke", C, answers_init([](Chain chain) { return without(std::move(chain), kKe); }), kSilence,
         N},
        {"answers_with_critical_unknown_payload", C, answers_init([](Chain chain) {
             return with(std::move(chain), {200, {}, true});
         }),
         kSilence, N},
        {"answers_with_wider_selectors", A, answers_auth_with(selector(kTsr, 0, 0xffffffff)), kDeletes, N, broken},
        {"answers_with_other_selectors", A, answers_auth_with(selector(kTsi, 0x0a020000, 0x0a02ffff)), kDeletes, N,
         broken},
        {"answers_with_spi_zero", A, answers_auth_with(sa({{1, kEsp, {0, 0, 0, 0}, esp}})), kDeletes, N, broken},
        {"answers_with_esn_twice", A,
         answers_auth_with(sa({{1, kEsp, {1, 2, 3, 4}, {{kEncr, kAesGcm16, 256}, {kEsn, 1}, {kEsn, 1}}}})), kDeletes, N,
         broken},
        {"answers_with_null_encryption", A,
         answers_auth_with(sa({{1, kEsp, {1, 2, 3, 4}, {{kEncr, 11}, {kInteg, 12}, {kEsn, 1}}}})), kDeletes, N, broken},
        {"answers_with_ah", A, answers_auth_with(sa({{1, kAh, {1, 2, 3, 4}, esp}})), kDeletes, N, broken},
        {"answers_with_transport_mode", A,
         answers_auth([](Chain chain) { return with(std::move(chain), notify(says::kUseTransportMode)); }), kDeletes, N,
         broken},
        {"answers_as_another", A, answers_as_another, refuses(says::kAuthenticationFailed), N, "wrong_identity"},
        {"answers_with_empty_auth", A, answers_auth_with(auth_of({})), refuses(says::kAuthenticationFailed), N,
         "wrong_psk"},
        {"reflects_auth", A, reflects_auth, refuses(says::kAuthenticationFailed), N, "wrong_psk"},
        {"answers_without_auth", A, answers_auth([](Chain chain) { return without(std::move(chain), kAuth); }),
         kSilence, N, broken},
        {"answers_without_idr", A, answers_auth([](Chain chain) { return without(std::move(chain), kIdr); }), kSilence,
         N, broken},
        {"answers_with_eap", A, answers_auth([](const Chain&) {
             return Chain{{kEap, {1, 1, 0, 5, 1}}};
         }),
         kSilence, N, "authentication_failed"},
        {"answers_with_eap_beside_all", A, answers_auth([](Chain chain) {
             return with(std::move(chain), {kEap, {1, 1, 0, 5, 1}});
         }),
         kSilence, N, broken},
        {"unprotected_answer_to_auth", A,
         [](Scene& scene) {
             scene.say(encode(scene.peer.header(kAuthExchange, true, 1), {notify(says::kAuthenticationFailed)}));
         },
         kSilence, N},
        {"temporary_failure_for_ever", R, temporary_failure_for_ever, kSilence, stands},
        // It is asked for another IKE SA.
        {"refuses_the_rekey", R, refuses_with(says::kNoAdditionalSas), kAgrees, stands, broken},
        {"rekey_answer_with_ke_of_zeros", R,
         answers_child([](Chain chain) { return replaced(std::move(chain), ke(kX25519, Bytes(32))); }), kDeletes, N,
         broken},
        {"rekey_answer_without_nonce", R, answers_child([](Chain chain) { return without(std::move(chain), kNonce); }),
         kDeletes, N, broken},
        {"rekey_answer_without_pfs", R, answers_child([](Chain chain) {
             return without(
                 replaced(std::move(chain), sa({{1, kEsp, {1, 2, 3, 4}, {{kEncr, kAesGcm16, 256}, {kEsn, 1}}}})), kKe);
         }),
         kDeletes, stands, broken},
        {"rekey_answer_with_wider_selectors", R,
         answers_child([](Chain chain) { return replaced(std::move(chain), selector(kTsr, 0, 0xffffffff)); }), kDeletes,
         stands, broken},
        {"ike_rekey_answer_with_spi_zero", I, answers_ike([=](Chain chain) {
             return replaced(std::move(chain), sa({{1, kIke, Bytes(8), ike}}));
         }),
         kDeletes, N, broken},
        {"ike_rekey_answer_without_ke", I, answers_ike([](Chain chain) { return without(std::move(chain), kKe); }),
         kDeletes, N, broken},
    };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of functions in a list

}  // namespace esplane::peer
