// The Security Association payload (RFC 7296 3.3): proposals of transforms of attributes.
#include "dataplane/sa/types.h"
#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kProposalHeaderLength = 8;
constexpr std::size_t kTransformHeaderLength = 8;
constexpr std::size_t kAttributeHeaderLength = 4;
constexpr std::uint8_t kLast = 0;
constexpr std::uint8_t kMoreProposals = 2;
constexpr std::uint8_t kMoreTransforms = 3;
constexpr std::uint16_t kShortFormat = 0x8000;  // the attribute's value stands where else its length would
constexpr std::uint16_t kKeyLength = 14;

/// A substructure says whether another one follows (3.3.1, 3.3.2); what is there must agree.
bool marks_position(std::uint8_t marker, std::uint8_t more, const Cursor& behind) {
    return marker == (behind.empty() ? kLast : more);
}

// RFC 7296 3.3.5 knows one attribute, the key length, and only in the short format. Anything else, a second key length
// too, leaves the transform readable but unfit to be chosen (3.3.6).
Result<void, ParseError> parse_attributes(ByteView octets, Transform& transform) {
    Cursor cursor(octets);
    while (!cursor.empty()) {
        const auto header = cursor.take(kAttributeHeaderLength);
        if (!header) return fail(ParseErrorKind::kTruncated, "SA payload: attribute");
        const auto type = load_be<std::uint16_t>(header->data());
        const auto value = load_be<std::uint16_t>(header->data() + 2);
        const bool is_short = (type & kShortFormat) != 0;
        if (!is_short && !cursor.take(value)) return fail(ParseErrorKind::kTruncated, "SA payload: attribute value");
        if (type == (kShortFormat | kKeyLength) && !transform.key_bits) {
            transform.key_bits = value;
        } else {
            transform.unknown_attribute = true;
        }
    }
    return {};
}

Result<Transform, ParseError> parse_transform(Cursor& cursor) {
    const auto structure = cursor.take_structure(kTransformHeaderLength);
    if (!structure) return fail(structure.error(), "SA payload: transform length");
    const ByteView octets = *structure;
    if (!marks_position(octets[0], kMoreTransforms, cursor)) {
        return fail(ParseErrorKind::kBadValue, "SA payload: transform's last substructure field");
    }
    Transform transform;
    transform.type = TransformType{octets[4]};
    transform.id = load_be<std::uint16_t>(octets.data() + 6);
    const auto parsed = parse_attributes(octets.subspan(kTransformHeaderLength), transform);
    if (!parsed) return Failure{parsed.error()};
    return transform;
}

bool is_spi_length(ProtocolId protocol, std::size_t length) {
    switch (protocol) {
        case ProtocolId::kIke:
            return length == 0 || length == sizeof(IkeSpi);  // 3.3.1: zero in the first exchange, 8 in a rekey
        case ProtocolId::kAh:
        case ProtocolId::kEsp:
            return length == sizeof(dataplane::Spi);
        case ProtocolId::kNone:
            break;
    }
    return true;  // a protocol that we do not know: its proposal is never chosen
}

Result<Proposal, ParseError> parse_proposal(Cursor& cursor) {
    const auto structure = cursor.take_structure(kProposalHeaderLength);
    if (!structure) return fail(structure.error(), "SA payload: proposal length");
    const ByteView octets = *structure;
    if (!marks_position(octets[0], kMoreProposals, cursor)) {
        return fail(ParseErrorKind::kBadValue, "SA payload: proposal's last substructure field");
    }
    Proposal proposal;
    proposal.number = octets[4];
    proposal.protocol = ProtocolId{octets[5]};
    const std::size_t spi_length = octets[6];
    const std::size_t transform_count = octets[7];
    if (!is_spi_length(proposal.protocol, spi_length)) return fail(ParseErrorKind::kBadValue, "SA payload: SPI size");
    if (transform_count > kMaxTransforms) return fail(ParseErrorKind::kBadValue, "SA payload: too many transforms");

    Cursor body(octets.subspan(kProposalHeaderLength));
    const auto spi = body.take(spi_length);
    if (!spi) return fail(ParseErrorKind::kTruncated, "SA payload: SPI");
    proposal.spi = to_bytes(*spi);
    proposal.transforms.reserve(transform_count);
    for (std::size_t i = 0; i < transform_count; ++i) {
        auto transform = parse_transform(body);
        if (!transform) return Failure{transform.error()};
        proposal.transforms.push_back(*std::move(transform));
    }
    if (!body.empty()) return fail(ParseErrorKind::kBadLength, "SA payload: octets behind the last transform");
    return proposal;
}

void write_transform(Bytes& to, const Transform& transform, bool last) {
    const std::size_t start = to.size();
    append_be(to, last ? kLast : kMoreTransforms);
    append_zeros(to, 3);  // reserved, and the length
    append_be(to, static_cast<std::uint8_t>(transform.type));
    append_be(to, std::uint8_t{0});
    append_be(to, transform.id);
    if (transform.key_bits) {
        append_be(to, static_cast<std::uint16_t>(kShortFormat | kKeyLength));
        append_be(to, *transform.key_bits);
    }
    close_structure(to, start);
}

void write_proposal(Bytes& to, const Proposal& proposal, bool last) {
    crypto::require(proposal.spi.size() <= 255 && proposal.transforms.size() <= kMaxTransforms,
                    "a proposal has more than its counters hold");
    const std::size_t start = to.size();
    append_be(to, last ? kLast : kMoreProposals);
    append_zeros(to, 3);  // reserved, and the length
    append_be(to, proposal.number);
    append_be(to, static_cast<std::uint8_t>(proposal.protocol));
    append_be(to, static_cast<std::uint8_t>(proposal.spi.size()));
    append_be(to, static_cast<std::uint8_t>(proposal.transforms.size()));
    append(to, proposal.spi);
    for (const Transform& transform : proposal.transforms) {
        write_transform(to, transform, &transform == &proposal.transforms.back());
    }
    close_structure(to, start);
}

}  // namespace

Result<std::vector<Proposal>, ParseError> parse_sa(ByteView body) {
    Cursor cursor(body);
    std::vector<Proposal> proposals;
    do {
        if (proposals.size() == kMaxProposals) return fail(ParseErrorKind::kBadValue, "SA payload: too many proposals");
        auto proposal = parse_proposal(cursor);
        if (!proposal) return Failure{proposal.error()};
        proposals.push_back(*std::move(proposal));
    } while (!cursor.empty());
    return proposals;
}

void write_sa(Bytes& to, const std::vector<Proposal>& proposals) {
    for (const Proposal& proposal : proposals) {
        write_proposal(to, proposal, &proposal == &proposals.back());
    }
}

}  // namespace esplane::ike::wire
