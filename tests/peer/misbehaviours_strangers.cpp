// IKE_SA_INIT of a hostile initiator: nothing of it may leave more than a half-open IKE SA.

#include "tests/peer/misbehaviours.h"

namespace esplane::peer {

namespace {

void init(Scene& scene, const Chain& chain) {
    scene.say(scene.peer.init_request(chain));
}

Chain with_sa(Scene& scene, const Payload& sa) {
    return replaced(scene.peer.init_chain(), sa);
}

Proposal proposal() {
    return {1, kIke, {}, {{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}}};
}

/// One octet of an otherwise good request changed.
std::function<void(Scene&)> octet(std::size_t at, std::uint8_t value) {
    return [=](Scene& scene) {
        Bytes request = scene.peer.init_request(scene.peer.init_chain());
        request[at] = value;
        scene.say(request);
    };
}

std::function<void(Scene&)> sends(const Payload& payload) {
    return [=](Scene& scene) { init(scene, replaced(scene.peer.init_chain(), payload)); };
}

std::function<void(Scene&)> adds(const Payload& payload) {
    return [=](Scene& scene) { init(scene, with(scene.peer.init_chain(), payload)); };
}

std::function<void(Scene&)> doubles(std::uint8_t type) {
    return [=](Scene& scene) {
        const Chain chain = scene.peer.init_chain();
        init(scene, with(chain, *find(chain, type)));
    };
}

std::function<void(Scene&)> spoils_proposal(const std::function<void(Proposal&)>& spoil) {
    return [=](Scene& scene) {
        Proposal made = proposal();
        spoil(made);
        init(scene, with_sa(scene, sa({made})));
    };
}

/// `octets` as the attributes of the encryption transform.
std::function<void(Scene&)> attributes(const Bytes& octets) {
    return [=](Scene& scene) {
        Bytes encr{3, 0, 0, static_cast<std::uint8_t>(8 + octets.size()), kEncr, 0, 0, kAesGcm16};
        append(encr, octets);
        const Bytes rest = encode(std::vector<Transform>{{kPrf, kHmacSha256}, {kDh, kX25519}});
        Bytes body{0, 0};
        put(body, static_cast<std::uint16_t>(8 + encr.size() + rest.size()));
        append(body, Bytes{1, kIke, 0, 3});
        init(scene, with_sa(scene, {kSa, joined({body, encr, rest})}));
    };
}

void repeats_one(Scene& scene) {
    const Bytes request = scene.peer.init_request(scene.peer.init_chain());
    for (int i = 0; i < 1000; ++i)
        scene.say(request);
}

void floods(Scene& scene) {
    for (int i = 0; i < 200; ++i)
        init(scene, scene.peer.init_chain());
}

}  // namespace

std::vector<Misbehaviour> misbehaviours_of_strangers() {
    const auto S = Stage::kStranger;
    const auto N = After::kNothing;
    const Wire syntax = refuses(says::kInvalidSyntax);
    const Wire no_proposal = refuses(says::kNoProposalChosen);
    const char* const no_ike = "no_common_ike_proposal";
    return {
        {"ke_of_the_wrong_group", S, sends(ke(19, Bytes(64, 1))), refuses(says::kInvalidKe), N},
        {"ke_value_of_31_octets", S, sends(ke(kX25519, Bytes(31, 9))), syntax, N},
        {"ke_value_of_33_octets", S, sends(ke(kX25519, Bytes(33, 9))), syntax, N},
        {"ke_value_of_zeros", S, sends(ke(kX25519, Bytes(32))), syntax, N},
        {"ke_without_a_value", S, sends(ke(kX25519, {})), syntax, N},
        {"nonce_of_15_octets", S, sends({kNonce, Bytes(15, 1)}), syntax, N},
        {"nonce_of_257_octets", S, sends({kNonce, Bytes(257, 1)}), syntax, N},
        {"duplicates_nonce_payload", S, doubles(kNonce), syntax, N},
        {"duplicates_sa_payload", S, doubles(kSa), syntax, N},
        {"duplicates_ke_payload", S, doubles(kKe), syntax, N},
        {"zero_length_proposal_list", S, sends({kSa, {}}), syntax, N},
        {"proposal_without_transforms", S, spoils_proposal([](Proposal& p) { p.transforms.clear(); }), no_proposal, N,
         no_ike},
        {"proposal_counts_255_transforms", S, sends({kSa, {0, 0, 0, 8, 1, kIke, 0, 255}}), syntax, N},
        {"proposal_longer_than_its_payload", S, sends({kSa, {0, 0, 0, 80, 1, kIke, 0, 0}}), syntax, N},
        {"last_proposal_says_more", S, sends({kSa, {2, 0, 0, 8, 1, kIke, 0, 0}}), syntax, N},
        {"sixty_five_proposals", S, sends(sa(std::vector<Proposal>(65, proposal()))), syntax, N},
        {"key_length_given_twice", S, attributes({0x80, 14, 1, 0, 0x80, 14, 1, 0}), no_proposal, N, no_ike},
        {"key_length_in_the_long_form", S, attributes({0, 14, 0, 2, 1, 0}), no_proposal, N, no_ike},
        {"key_length_of_zero", S, attributes({0x80, 14, 0, 0}), no_proposal, N, no_ike},
        {"key_length_left_out", S, attributes({}), no_proposal, N, no_ike},
        {"attribute_cut_off", S, attributes({0x80, 14, 1}), syntax, N},
        {"esp_proposal_in_the_first_exchange", S, spoils_proposal([](Proposal& p) {
             p.protocol = kEsp, p.spi = {1, 2, 3, 4};
         }),
         no_proposal, N, no_ike},
        {"spi_in_the_first_proposal", S, spoils_proposal([](Proposal& p) { p.spi = Bytes(8, 1); }), no_proposal, N,
         no_ike},
        {"integrity_beside_an_aead", S, spoils_proposal([](Proposal& p) {
             p.transforms.push_back({kInteg, 12});
         }),
         no_proposal, N, no_ike},
        {"group_31_is_left_out", S, spoils_proposal([](Proposal& p) { p.transforms.pop_back(); }), no_proposal, N,
         no_ike},
        {"cookie_of_65_octets", S, adds(notify(says::kCookie, Bytes(65, 1))), syntax, N},
        {"cookie_of_no_octets", S, adds(notify(says::kCookie)), syntax, N},
        {"cookie_that_nobody_gave", S, adds(notify(says::kCookie, Bytes(32, 1))), kAgrees, N},
        {"critical_unknown_payload_in_init", S, adds({200, {}, true}), refuses(says::kUnsupportedCriticalPayload), N},
        {"encrypted_payload_in_init", S, adds({kSk, Bytes(40, 1)}), syntax, N},
        {"identity_in_init", S, adds({kIdi, {2, 0, 0, 0, 'a'}}), syntax, N},
        {"a_hundred_and_thirty_payloads", S,
         [](Scene& scene) {
             Chain chain = scene.peer.init_chain();
             chain.resize(130, {kVendor, {1}});
             init(scene, chain);
         },
         syntax, N},
        {"sixty_five_notifies", S,
         [](Scene& scene) {
             Chain chain = scene.peer.init_chain();
             chain.resize(3 + 65, notify(40000));
             init(scene, chain);
         },
         syntax, N},
        {"signature_hash_list_of_60000_octets", S, adds(notify(says::kSignatureHashAlgorithms, Bytes(60000, 2))),
         kAgrees, N},
        {"version_3", S, octet(17, 0x30), refuses(says::kInvalidMajorVersion), N},
        {"version_1", S, octet(17, 0x10), kSilence, N},
        {"message_longer_than_it_says", S, octet(27, 29), kSilence, N},
        {"init_with_message_id_1", S, octet(23, 1), kSilence, N},
        {"init_with_a_responders_spi", S, octet(8, 1), kSilence, N},
        {"init_request_that_says_response", S, octet(19, kFromInitiator | kResponse), kSilence, N},
        {"create_child_of_a_stranger", S, octet(18, kCreateChild), kSilence, N},
        {"init_repeated_a_thousand_times", S, repeats_one, kAgrees, N},
        {"flood_of_half_open_sas", S, floods, refuses(says::kCookie), N},
    };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of functions in a list

}  // namespace esplane::peer
