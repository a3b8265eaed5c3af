#include "tests/sim/scripted_peer.h"

#include "ike/core/proposals.h"

namespace esplane::sim {

using namespace ike;  // NOLINT(google-build-using-namespace): this file speaks for the other side of the engine

ScriptedPeer::ScriptedPeer(TunnelOptions options, std::uint64_t seed) : own(std::move(options)), random_(seed) {
    const IkeProposal& proposal = own.ike_proposals.front();
    suite_.encr = proposal.encr.front();
    suite_.prf = proposal.prf.front();
    suite_.integ = proposal.integ.empty() ? crypto::IntegId::kNone : proposal.integ.front();
    suite_.dh = proposal.dh.front();
}

wire::Header ScriptedPeer::header(wire::ExchangeType exchange, bool is_response, std::uint32_t id) const {
    wire::Header made;
    made.spi_i = spi_i_;
    made.spi_r = spi_r_;
    made.exchange = exchange;
    made.from_initiator = initiator_;
    made.is_response = is_response;
    made.message_id = id;
    return made;
}

Bytes ScriptedPeer::init_request() {
    initiator_ = true;
    spi_i_ = IkeSpi{random_.u64() | 1U};
    spi_r_ = IkeSpi{};
    ke_ = crypto::KeyExchange::generate(suite_.dh, random_);
    transcript_.nonce_i = random_.bytes(32);
    wire::Payloads payloads;
    payloads.sa = offer_ike(own.ike_proposals, {});
    payloads.ke = wire::Ke{static_cast<std::uint16_t>(suite_.dh), ke_->public_value()};
    payloads.nonce = transcript_.nonce_i;
    if (fragmentation) payloads.notifies.push_back(make_notify(wire::NotifyType::kFragmentationSupported));
    if (intermediate) payloads.notifies.push_back(make_notify(wire::NotifyType::kIntermediateExchangeSupported));
    if (seen) {
        for (auto& notify : nat_detection_notifies(spi_i_, spi_r_, *seen, false, random_))
            payloads.notifies.push_back(std::move(notify));
    }
    transcript_.request = wire::build_message(header(wire::ExchangeType::kIkeSaInit, false, 0), payloads);
    return transcript_.request;
}

bool ScriptedPeer::take_init_response(ByteView datagram) {
    const auto head = wire::parse_header(datagram);
    if (!head) return false;
    const auto payloads = wire::parse_payloads(head->first_payload, datagram.subspan(wire::kHeaderLength));
    if (!payloads || !payloads->ke || !payloads->nonce) return false;
    spi_r_ = head->spi_r;
    transcript_.response = to_bytes(datagram);
    transcript_.nonce_r = *payloads->nonce;
    return make_keys(payloads->ke->value);
}

Bytes ScriptedPeer::init_response(ByteView request) {
    const auto head = wire::parse_header(request);
    if (!head) return {};
    const auto payloads = wire::parse_payloads(head->first_payload, request.subspan(wire::kHeaderLength));
    if (!payloads || !payloads->ke || !payloads->nonce || !payloads->sa) return {};
    const auto chosen = choose_ike(*payloads->sa, own.ike_proposals);
    if (!chosen) return {};
    initiator_ = false;
    suite_ = chosen->suite;
    spi_i_ = head->spi_i;
    spi_r_ = IkeSpi{random_.u64() | 1U};
    ke_ = crypto::KeyExchange::generate(suite_.dh, random_);
    transcript_ = {to_bytes(request), {}, *payloads->nonce, random_.bytes(32)};
    if (!make_keys(payloads->ke->value)) return {};
    wire::Payloads answer;
    answer.sa = std::vector<wire::Proposal>{chosen->answer};
    answer.ke = wire::Ke{static_cast<std::uint16_t>(suite_.dh), ke_->public_value()};
    answer.nonce = transcript_.nonce_r;
    transcript_.response = wire::build_message(header(wire::ExchangeType::kIkeSaInit, true, 0), answer);
    return transcript_.response;
}

bool ScriptedPeer::make_keys(ByteView peer_value) {
    const auto shared = ke_->derive(peer_value);
    if (!shared) return false;
    protection_ =
        protect(suite_, derive_ike_keys(suite_, *shared, {transcript_.nonce_i, transcript_.nonce_r}, spi_i_, spi_r_),
                initiator_);
    return protection_.has_value();
}

Bytes ScriptedPeer::spi_octets() {
    Bytes octets = random_.bytes(4);
    octets[0] |= 1;
    return octets;
}

wire::Payloads ScriptedPeer::auth_request() {
    wire::Payloads payloads;
    payloads.id_i = own.local_id.to_wire();
    put_proof(*payloads.id_i, payloads);
    payloads.sa = offer_esp(own.esp_proposals, spi_octets(), false, own.esn);
    payloads.ts_i = wire::TrafficSelectors{own.children[0].selectors.local, 0};
    payloads.ts_r = wire::TrafficSelectors{own.children[0].selectors.remote, 0};
    return payloads;
}

wire::Payloads ScriptedPeer::child_request() {
    wire::Payloads payloads;
    payloads.sa = offer_esp(own.esp_proposals, spi_octets(), false, own.esn);
    payloads.nonce = random_.bytes(32);
    payloads.ts_i = wire::TrafficSelectors{own.children[0].selectors.local, 0};
    payloads.ts_r = wire::TrafficSelectors{own.children[0].selectors.remote, 0};
    return payloads;
}

wire::Payloads ScriptedPeer::auth_response(const wire::Payloads& request) {
    wire::Payloads payloads;
    payloads.id_r = own.local_id.to_wire();
    put_proof(*payloads.id_r, payloads);
    if (!request.sa) return payloads;
    auto chosen = choose_esp(*request.sa, own.esp_proposals, false, own.esn);
    if (!chosen) return payloads;
    chosen->answer.spi = spi_octets();
    payloads.sa = std::vector<wire::Proposal>{chosen->answer};
    payloads.ts_i = request.ts_i;
    payloads.ts_r = request.ts_r;
    return payloads;
}

void ScriptedPeer::put_proof(const wire::Id& id, wire::Payloads& payloads) const {
    const Bytes& message = initiator_ ? transcript_.request : transcript_.response;
    const Bytes& nonce = initiator_ ? transcript_.nonce_r : transcript_.nonce_i;
    const crypto::Secret& sk_p = protection_->sk_p_ours;
    if (own.psk) {
        const auto auth = psk_auth(suite_.prf, *own.psk, message, nonce, sk_p, id);
        payloads.auth = wire::Auth{static_cast<std::uint8_t>(wire::AuthMethod::kSharedKey), to_bytes(auth.view())};
        return;
    }
    payloads.auth =
        sign_auth(*own.certificate->key, std::nullopt, signed_octets(suite_.prf, message, nonce, sk_p, id)).value();
    put_certificates(*own.certificate, payloads);
}

Bytes ScriptedPeer::seal(wire::ExchangeType exchange, bool is_response, std::uint32_t id,
                         const wire::Payloads& payloads) {
    return wire::seal_message(header(exchange, is_response, id), payloads, *protection_->seal,
                              protection_->next_gcm_iv++, random_);
}

std::vector<Bytes> ScriptedPeer::seal_in_fragments(wire::ExchangeType exchange, bool is_response, std::uint32_t id,
                                                   const wire::Payloads& payloads, std::size_t longest) {
    return wire::seal_in_fragments(header(exchange, is_response, id), payloads, *protection_->seal,
                                   protection_->next_gcm_iv, random_, longest);
}

Bytes ScriptedPeer::seal_octets(wire::ExchangeType exchange, bool is_response, std::uint32_t id,
                                wire::PayloadType first, ByteView chain) {
    const crypto::SkCipher& cipher = *protection_->seal;
    const std::size_t block = cipher.block_length();
    const std::size_t padding = (block - (chain.size() + 1) % block) % block;
    Bytes message = wire::build_message(header(exchange, is_response, id), {});
    message[16] = static_cast<std::uint8_t>(wire::PayloadType::kSk);
    const std::size_t body = 4 + cipher.iv_length() + chain.size() + padding + 1 + cipher.icv_length();
    message.push_back(static_cast<std::uint8_t>(first));
    message.push_back(0);
    message.push_back(static_cast<std::uint8_t>(body >> 8));
    message.push_back(static_cast<std::uint8_t>(body));
    Bytes iv = random_.bytes(cipher.iv_length());
    if (cipher.iv_length() == 8) store_be(iv.data(), protection_->next_gcm_iv++);
    append(message, iv);
    append(message, chain);
    message.resize(message.size() + padding, 0);
    message.push_back(static_cast<std::uint8_t>(padding));
    message.resize(message.size() + cipher.icv_length());
    store_be(message.data() + 24, static_cast<std::uint32_t>(message.size()));
    cipher.seal(message, wire::kHeaderLength + 4);
    return message;
}

std::optional<wire::Payloads> ScriptedPeer::open(ByteView datagram) const {
    const auto head = wire::parse_header(datagram);
    if (!head || !protection_) return std::nullopt;
    auto payloads = wire::open_message(*head, datagram, *protection_->open);
    if (!payloads) return std::nullopt;
    return std::move(*payloads);
}

}  // namespace esplane::sim
