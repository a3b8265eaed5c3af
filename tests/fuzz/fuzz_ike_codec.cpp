// Any octets as an IKE message, and as the inside of an Encrypted payload: the fuzzer holds the keys. What parses is
// judged, shown, negotiated with and built again, and must then parse to the same.
#include <algorithm>

#include "crypto/require.h"
#include "ike/core/fragments.h"
#include "ike/core/identity.h"
#include "ike/core/narrowing.h"
#include "ike/core/nat_detection.h"
#include "ike/core/proposals.h"
#include "ike/wire/codec.h"
#include "ike/wire/legality.h"

namespace esplane::ike {
namespace {

using crypto::require;
using wire::Header;
using wire::Payloads;

constexpr std::size_t kAssociatedLength = wire::kHeaderLength + 4;

const crypto::SkCipher& cipher() {
    static const auto kCipher = crypto::SkCipher::create({crypto::EncrId::kAesGcm16, 128}, crypto::IntegId::kNone,
                                                         crypto::Secret(20), crypto::Secret());
    return *kCipher;
}

Header header() {
    Header header;
    header.spi_i = IkeSpi{1};
    header.spi_r = IkeSpi{2};
    return header;
}

void check_printable(const std::string& text) {
    for (const char c : text) {
        require(c >= ' ' && c <= '~', "text made of a peer's octets is not printable");
    }
}

void negotiate(const std::vector<wire::Proposal>& offered) {
    static const std::vector<IkeProposal> kIke{*parse_ike_proposal("aes256gcm16-prfsha256-ecp256"),
                                               *parse_ike_proposal("aes256-aes128-sha256-modp2048-x25519")};
    static const std::vector<EspProposal> kEsp{*parse_esp_proposal("aes256gcm16-aes128gcm16-ecp256"),
                                               *parse_esp_proposal("aes256gcm16")};
    check_printable(to_string(offered));
    if (const auto chosen = choose_ike(offered, kIke)) {
        // An offer may be odd in ways that an initiator of ours never is; its own number and SPI must come back.
        require(chosen->answer.spi == chosen->peer_spi, "the answer's SPI is not the offer's");
    }
    for (const bool with_dh : {false, true}) {
        if (const auto chosen = choose_esp(offered, kEsp, with_dh, true)) {
            require(chosen->peer_spi.size() == 4, "an ESP suite was chosen without an SPI");
            require(with_dh || chosen->suite.dh == crypto::DhId::kNone, "a group was chosen that was not negotiated");
        }
    }
    const auto ours = offer_ike(kIke, {});
    if (const auto accepted = accept_ike(offered, ours)) {
        require(offers_group(ours, accepted->suite.dh), "a group was accepted that was not offered");
    }
    static_cast<void>(accept_esp(offered, offer_esp(kEsp, Bytes(4, 1), true, true)));
}

void narrow_both(const Payloads& payloads) {
    if (!payloads.ts_i || !payloads.ts_r) return;
    const dataplane::TrafficSelector some{
        .first = IpAddress::v4(0x0a000000), .last = IpAddress::v4(0x0affffff), .protocol = 6};
    const dataplane::TrafficSelector all{.first = IpAddress::any(Family::kIpv6),
                                         .last = IpAddress::highest(Family::kIpv6)};
    const dataplane::SelectorPair configured{{some, all}, {all, some}};
    const auto common = narrow(configured, *payloads.ts_r, *payloads.ts_i);
    if (!common) return;
    require(within_offer(configured, *common), "narrowing went beyond the configuration");
    require(within_offer({payloads.ts_r->entries, payloads.ts_i->entries}, *common), "narrowing went beyond the offer");
}

/// What a builder cannot say: attributes that it does not know, and a list of selectors without any.
Payloads canonical(Payloads payloads) {
    if (payloads.sa) {
        for (wire::Proposal& proposal : *payloads.sa) {
            for (wire::Transform& transform : proposal.transforms) {
                transform.unknown_attribute = false;
            }
        }
    }
    for (auto* selectors : {&payloads.ts_i, &payloads.ts_r}) {
        if (*selectors && (*selectors)->entries.empty()) selectors->reset();
        if (*selectors) (*selectors)->skipped = 0;
    }
    payloads.unknown_critical.reset();
    return payloads;
}

void build_again(const Payloads& payloads, crypto::Random& random) {
    const Payloads expected = canonical(payloads);
    const Bytes sealed = seal_message(header(), expected, cipher(), 1, random);
    const auto opened = open_message(*wire::parse_header(sealed), sealed, cipher());
    require(opened.ok(), "a message that we sealed does not open");
    // Notifies move to the place where we send them: what was built from the second reading must be the same octets.
    require(seal_message(header(), *opened, cipher(), 1, random) == sealed, "a message changed on its way");
}

/// The message once more, cut as small as the input says.
void cut_and_join(const Payloads& payloads, crypto::Random& random) {
    const Payloads expected = canonical(payloads);
    std::uint64_t counter = 1;
    const std::size_t longest = 80 + random.below(1200);
    const auto datagrams = seal_in_fragments(header(), expected, cipher(), counter, random, longest);
    if (datagrams.size() == 1 || datagrams.size() > kMostFragments) return;
    Fragments fragments;
    for (const Bytes& datagram : datagrams) {
        auto fragment = open_fragment(*wire::parse_header(datagram), datagram, cipher());
        require(fragment.ok(), "a fragment that we sealed does not open");
        if (!fragments.add(1, *std::move(fragment))) return;  // longer than what is taken
    }
    const wire::Fragment whole = fragments.join();
    const auto parsed = wire::parse_payloads(whole.first_payload, whole.text);
    require(parsed.ok(), "a message that we cut does not join");
    const Bytes sealed = seal_message(header(), expected, cipher(), 1, random);
    require(seal_message(header(), *parsed, cipher(), 1, random) == sealed, "a message changed in fragments");
}

void use(const Payloads& payloads) {
    crypto::SeededRandom random(1);
    for (int exchange = 33; exchange < 39; ++exchange) {
        for (const bool is_response : {false, true}) {
            const auto found =
                find_illegality(wire::ExchangeType{static_cast<std::uint8_t>(exchange)}, is_response, payloads);
            if (found) check_printable(*found);
        }
    }
    for (const auto* id : {&payloads.id_i, &payloads.id_r}) {
        if (!*id) continue;
        check_printable(describe(**id));
        if (const auto identity = Identity::from_wire(**id)) {
            require(identity->to_wire() == **id, "an identity changed on its way");
            require(IdentityPattern::exactly(*identity).matches(*identity), "an identity does not match itself");
        }
    }
    if (payloads.sa) negotiate(*payloads.sa);
    narrow_both(payloads);
    static_cast<void>(detect_nat(payloads, IkeSpi{1}, IkeSpi{2}, Path{}));
    build_again(payloads, random);
    cut_and_join(payloads, random);
}

void as_datagram(ByteView datagram) {
    const auto parsed_header = wire::parse_header(datagram);
    require(!parsed_header.ok() || wire::peek_header(datagram).has_value(), "a header that parses cannot be peeked at");
    if (!parsed_header.ok()) return;
    const auto opened = open_message(*parsed_header, datagram, cipher());
    if (opened.ok()) use(*opened);
    const auto fragment = open_fragment(*parsed_header, datagram, cipher());
    require(!fragment.ok(), "a fragment verifies that nobody sealed");
    check_printable(fragment.error().what);
    const auto payloads = wire::parse_payloads(parsed_header->first_payload, datagram.subspan(wire::kHeaderLength));
    if (payloads.ok()) use(*payloads);
}

/// The first octet is the type of the first payload, the rest is payloads, padding and pad length.
void as_inside_of_sk(ByteView text) {
    if (text.empty()) return;
    const std::size_t room = kAssociatedLength + cipher().iv_length() + cipher().icv_length();
    if (text.size() - 1 > wire::kMaxMessageLength - room) return;
    Bytes message = wire::build_message(header(), {});
    const std::size_t length = text.size() - 1 + room;
    message[16] = static_cast<std::uint8_t>(wire::PayloadType::kSk);
    store_be(&message[24], static_cast<std::uint32_t>(length));
    message.resize(length);
    message[wire::kHeaderLength] = text.front();
    store_be(&message[wire::kHeaderLength + 2], static_cast<std::uint16_t>(length - wire::kHeaderLength));
    std::copy(text.begin() + 1, text.end(), message.begin() + static_cast<std::ptrdiff_t>(kAssociatedLength + 8));
    cipher().seal(message, kAssociatedLength);
    const auto opened = open_message(*wire::parse_header(message), message, cipher());
    if (opened.ok()) {
        use(*opened);
    } else {
        require(opened.error().kind != wire::ParseErrorKind::kBadIcv, "a message sealed with our key does not verify");
        check_printable(opened.error().what);
    }
}

}  // namespace
}  // namespace esplane::ike

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    esplane::ike::as_datagram({data, size});
    esplane::ike::as_inside_of_sk({data, size});
    return 0;
}
