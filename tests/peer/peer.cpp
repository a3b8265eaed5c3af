#include "tests/peer/peer.h"

#include <algorithm>

namespace esplane::peer {

namespace {

constexpr std::size_t kIvLength = 8;
constexpr std::size_t kNonceLength = 32;

std::uint32_t as_u32(ByteView octets) {
    return octets.size() == 4 ? load_be<std::uint32_t>(octets.data()) : 0;
}

Bytes nonce_of(const Chain& chain) {
    const Payload* nonce = find(chain, kNonce);
    return nonce == nullptr ? Bytes() : nonce->body;
}

}  // namespace

Peer::Peer(std::string own_name, std::string key, std::uint64_t seed)
    : name(std::move(own_name)), psk(std::move(key)), random_(seed) {}

Header Peer::header(std::uint8_t exchange, bool response, std::uint32_t id) const {
    return {spi_i_, spi_r_, exchange,
            static_cast<std::uint8_t>((initiator_ ? kFromInitiator : 0) | (response ? kResponse : 0)), id};
}

Bytes Peer::spi_octets() {
    Bytes octets = random_.bytes(4);
    octets[0] |= 1;
    return octets;
}

Bytes Peer::fresh_ke_value() {
    ke_ = crypto::KeyExchange::generate(crypto::DhId::kX25519, random_);
    return ke_->public_value();
}

// --- IKE_SA_INIT ---

Chain Peer::init_chain() {
    const Proposal proposal{1, kIke, {}, {{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}}};
    return {sa({proposal}), ke(kX25519, fresh_ke_value()), {kNonce, random_.bytes(kNonceLength)}};
}

Bytes Peer::init_request(const Chain& chain) {
    initiator_ = true;
    spi_i_ = random_.u64() | 1U;
    spi_r_ = 0;
    nonce_i = nonce_of(chain);
    init_request_octets = encode(header(kInit, false, 0), chain);
    return init_request_octets;
}

Bytes Peer::repeat_with_cookie(const Payload& cookie) {
    Chain chain = *read_chain(init_request_octets[16], ByteView(init_request_octets).subspan(kHeaderLength));
    chain.insert(chain.begin(), cookie);
    init_request_octets = encode(header(kInit, false, 0), chain);
    return init_request_octets;
}

bool Peer::take_init_response(ByteView datagram) {
    const auto head = read_header(datagram);
    if (!head || head->spi_i != spi_i_ || head->flags != kResponse) return false;
    const auto chain = read_chain(datagram[16], datagram.subspan(kHeaderLength));
    if (!chain || find(*chain, kKe) == nullptr || find(*chain, kNonce) == nullptr) return false;
    spi_r_ = head->spi_r;
    init_response_octets = to_bytes(datagram);
    nonce_r = nonce_of(*chain);
    return make_keys(find(*chain, kKe)->body);
}

bool Peer::take_init_request(ByteView datagram) {
    const auto head = read_header(datagram);
    if (!head || head->exchange != kInit || head->flags != kFromInitiator) return false;
    const auto chain = read_chain(datagram[16], datagram.subspan(kHeaderLength));
    if (!chain || find(*chain, kKe) == nullptr || find(*chain, kNonce) == nullptr) return false;
    initiator_ = false;
    spi_i_ = head->spi_i;
    spi_r_ = random_.u64() | 1U;
    init_request_octets = to_bytes(datagram);
    nonce_i = nonce_of(*chain);
    nonce_r = random_.bytes(kNonceLength);
    fresh_ke_value();
    return make_keys(find(*chain, kKe)->body);
}

Chain Peer::init_answer_chain() {
    const Proposal proposal{1, kIke, {}, {{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}}};
    return {sa({proposal}), ke(kX25519, ke_->public_value()), {kNonce, nonce_r}};
}

Bytes Peer::init_response(const Chain& chain) {
    init_response_octets = encode(header(kInit, true, 0), chain);
    return init_response_octets;
}

bool Peer::make_keys(ByteView other_value) {
    if (other_value.size() < 4) return false;
    const auto shared = ke_->derive(other_value.subspan(4));
    if (!shared) return false;
    const Bytes nonces = joined({nonce_i, nonce_r});
    keys_ = ike_keys(prf(nonces, shared->view()), nonces, joined({number(spi_i_), number(spi_r_)}));
    return true;
}

// --- inside SK ---

Payload Peer::own_id(std::uint8_t type) const {
    return {type, joined({Bytes{2, 0, 0, 0}, as_bytes(name)})};  // ID_FQDN
}

Bytes Peer::auth_value(ByteView key, ByteView id_body) const {
    const Bytes octets = initiator_ ? auth_octets(init_request_octets, nonce_r, keys_.pi, id_body)
                                    : auth_octets(init_response_octets, nonce_i, keys_.pr, id_body);
    return psk_auth(key, octets);
}

Chain Peer::selectors(bool we_ask) const {
    const auto own = selector(we_ask ? kTsi : kTsr, own_first, own_last);
    const auto other = selector(we_ask ? kTsr : kTsi, other_first, other_last);
    return we_ask ? Chain{own, other} : Chain{other, own};
}

Chain Peer::auth_chain() {
    const Payload id = own_id(kIdi);
    const Proposal proposal{1, kEsp, spi_octets(), {{kEncr, kAesGcm16, 256}, {kEsn, 1}, {kEsn, 0}}};
    Chain chain{id, {kAuth, joined({Bytes{2, 0, 0, 0}, auth_value(as_bytes(psk), id.body)})}, sa({proposal})};
    for (Payload& each : selectors(true))
        chain.push_back(std::move(each));
    return chain;
}

Payload Peer::choose(const Chain& request, std::size_t spi_length) {
    const auto offered = read_sa(request);
    if (!offered || offered->empty()) return sa({});
    Proposal chosen = offered->front();
    chosen.spi = spi_length == 0 ? Bytes() : spi_length == 4 ? spi_octets() : random_.bytes(spi_length);
    std::vector<Transform> first;
    for (const Transform& each : chosen.transforms) {
        const auto same = [&](const Transform& other) { return other.type == each.type; };
        if (std::none_of(first.begin(), first.end(), same)) first.push_back(each);
    }
    chosen.transforms = std::move(first);
    return sa({chosen});
}

Chain Peer::auth_answer_chain(const Chain& request) {
    const Payload id = own_id(kIdr);
    Chain chain{id, {kAuth, joined({Bytes{2, 0, 0, 0}, auth_value(as_bytes(psk), id.body)})}, choose(request, 4)};
    for (Payload& each : selectors(false))
        chain.push_back(std::move(each));
    return chain;
}

Chain Peer::child_chain() {
    const Proposal proposal{1, kEsp, spi_octets(), {{kEncr, kAesGcm16, 256}, {kDh, kX25519}, {kEsn, 1}, {kEsn, 0}}};
    Chain chain{sa({proposal}), {kNonce, random_.bytes(kNonceLength)}, ke(kX25519, fresh_ke_value())};
    for (Payload& each : selectors(true))
        chain.push_back(std::move(each));
    return chain;
}

Chain Peer::child_rekey_chain(std::uint32_t spi_in) {
    Chain chain = child_chain();
    chain.insert(chain.begin(), notify(says::kRekeySa, {}, kEsp, number(spi_in)));
    return chain;
}

Chain Peer::child_answer_chain(const Chain& request) {
    Chain chain{choose(request, 4), {kNonce, random_.bytes(kNonceLength)}};
    if (find(request, kKe) != nullptr) chain.push_back(ke(kX25519, fresh_ke_value()));
    for (Payload& each : selectors(false))
        chain.push_back(std::move(each));
    return chain;
}

Chain Peer::ike_rekey_chain() {
    Chain chain = init_chain();
    const Proposal proposal{1, kIke, random_.bytes(8), {{kEncr, kAesGcm16, 256}, {kPrf, kHmacSha256}, {kDh, kX25519}}};
    return replaced(chain, sa({proposal}));
}

Chain Peer::ike_rekey_answer_chain(const Chain& request) {
    return {choose(request, 8), {kNonce, random_.bytes(kNonceLength)}, ke(kX25519, fresh_ke_value())};
}

bool Peer::follow_ike_rekey(const Chain& request, const Chain& answer, bool we_asked) {
    const auto offered = read_sa(request);
    const auto chosen = read_sa(answer);
    const Bytes shared = shared_with(we_asked ? answer : request);
    if (!offered || !chosen || shared.empty() || chosen->size() != 1 || chosen->front().spi.size() != 8) return false;
    const Bytes nonces = joined({nonce_of(request), nonce_of(answer)});
    const Bytes seed = prf(keys_.d, joined({shared, nonces}));  // 2.18
    keys_ = ike_keys(seed, nonces, joined({offered->front().spi, chosen->front().spi}));
    spi_i_ = load_be<std::uint64_t>(offered->front().spi.data());
    spi_r_ = load_be<std::uint64_t>(chosen->front().spi.data());
    initiator_ = we_asked;
    next_iv_ = 1;
    return true;
}

Bytes Peer::shared_with(const Chain& theirs) const {
    const Payload* value = find(theirs, kKe);
    if (value == nullptr || value->body.size() < 4 || ke_ == nullptr) return {};
    const auto shared = ke_->derive(ByteView(value->body).subspan(4));
    return shared ? to_bytes(shared->view()) : Bytes();
}

void Peer::note_child(const Chain& request, const Chain& answer, bool we_asked) {
    const auto offered = read_sa(request);
    const auto chosen = read_sa(answer);
    if (!offered || !chosen || offered->empty() || chosen->size() != 1 || chosen->front().protocol != kEsp) return;
    const bool first = find(request, kNonce) == nullptr;  // in IKE_AUTH: the nonces are those of IKE_SA_INIT (2.17)
    const Bytes nonces = first ? joined({nonce_i, nonce_r}) : joined({nonce_of(request), nonce_of(answer)});
    const Keymat made = keymat(keys_.d, first ? Bytes() : shared_with(we_asked ? answer : request), nonces);
    const std::uint32_t of_request = as_u32(offered->front().spi), of_answer = as_u32(chosen->front().spi);
    children.push_back(we_asked ? Child{of_request, of_answer, made.responder, made.initiator}
                                : Child{of_answer, of_request, made.initiator, made.responder});
}

// --- SK ---

Bytes Peer::seal_in(std::uint8_t type, std::uint8_t first, ByteView numbers, const Header& head, ByteView text) {
    const Bytes iv = number(next_iv_++);
    const std::size_t length = 4 + numbers.size() + iv.size() + text.size() + 16;
    Bytes payload{first, 0};
    put(payload, static_cast<std::uint16_t>(length));
    append(payload, numbers);
    Bytes message = encode(head, type, payload);
    store_be(message.data() + 24, static_cast<std::uint32_t>(kHeaderLength + length));
    const Bytes sealed = gcm_seal(initiator_ ? keys_.ei : keys_.er, iv, message, text);
    return joined({message, iv, sealed});
}

Bytes Peer::seal(std::uint8_t exchange, bool response, std::uint32_t id, const Chain& chain) {
    if (response) {
        note_child(their_request_, chain, false);
    } else {
        our_request_ = chain;
    }
    return seal_octets(exchange, response, id, first_type(chain), joined({encode(chain), Bytes{0}}));
}

Bytes Peer::seal_octets(std::uint8_t exchange, bool response, std::uint32_t id, std::uint8_t first, ByteView text) {
    return seal_in(kSk, first, {}, header(exchange, response, id), text);
}

Bytes Peer::seal_fragment(std::uint8_t exchange, bool response, std::uint32_t id, std::uint8_t first,
                          std::uint16_t which, std::uint16_t total, ByteView text) {
    return seal_in(kSkf, first, joined({number(which), number(total)}), header(exchange, response, id),
                   joined({text, Bytes{0}}));
}

std::optional<Message> Peer::open(ByteView datagram) {
    constexpr std::size_t kAssociated = kHeaderLength + 4;
    const auto head = read_header(datagram);
    if (!head || !has_keys() || head->spi_i != spi_i_ || head->spi_r != spi_r_) return std::nullopt;
    if (datagram[16] != kSk || datagram.size() < kAssociated + kIvLength + 17) return std::nullopt;
    if (((head->flags & kFromInitiator) != 0) == initiator_) return std::nullopt;
    const auto text = gcm_open(initiator_ ? keys_.er : keys_.ei, datagram.subspan(kAssociated, kIvLength),
                               datagram.first(kAssociated), datagram.subspan(kAssociated + kIvLength));
    if (!text || text->empty() || text->back() >= text->size()) return std::nullopt;
    auto chain = read_chain(datagram[kHeaderLength], ByteView(*text).first(text->size() - 1 - text->back()));
    if (!chain) return std::nullopt;
    if ((head->flags & kResponse) != 0) {
        note_child(our_request_, *chain, true);
    } else {
        their_request_ = *chain;
    }
    return Message{*head, std::move(*chain)};
}

}  // namespace esplane::peer
