// The Encrypted Fragment payload: a message that is longer than a datagram should be (RFC 7383 2.5).
#include <algorithm>

#include "ike/wire/encrypted.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kNumbersLength = 4;  // which fragment, of how many
constexpr std::size_t kNumbersOffset = kHeaderLength + kGenericHeaderLength;

Bytes numbers_of(std::size_t number, std::size_t total) {
    Bytes numbers;
    append_be(numbers, static_cast<std::uint16_t>(number));
    append_be(numbers, static_cast<std::uint16_t>(total));
    return numbers;
}

}  // namespace

std::vector<Bytes> seal_in_fragments(const Header& header, const Payloads& payloads, const crypto::SkCipher& cipher,
                                     std::uint64_t& gcm_iv_counter, crypto::Random& random, std::size_t longest) {
    const Chain chain = chain_of(header.exchange, payloads);
    const auto seal = [&](const Envelope& envelope, ByteView text) {
        return seal_text(header, envelope, text, cipher, gcm_iv_counter++, random);
    };
    if (chain.text.size() <= room_for_text(longest, 0, cipher))
        return {seal({PayloadType::kSk, chain.first, {}}, chain.text)};
    const std::size_t room = room_for_text(longest, kNumbersLength, cipher);
    crypto::require(room > 0, "a datagram is to be shorter than what surrounds a fragment of an IKE message");
    const std::size_t total = (chain.text.size() + room - 1) / room;
    std::vector<Bytes> fragments;
    for (std::size_t number = 1; number <= total; ++number) {
        const std::size_t begin = (number - 1) * room;
        const std::size_t length = std::min(room, chain.text.size() - begin);
        const PayloadType first = number == 1 ? chain.first : PayloadType::kNone;
        fragments.push_back(
            seal({PayloadType::kSkf, first, numbers_of(number, total)}, ByteView(chain.text).subspan(begin, length)));
    }
    return fragments;
}

Result<Fragment, ParseError> open_fragment(const Header& header, ByteView datagram, const crypto::SkCipher& cipher) {
    if (datagram.size() < kNumbersOffset + kNumbersLength)
        return fail(ParseErrorKind::kMissingSk, "message is not one SKF payload");
    Fragment fragment;
    fragment.number = load_be<std::uint16_t>(datagram.data() + kNumbersOffset);
    fragment.total = load_be<std::uint16_t>(datagram.data() + kNumbersOffset + 2);
    if (fragment.number == 0 || fragment.number > fragment.total)
        return fail(ParseErrorKind::kBadFragment, "SKF payload: fragment number");
    auto text = open_text(header, datagram, PayloadType::kSkf, kNumbersLength, cipher);
    if (!text) return Failure{text.error()};
    fragment.text = *std::move(text);
    if (fragment.number == 1) fragment.first_payload = PayloadType{datagram[kHeaderLength]};
    return fragment;
}

}  // namespace esplane::ike::wire
