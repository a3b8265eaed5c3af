#include "ike/core/identity.h"

#include <algorithm>
#include <array>

#include "crypto/distinguished_name.h"
#include "dataplane/packet/address.h"
#include "ike/wire/caps.h"

namespace esplane::ike {
namespace {

using wire::IdType;

constexpr std::size_t kMaxNameLength = 255;      // RFC 1035 2.3.4
constexpr std::size_t kMaxEmailLength = 320;     // RFC 5321 4.5.3.1: local part 64, "@", domain 255
constexpr std::size_t kMaxDescribedOctets = 64;  // of an identity that is shown but cannot be ours

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name(IdType type) {
    return type == IdType::kFqdn || type == IdType::kRfc822Addr;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char left, char right) { return to_lower(left) == to_lower(right); });
}

std::string_view as_text(ByteView octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

bool is_visible_ascii(char c) {
    return c > ' ' && c < 0x7f;
}

// RFC 7296 3.5: a name is ASCII and has no terminator. Control characters and blanks in a name serve deception only.
bool is_fqdn(std::string_view text) {
    return !text.empty() && text.size() <= kMaxNameLength && std::all_of(text.begin(), text.end(), is_visible_ascii);
}

// RFC 7296 3.5: addresses SHOULD be taken as UTF-8.
bool is_email(std::string_view text) {
    const auto visible = [](char c) { return is_visible_ascii(c) || static_cast<unsigned char>(c) >= 0x80; };
    const std::size_t at = text.rfind('@');
    return text.size() <= kMaxEmailLength && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           std::all_of(text.begin(), text.end(), visible);
}

/// Whether a word without a prefix may be taken for a name. What looks like a mistyped address, a distinguished name or
/// a pattern is an error rather than a name that no peer has.
bool looks_like_name(std::string_view text) {
    return is_fqdn(text) && text.find_first_of("*:=,#@%/") == std::string_view::npos &&
           text.find_first_not_of("0123456789.") != std::string_view::npos;
}

Identity of_text(IdType type, std::string_view text) {
    return {type, to_bytes(as_bytes(text))};
}

std::optional<Identity> of_address(std::string_view text, std::optional<Family> wanted) {
    const auto address = IpAddress::parse(text);
    if (!address || (wanted && address->family() != *wanted)) return std::nullopt;
    const IdType type = address->family() == Family::kIpv4 ? IdType::kIpv4Addr : IdType::kIpv6Addr;
    return Identity{type, to_bytes(address->octets())};
}

std::optional<Identity> of_fqdn(std::string_view text) {
    if (!is_fqdn(text)) return std::nullopt;
    return of_text(IdType::kFqdn, text);
}

std::optional<Identity> of_email(std::string_view text) {
    if (!is_email(text) || text.find('*') != std::string_view::npos) return std::nullopt;
    return of_text(IdType::kRfc822Addr, text);
}

std::optional<Identity> of_distinguished_name(std::string_view text) {
    const auto name = crypto::parse_distinguished_name(text);
    if (!name || name->size() > wire::kMaxIdLength) return std::nullopt;
    return Identity{IdType::kDerAsn1Dn, *name};
}

/// What follows `prefix`; empty when `text` does not begin with it.
std::optional<std::string_view> behind(std::string_view text, std::string_view prefix) {
    if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
    return text.substr(prefix.size());
}

std::string escape(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= ' ' && octet < 0x7f && c != '\\') {
            shown += c;
        } else {
            shown += {'\\', 'x', kDigits[octet >> 4], kDigits[octet & 15]};
        }
    }
    return shown;
}

/// As an operator would write it: with its type where the text alone would be read as something else.
std::string describe_name(IdType type, std::string_view label, const Bytes& value) {
    const std::string_view text = as_text(value);
    if (Identity::parse(text) == Identity{type, value}) return escape(text);
    return std::string(label) + escape(text.substr(0, kMaxEmailLength));
}

std::string shorten(ByteView value, std::string (*show)(ByteView)) {
    return show(value.first(std::min(value.size(), kMaxDescribedOctets))) +
           (value.size() > kMaxDescribedOctets ? "..." : "");
}

std::string escape_octets(ByteView octets) {
    return escape(as_text(octets));
}

std::string hex_of(std::string_view label, const Bytes& value) {
    return std::string(label) + shorten(value, to_hex);
}

}  // namespace

std::optional<Identity> Identity::parse(std::string_view text) {
    if (const auto name = behind(text, "fqdn:")) return of_fqdn(*name);
    if (const auto address = behind(text, "email:")) return of_email(*address);
    if (const auto address = behind(text, "ipv4:")) return of_address(*address, Family::kIpv4);
    if (const auto address = behind(text, "ipv6:")) return of_address(*address, Family::kIpv6);
    if (const auto name = behind(text, "asn1dn:")) return of_distinguished_name(*name);
    if (const auto name = behind(text, "@")) return of_fqdn(*name);
    if (auto address = of_address(text, std::nullopt)) return address;
    if (text.find('=') != std::string_view::npos) return of_distinguished_name(text);
    if (text.find('@') != std::string_view::npos) return of_email(text);
    if (!looks_like_name(text)) return std::nullopt;
    return of_fqdn(text);
}

std::optional<Identity> Identity::from_wire(const wire::Id& id) {
    const Identity identity{IdType{id.type}, id.value};
    switch (identity.type) {
        case IdType::kIpv4Addr:
            return id.value.size() == 4 ? std::optional(identity) : std::nullopt;
        case IdType::kIpv6Addr:
            return id.value.size() == 16 ? std::optional(identity) : std::nullopt;
        case IdType::kFqdn:
            return is_fqdn(as_text(id.value)) ? std::optional(identity) : std::nullopt;
        case IdType::kRfc822Addr:
            return is_email(as_text(id.value)) ? std::optional(identity) : std::nullopt;
        case IdType::kDerAsn1Dn:
            return crypto::is_distinguished_name(id.value) ? std::optional(identity) : std::nullopt;
        case IdType::kKeyId:
            break;
    }
    return std::nullopt;
}

Identity Identity::folded() const {
    Identity same = *this;
    if (is_name(type)) {
        for (std::uint8_t& octet : same.value)
            octet = static_cast<std::uint8_t>(to_lower(static_cast<char>(octet)));
    }
    return same;
}

wire::Id Identity::to_wire() const {
    return {static_cast<std::uint8_t>(type), value};
}

std::string Identity::to_string() const {
    return describe(to_wire());
}

std::string describe(const wire::Id& id) {
    switch (IdType{id.type}) {
        case IdType::kIpv4Addr:
        case IdType::kIpv6Addr: {
            const bool is_v4 = IdType{id.type} == IdType::kIpv4Addr;
            const auto address = IpAddress::from_octets(id.value);
            if (address && (address->family() == Family::kIpv4) == is_v4) return address->to_string();
            return hex_of(is_v4 ? "malformed ipv4:" : "malformed ipv6:", id.value);
        }
        case IdType::kFqdn:
            return describe_name(IdType::kFqdn, "fqdn:", id.value);
        case IdType::kRfc822Addr:
            return describe_name(IdType::kRfc822Addr, "email:", id.value);
        case IdType::kKeyId:
            return "keyid:" + shorten(id.value, escape_octets);
        case IdType::kDerAsn1Dn:
            if (crypto::is_distinguished_name(id.value)) return crypto::distinguished_name_text(id.value);
            return hex_of("malformed asn1dn:", id.value);
    }
    return hex_of("type " + std::to_string(id.type) + ":", id.value);
}

std::string printable(std::string_view octets) {
    return shorten(as_bytes(octets), escape_octets);
}

IdentityPattern IdentityPattern::any() {
    return {};
}

IdentityPattern IdentityPattern::exactly(Identity identity) {
    IdentityPattern pattern;
    pattern.exact_ = std::move(identity);
    return pattern;
}

std::optional<IdentityPattern> IdentityPattern::parse(std::string_view text) {
    if (text == "any" || text == "%any") return any();
    if (const auto suffix = behind(text, "*")) {
        const char separator = suffix->empty() ? '\0' : suffix->front();
        if ((separator != '.' && separator != '@') || !looks_like_name(suffix->substr(1))) return std::nullopt;
        IdentityPattern pattern;
        pattern.suffix_ = *suffix;
        return pattern;
    }
    const auto identity = Identity::parse(text);
    if (!identity) return std::nullopt;
    return exactly(*identity);
}

bool IdentityPattern::matches(const Identity& identity) const {
    const std::string_view theirs = as_text(identity.value);
    const bool is_name = identity.type == IdType::kFqdn || identity.type == IdType::kRfc822Addr;
    if (exact_ && exact_->type == IdType::kDerAsn1Dn)
        return identity.type == exact_->type && crypto::same_distinguished_name(identity.value, exact_->value);
    if (exact_) {
        if (!is_name) return identity == *exact_;
        return identity.type == exact_->type && equal_ignoring_case(theirs, as_text(exact_->value));
    }
    if (suffix_.empty()) return true;
    // Something must stand in the wildcard's place.
    return identity.type == (suffix_.front() == '@' ? IdType::kRfc822Addr : IdType::kFqdn) &&
           theirs.size() > suffix_.size() &&
           equal_ignoring_case(theirs.substr(theirs.size() - suffix_.size()), suffix_);
}

std::string IdentityPattern::to_string() const {
    if (exact_) return exact_->to_string();
    return suffix_.empty() ? "any" : "*" + suffix_;
}

}  // namespace esplane::ike
