#include "dataplane/packet/fragment.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kMinimumHeader = 20;
constexpr std::size_t kUnit = 8;
constexpr std::size_t kLongestDatagram = 65535;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kOffset = 0x1fff;
constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kCopied = 0x80;

/// Length of the option that begins at `at`; 0 when it does not hold.
std::size_t option_length(ByteView options, std::size_t at) {
    if (options[at] == kNoOperation) return 1;
    if (at + 1 >= options.size()) return 0;
    const std::size_t length = options[at + 1];
    return length < 2 || at + length > options.size() ? 0 : length;
}

bool options_hold(ByteView options) {
    for (std::size_t at = 0; at < options.size() && options[at] != kEndOfOptions;) {
        const std::size_t length = option_length(options, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

/// RFC 791 3.2: an unfinished datagram's fragment is a multiple of eight octets, and none reaches beyond 65535.
bool offset_holds(std::uint16_t field, std::size_t header, std::size_t payload) {
    if ((field & kMoreFragments) != 0 && payload % kUnit != 0) return false;
    return header + (field & kOffset) * kUnit + payload <= kLongestDatagram;
}

}  // namespace

void Ipv4Fragmenter::Piece::write(MutableByteView out) const {
    std::copy(header.begin(), header.end(), out.begin());
    std::copy(payload.begin(), payload.end(), out.begin() + static_cast<std::ptrdiff_t>(header.size()));
}

Result<Ipv4Fragmenter, FragmentRefusal> Ipv4Fragmenter::start(ByteView packet, const FragmentOptions& options) {
    if (packet.size() < kMinimumHeader || packet[0] >> 4 != 4) return Failure{FragmentRefusal::kMalformed};
    const std::size_t header = (packet[0] & std::size_t{0x0f}) * 4;
    const std::size_t total = load_be<std::uint16_t>(packet.data() + 2);
    if (header < kMinimumHeader || total < header || total > packet.size()) return Failure{FragmentRefusal::kMalformed};
    const auto field = load_be<std::uint16_t>(packet.data() + 6);
    if (!offset_holds(field, header, total - header)) return Failure{FragmentRefusal::kMalformed};
    if (!options_hold(packet.subspan(kMinimumHeader, header - kMinimumHeader))) {
        return Failure{FragmentRefusal::kMalformed};
    }

    Ipv4Fragmenter pieces;
    pieces.header_length_ = header;
    std::copy_n(packet.begin(), header, pieces.header_.begin());
    pieces.payload_ = packet.subspan(header, total - header);
    pieces.mtu_ = options.mtu_bytes;
    pieces.flags_ = field & static_cast<std::uint16_t>(~kOffset);
    pieces.offset_ = field & kOffset;
    if (total <= options.mtu_bytes) return pieces;

    if (options.mtu_bytes < header + kUnit) return Failure{FragmentRefusal::kMtuTooSmall};
    if ((field & kDontFragment) != 0) {
        if (!options.override_df) return Failure{FragmentRefusal::kDontFragment};
        pieces.flags_ &= static_cast<std::uint16_t>(~kDontFragment);
        store_be(pieces.header_.data() + 4, *options.override_df);
    }
    return pieces;
}

std::optional<Ipv4Fragmenter::Piece> Ipv4Fragmenter::next() {
    if (done_) return std::nullopt;
    if (begun_) keep_copied_options();
    begun_ = true;
    const bool last = header_length_ + payload_.size() <= mtu_;
    const std::size_t length = last ? payload_.size() : (mtu_ - header_length_) / kUnit * kUnit;
    const std::uint16_t flags = last ? flags_ : static_cast<std::uint16_t>(flags_ | kMoreFragments);
    store_be(header_.data() + 2, static_cast<std::uint16_t>(header_length_ + length));
    store_be(header_.data() + 6, static_cast<std::uint16_t>(flags | offset_));
    store_be(header_.data() + 10, std::uint16_t{0});
    const ByteView header(header_.data(), header_length_);
    store_be(header_.data() + 10, checksum_finish(checksum_add(0, header)));
    const Piece piece{header, payload_.first(length)};
    payload_ = payload_.subspan(length);
    offset_ += static_cast<std::uint32_t>(length / kUnit);
    done_ = last;
    return piece;
}

void Ipv4Fragmenter::keep_copied_options() {
    const ByteView options(header_.data() + kMinimumHeader, header_length_ - kMinimumHeader);
    std::size_t kept = 0;
    for (std::size_t at = 0; at < options.size() && options[at] != kEndOfOptions;) {
        const std::size_t length = option_length(options, at);
        if ((options[at] & kCopied) != 0) {
            std::copy_n(options.begin() + static_cast<std::ptrdiff_t>(at), length,
                        header_.data() + kMinimumHeader + kept);
            kept += length;
        }
        at += length;
    }
    const std::size_t padded = (kept + 3) / 4 * 4;
    std::fill(header_.data() + kMinimumHeader + kept, header_.data() + kMinimumHeader + padded, kEndOfOptions);
    header_length_ = kMinimumHeader + padded;
    header_[0] = static_cast<std::uint8_t>(0x40 | header_length_ / 4);
}

}  // namespace esplane::dataplane
