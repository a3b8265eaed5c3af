// Reading and writing octets in order. Internal to ike/wire/.
#pragma once

#include <concepts>
#include <optional>

#include "crypto/bytes.h"
#include "crypto/require.h"
#include "crypto/result.h"
#include "ike/wire/codec.h"

namespace esplane::ike::wire {

inline Failure<ParseError> fail(ParseErrorKind kind, std::string what) {
    return Failure<ParseError>{ParseError{kind, std::move(what)}};
}

/// Hands out a view from front to back, never more than is there.
class Cursor {
  public:
    explicit Cursor(ByteView from) : rest_(from) {}

    bool empty() const { return rest_.empty(); }

    std::optional<ByteView> take(std::size_t count) {
        if (count > rest_.size()) return std::nullopt;
        const ByteView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    ByteView take_rest() { return std::exchange(rest_, ByteView{}); }

    /// A payload, proposal, transform or traffic selector: each has its own total length as a 16-bit number in its
    /// third and fourth octet. `fixed` (at least 4) is the length of the part that must be there.
    Result<ByteView, ParseErrorKind> take_structure(std::size_t fixed) {
        if (rest_.size() < fixed) return Failure{ParseErrorKind::kTruncated};
        const std::size_t length = load_be<std::uint16_t>(rest_.data() + 2);
        if (length < fixed) return Failure{ParseErrorKind::kBadLength};
        const auto taken = take(length);
        if (!taken) return Failure{ParseErrorKind::kTruncated};
        return *taken;
    }

  private:
    ByteView rest_;
};

template <std::unsigned_integral T>
void append_be(Bytes& to, T number) {
    if constexpr (sizeof(T) == 1) {
        to.push_back(number);
    } else {
        const BigEndian<T> octets = number;
        append(to, {reinterpret_cast<const std::uint8_t*>(&octets), sizeof octets});
    }
}

inline void append_zeros(Bytes& to, std::size_t count) {
    to.resize(to.size() + count);
}

/// Writes the length of the structure that begins at `start` and ends with `to` into its third and fourth octet.
/// Callers build from bounded parts only, so a structure too long for the field is a mistake of ours.
inline void close_structure(Bytes& to, std::size_t start) {
    const std::size_t length = to.size() - start;
    crypto::require(length <= kMaxMessageLength, "a part of an IKE message grew beyond its length field");
    store_be(to.data() + start + 2, static_cast<std::uint16_t>(length));
}

}  // namespace esplane::ike::wire
