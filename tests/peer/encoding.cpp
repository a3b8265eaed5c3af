#include "tests/peer/encoding.h"

#include <algorithm>
#include <stdexcept>

namespace esplane::peer {

namespace {

std::uint16_t u16(ByteView octets, std::size_t at) {
    return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}

std::uint64_t read_number(ByteView octets, std::size_t at, std::size_t length) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length; ++i)
        value = value << 8 | octets[at + i];
    return value;
}

/// Transforms and proposals alike: a marker, a reserved octet, the length, the rest (3.3.1, 3.3.2).
void put_substructure(Bytes& to, std::uint8_t marker, ByteView rest) {
    to.push_back(marker);
    to.push_back(0);
    put(to, static_cast<std::uint16_t>(rest.size() + 4));
    append(to, rest);
}

std::optional<Transform> read_transform(ByteView octets) {
    if (octets.size() < 8) return std::nullopt;
    Transform transform{octets[4], u16(octets, 6), 0};
    if (octets.size() >= 12 && u16(octets, 8) == 0x800e) transform.key_bits = u16(octets, 10);
    return transform;
}

std::optional<Proposal> read_proposal(ByteView octets) {
    if (octets.size() < 8U + octets[6]) return std::nullopt;
    Proposal proposal{octets[4], octets[5], to_bytes(octets.subspan(8, octets[6])), {}};
    std::size_t at = 8U + octets[6];
    for (std::size_t i = 0; i < octets[7]; ++i) {
        if (at + 8 > octets.size() || at + u16(octets, at + 2) > octets.size()) return std::nullopt;
        const auto transform = read_transform(octets.subspan(at, u16(octets, at + 2)));
        if (!transform) return std::nullopt;
        proposal.transforms.push_back(*transform);
        at += u16(octets, at + 2);
    }
    if (at != octets.size()) return std::nullopt;
    return proposal;
}

}  // namespace

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const ByteView part : parts)
        append(all, part);
    return all;
}

Bytes encode(const Header& header, std::uint8_t first, ByteView behind) {
    Bytes message;
    put(message, header.spi_i);
    put(message, header.spi_r);
    message.push_back(first);
    message.push_back(0x20);  // major version 2, minor 0
    message.push_back(header.exchange);
    message.push_back(header.flags);
    put(message, header.id);
    put(message, static_cast<std::uint32_t>(kHeaderLength + behind.size()));
    append(message, behind);
    return message;
}

Bytes encode(const Header& header, const Chain& chain) {
    return encode(header, first_type(chain), encode(chain));
}

Bytes encode(const Chain& chain) {
    Bytes octets;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        octets.push_back(i + 1 < chain.size() ? chain[i + 1].type : 0);
        octets.push_back(chain[i].critical ? 0x80 : 0);
        put(octets, static_cast<std::uint16_t>(chain[i].body.size() + 4));
        append(octets, chain[i].body);
    }
    return octets;
}

std::uint8_t first_type(const Chain& chain) {
    return chain.empty() ? 0 : chain.front().type;
}

Bytes encode(const std::vector<Transform>& transforms) {
    Bytes octets;
    for (std::size_t i = 0; i < transforms.size(); ++i) {
        Bytes rest{transforms[i].type, 0};
        put(rest, transforms[i].id);
        if (transforms[i].key_bits != 0) {
            put(rest, std::uint16_t{0x800e});
            put(rest, transforms[i].key_bits);
        }
        put_substructure(octets, i + 1 < transforms.size() ? 3 : 0, rest);
    }
    return octets;
}

Bytes encode(const std::vector<Proposal>& proposals) {
    Bytes octets;
    for (std::size_t i = 0; i < proposals.size(); ++i) {
        const Proposal& each = proposals[i];
        Bytes rest{each.number, each.protocol, static_cast<std::uint8_t>(each.spi.size()),
                   static_cast<std::uint8_t>(each.transforms.size())};
        append(rest, each.spi);
        append(rest, encode(each.transforms));
        put_substructure(octets, i + 1 < proposals.size() ? 2 : 0, rest);
    }
    return octets;
}

Payload sa(const std::vector<Proposal>& proposals) {
    return {kSa, encode(proposals)};
}

Payload ke(std::uint16_t group, ByteView value) {
    return {kKe, joined({number(group), number(std::uint16_t{0}), value})};
}

Payload notify(std::uint16_t type, ByteView data, std::uint8_t protocol, ByteView spi) {
    Bytes body{protocol, static_cast<std::uint8_t>(spi.size())};
    put(body, type);
    append(body, spi);
    append(body, data);
    return {kNotify, std::move(body)};
}

Payload delete_of(std::uint8_t protocol, const std::vector<std::uint32_t>& spis) {
    Bytes body{protocol, static_cast<std::uint8_t>(protocol == kIke ? 0 : 4)};
    put(body, static_cast<std::uint16_t>(spis.size()));
    for (const std::uint32_t spi : spis)
        put(body, spi);
    return {kDelete, std::move(body)};
}

Payload selector(std::uint8_t type, std::uint32_t first, std::uint32_t last) {
    Bytes body{1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 0xff, 0xff};  // one, of TS_IPV4_ADDR_RANGE (3.13.1)
    put(body, first);
    put(body, last);
    return {type, std::move(body)};
}

std::optional<Header> read_header(ByteView datagram) {
    if (datagram.size() < kHeaderLength || datagram[17] >> 4 != 2 || read_number(datagram, 24, 4) != datagram.size())
        return std::nullopt;
    return Header{read_number(datagram, 0, 8), read_number(datagram, 8, 8), datagram[18], datagram[19],
                  static_cast<std::uint32_t>(read_number(datagram, 20, 4))};
}

std::optional<Chain> read_chain(std::uint8_t first, ByteView octets) {
    Chain chain;
    std::size_t at = 0;
    for (std::uint8_t type = first; type != 0;) {
        if (at + 4 > octets.size()) return std::nullopt;
        const std::size_t length = u16(octets, at + 2);
        if (length < 4 || at + length > octets.size()) return std::nullopt;
        chain.push_back({type, to_bytes(octets.subspan(at + 4, length - 4)), (octets[at + 1] & 0x80) != 0});
        type = octets[at];
        at += length;
    }
    if (at != octets.size()) return std::nullopt;
    return chain;
}

std::optional<std::vector<Proposal>> read_sa(const Chain& chain) {
    const Payload* payload = find(chain, kSa);
    if (payload == nullptr) return std::nullopt;
    std::vector<Proposal> proposals;
    const ByteView octets = payload->body;
    for (std::size_t at = 0; at < octets.size();) {
        if (at + 8 > octets.size() || u16(octets, at + 2) < 8 || at + u16(octets, at + 2) > octets.size())
            return std::nullopt;
        auto proposal = read_proposal(octets.subspan(at, u16(octets, at + 2)));
        if (!proposal) return std::nullopt;
        proposals.push_back(std::move(*proposal));
        at += u16(octets, at + 2);
    }
    return proposals;
}

const Payload* find(const Chain& chain, std::uint8_t type) {
    const auto found =
        std::find_if(chain.begin(), chain.end(), [&](const Payload& payload) { return payload.type == type; });
    return found == chain.end() ? nullptr : &*found;
}

const Payload* find_notify(const Chain& chain, std::uint16_t type) {
    const auto found = std::find_if(chain.begin(), chain.end(), [&](const Payload& payload) {
        return payload.type == kNotify && payload.body.size() >= 4 && u16(payload.body, 2) == type;
    });
    return found == chain.end() ? nullptr : &*found;
}

bool has_error(const Chain& chain) {
    return std::any_of(chain.begin(), chain.end(), [](const Payload& payload) {
        return payload.type == kNotify && payload.body.size() >= 4 && u16(payload.body, 2) < 16384;
    });
}

Chain with(Chain chain, Payload more) {
    chain.push_back(std::move(more));
    return chain;
}

Chain without(Chain chain, std::uint8_t type) {
    std::erase_if(chain, [&](const Payload& payload) { return payload.type == type; });
    return chain;
}

Chain replaced(Chain chain, const Payload& other) {
    for (Payload& payload : chain) {
        if (payload.type != other.type) continue;
        payload = other;
        return chain;
    }
    throw std::logic_error("there is no such payload to replace");
}

}  // namespace esplane::peer
