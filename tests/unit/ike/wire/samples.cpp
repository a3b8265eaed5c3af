#include "tests/unit/ike/wire/samples.h"

#include <algorithm>

namespace esplane::ike::wire::samples {
namespace {

using dataplane::TrafficSelector;

Transform random_transform(crypto::Random& random) {
    Transform transform;
    transform.type = TransformType{static_cast<std::uint8_t>(random.below(256))};
    transform.id = static_cast<std::uint16_t>(random.below(65536));
    if (random.below(2) == 0) transform.key_bits = static_cast<std::uint16_t>(random.below(65536));
    return transform;
}

Proposal random_proposal(crypto::Random& random) {
    constexpr std::size_t kSpiLength[] = {0, 8, 4, 4};
    const std::size_t pick = random.below(4);
    Proposal proposal;
    proposal.number = static_cast<std::uint8_t>(random.below(256));
    proposal.protocol = pick < 2 ? ProtocolId::kIke : pick == 2 ? ProtocolId::kAh : ProtocolId::kEsp;
    proposal.spi = random.bytes(kSpiLength[pick]);
    for (std::size_t count = random.below(6); count > 0; --count) {
        proposal.transforms.push_back(random_transform(random));
    }
    return proposal;
}

TrafficSelector random_selector(crypto::Random& random) {
    const std::size_t length = random.below(2) == 0 ? 4 : 16;
    TrafficSelector selector;
    selector.first = *IpAddress::from_octets(random.bytes(length));
    selector.last = *IpAddress::from_octets(random.bytes(length));
    if (selector.last < selector.first) std::swap(selector.first, selector.last);
    selector.protocol = static_cast<std::uint8_t>(random.below(256));
    selector.first_port = static_cast<std::uint16_t>(random.below(65536));
    selector.last_port = static_cast<std::uint16_t>(random.below(65536));
    if (selector.last_port < selector.first_port) std::swap(selector.first_port, selector.last_port);
    return selector;
}

TrafficSelectors random_selectors(crypto::Random& random) {
    TrafficSelectors selectors;
    for (std::size_t count = 1 + random.below(4); count > 0; --count) {
        selectors.entries.push_back(random_selector(random));
    }
    return selectors;
}

Notify random_notify(crypto::Random& random) {
    Notify notify;
    notify.protocol = ProtocolId{static_cast<std::uint8_t>(random.below(256))};
    notify.spi = random.bytes(random.below(9));
    // At the end of the chain, so that the order survives.
    notify.type = static_cast<std::uint16_t>(40960 + random.below(1000));
    notify.data = random.bytes(random.below(70));
    return notify;
}

Configuration random_configuration(crypto::Random& random) {
    constexpr std::pair<ConfigAttributeType, std::size_t> kKnown[] = {{ConfigAttributeType::kIp4Address, 4},
                                                                      {ConfigAttributeType::kIp6Address, 17},
                                                                      {ConfigAttributeType::kIp6Dns, 16},
                                                                      {ConfigAttributeType::kIp4Subnet, 8}};
    Configuration configuration;
    configuration.type = static_cast<std::uint8_t>(random.below(256));
    for (std::size_t count = random.below(6); count > 0; --count) {
        const auto& [type, length] = kKnown[random.below(4)];
        configuration.attributes.push_back(
            {static_cast<std::uint16_t>(type), random.bytes(random.below(2) == 0 ? 0 : length)});
        const auto unknown = static_cast<std::uint16_t>(100 + random.below(32'000));
        configuration.attributes.push_back({unknown, random.bytes(random.below(40))});
    }
    return configuration;
}

Delete random_delete(crypto::Random& random) {
    Delete deletion;
    deletion.protocol = random.below(2) == 0 ? ProtocolId::kIke : ProtocolId::kEsp;
    if (deletion.protocol == ProtocolId::kIke) return deletion;
    for (std::size_t count = random.below(4); count > 0; --count) {
        deletion.spis.push_back(random.u32());
    }
    return deletion;
}

std::uint8_t octet(crypto::Random& random) {
    return static_cast<std::uint8_t>(random.below(256));
}

}  // namespace

Bytes payload(PayloadType next, ByteView body, bool critical) {
    const std::size_t length = body.size() + 4;
    Bytes octets{static_cast<std::uint8_t>(next), static_cast<std::uint8_t>(critical ? 0x80 : 0),
                 static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    append(octets, body);
    return octets;
}

Bytes repeat(PayloadType type, ByteView body, std::size_t count) {
    Bytes chain;
    for (std::size_t i = 1; i <= count; ++i) {
        append(chain, payload(i == count ? PayloadType::kNone : type, body));
    }
    return chain;
}

Notify notify(NotifyType type, std::size_t data_length) {
    Notify result;
    result.type = static_cast<std::uint16_t>(type);
    result.data = Bytes(data_length, 0x5a);
    return result;
}

Proposal proposal(ProtocolId protocol, std::size_t spi_length) {
    return {1,
            protocol,
            Bytes(spi_length, 0x77),
            {{TransformType::kEncr, 20, 256, false}, {TransformType::kDh, 19, std::nullopt, false}}};
}

TrafficSelector selector(std::string_view first, std::string_view last) {
    return {.first = *IpAddress::parse(first), .last = *IpAddress::parse(last)};
}

Header auth_header() {
    Header header;
    header.spi_i = IkeSpi{0x1111};
    header.spi_r = IkeSpi{0x2222};
    header.exchange = ExchangeType::kIkeAuth;
    header.from_initiator = true;
    header.message_id = 1;
    return header;
}

Payloads init_request() {
    Payloads payloads;
    payloads.sa = {proposal(ProtocolId::kIke, 0)};
    payloads.ke = Ke{19, Bytes(64, 0x11)};
    payloads.nonce = Bytes(32, 0x22);
    payloads.notifies = {notify(NotifyType::kNatDetectionSourceIp, 20),
                         notify(NotifyType::kNatDetectionDestinationIp, 20)};
    payloads.vendor_ids = {Bytes(16, 0x33)};
    return payloads;
}

Payloads auth_request() {
    Payloads payloads;
    payloads.id_i = Id{2, to_bytes(as_bytes("gw.example.org"))};
    payloads.id_r = Id{1, {192, 0, 2, 1}};
    payloads.auth = Auth{2, Bytes(32, 0x44)};
    payloads.sa = {proposal(ProtocolId::kEsp, 4)};
    payloads.ts_i = TrafficSelectors{{selector("10.1.0.0", "10.1.255.255")}, 0};
    payloads.ts_r = TrafficSelectors{{selector("10.2.0.0", "10.2.255.255"), selector("2001:db8::", "2001:db8::ff")}, 0};
    payloads.notifies = {notify(NotifyType::kInitialContact)};
    return payloads;
}

Payloads deletion() {
    Payloads payloads;
    payloads.deletes = {{ProtocolId::kEsp, {0xc0ffee01, 0xc0ffee02}}, {ProtocolId::kIke, {}}};
    return payloads;
}

Payloads random_payloads(crypto::Random& random) {
    Payloads payloads;
    const auto perhaps = [&random] { return random.below(2) == 0; };
    const auto times = [&random] { return random.below(4); };
    if (perhaps()) payloads.sa.emplace();
    for (std::size_t i = 0; payloads.sa && i <= times(); ++i) {
        payloads.sa->push_back(random_proposal(random));
    }
    if (perhaps())
        payloads.ke = Ke{static_cast<std::uint16_t>(random.below(65536)), random.bytes(1 + random.below(99))};
    if (perhaps()) payloads.id_i = Id{octet(random), random.bytes(random.below(50))};
    if (perhaps()) payloads.id_r = Id{octet(random), random.bytes(random.below(50))};
    if (perhaps()) payloads.certs.resize(times(), {octet(random), random.bytes(random.below(60))});
    if (perhaps()) payloads.cert_requests.resize(times(), {octet(random), random.bytes(random.below(60))});
    if (perhaps()) payloads.auth = Auth{octet(random), random.bytes(random.below(70))};
    if (perhaps()) payloads.nonce = random.bytes(16 + random.below(241));
    if (perhaps()) payloads.ts_i = random_selectors(random);
    if (perhaps()) payloads.ts_r = random_selectors(random);
    if (perhaps()) payloads.configuration = random_configuration(random);
    for (std::size_t i = times(); i > 0; --i) {
        payloads.notifies.push_back(random_notify(random));
    }
    for (std::size_t i = times(); i > 0; --i) {
        payloads.deletes.push_back(random_delete(random));
    }
    for (std::size_t i = times(); i > 0; --i) {
        payloads.vendor_ids.push_back(random.bytes(random.below(40)));
    }
    return payloads;
}

}  // namespace esplane::ike::wire::samples
