#include "config/text.h"

#include <array>
#include <cstdint>

#include "config/wording.h"

namespace esplane::config {
namespace {

struct Utf8Form {
    std::uint8_t mask;
    std::uint8_t lead;
    std::size_t length;
    std::uint32_t lowest;  // a smaller code point has a shorter form (RFC 3629 3)
};

constexpr std::array<Utf8Form, 3> kForms = {{{0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}}};

/// Octets of the well-formed UTF-8 sequence (RFC 3629) at the start of `rest`, which is not ASCII; 0 when there is
/// none.
std::size_t utf8_length(std::string_view rest) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(rest[i]); };
    for (const Utf8Form& form : kForms) {
        if ((octet(0) & form.mask) != form.lead) continue;
        if (rest.size() < form.length) return 0;
        std::uint32_t point = octet(0) & static_cast<std::uint8_t>(~form.mask);
        for (std::size_t i = 1; i < form.length; ++i) {
            if ((octet(i) & 0xc0) != 0x80) return 0;
            point = (point << 6) | (octet(i) & 0x3fU);
        }
        const bool surrogate = point >= 0xd800 && point <= 0xdfff;
        return point < form.lowest || point > 0x10ffff || surrogate ? 0 : form.length;
    }
    return 0;
}

}  // namespace

std::optional<Flaw> find_flaw(std::string_view text) {
    if (text.size() > kLargestFile) return Flaw{{}, "the file is larger than 16 MiB"};
    Place place;
    std::size_t indicators = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto octet = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        if (octet >= 0x80) {
            length = utf8_length(text.substr(i));
            if (length == 0) return Flaw{place, "octet " + quoted(text.substr(i, 1)) + " is not UTF-8 text"};
        } else if (octet == '\r' && text.substr(i + 1, 1) != "\n") {
            return Flaw{place, "a carriage return without a line feed; lines end in LF or CR LF"};
        } else if ((octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r') || octet == 0x7f) {
            return Flaw{place, "control character " + quoted(text.substr(i, 1)) + " in the text"};
        }
        if (octet == '[' || octet == ']' || octet == '{' || octet == '}' || octet == ',') ++indicators;
        if (indicators > kMostIndicators) return Flaw{place, "the configuration is too large from here on"};
        place.column += static_cast<int>(length);
        if (octet == '\n') place = {place.line + 1, 1};
        i += length;
    }
    return std::nullopt;
}

}  // namespace esplane::config
