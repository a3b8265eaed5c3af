#include "ike/core/suite_words.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/require.h"
#include "ike/core/additional_exchanges.h"

namespace esplane::ike {
namespace {

using crypto::DhId;
using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;
using crypto::PrfId;

constexpr std::size_t kLongestWord = 24;  // of any algorithm's name; what is longer is cut in messages

constexpr std::size_t kAdditionalPrefix = 4;  // "ke1_"
constexpr std::array kKems{DhId::kMlKem512, DhId::kMlKem768, DhId::kMlKem1024};

struct Known {
    std::string_view word;
    SuiteWord meaning;
};

const std::array kKnown{
    Known{"aes256gcm16", Encr{EncrId::kAesGcm16, 256}},
    Known{"aes192gcm16", Encr{EncrId::kAesGcm16, 192}},
    Known{"aes128gcm16", Encr{EncrId::kAesGcm16, 128}},
    Known{"chacha20poly1305", Encr{EncrId::kChaCha20Poly1305, 256}},
    Known{"aes256", Encr{EncrId::kAesCbc, 256}},
    Known{"aes192", Encr{EncrId::kAesCbc, 192}},
    Known{"aes128", Encr{EncrId::kAesCbc, 128}},
    Known{"sha256", IntegId::kHmacSha256_128},
    Known{"sha384", IntegId::kHmacSha384_192},
    Known{"sha512", IntegId::kHmacSha512_256},
    Known{"prfsha256", PrfId::kHmacSha256},
    Known{"prfsha384", PrfId::kHmacSha384},
    Known{"prfsha512", PrfId::kHmacSha512},
    Known{"ecp256", DhId::kEcp256},
    Known{"ecp384", DhId::kEcp384},
    Known{"ecp521", DhId::kEcp521},
    Known{"x25519", DhId::kX25519},
    Known{"modp2048", DhId::kModp2048},
    Known{"modp3072", DhId::kModp3072},
    Known{"modp4096", DhId::kModp4096},
};

/// Other spellings of the same: accepted, never suggested.
const std::array kAliases{
    Known{"aes256gcm128", Encr{EncrId::kAesGcm16, 256}},
    Known{"aes192gcm128", Encr{EncrId::kAesGcm16, 192}},
    Known{"aes128gcm128", Encr{EncrId::kAesGcm16, 128}},
    Known{"chacha20poly1305_256", Encr{EncrId::kChaCha20Poly1305, 256}},
    Known{"sha2_256", IntegId::kHmacSha256_128},
    Known{"sha2_384", IntegId::kHmacSha384_192},
    Known{"sha2_512", IntegId::kHmacSha512_256},
    Known{"curve25519", DhId::kX25519},
};

/// They authenticate and do not encrypt: for measuring and for looking into packets.
const std::array kInsecure{
    Known{"null", Encr{EncrId::kNull, 0}},
    Known{"aes128gmac", Encr{EncrId::kNullAuthAesGmac, 128}},
    Known{"aes192gmac", Encr{EncrId::kNullAuthAesGmac, 192}},
    Known{"aes256gmac", Encr{EncrId::kNullAuthAesGmac, 256}},
};

struct Refused {
    std::string_view words;  ///< separated by blanks
    std::string_view why;
    std::string_view instead;
};

constexpr std::string_view kTooWeak = "is too weak";
constexpr std::string_view kNotAvailable = "is not available";

constexpr std::array kRefused{
    Refused{"des 3des idea rc5 cast128 blowfish blowfish128 blowfish192 blowfish256", kTooWeak, "use aes256gcm16"},
    Refused{"md5 md5_128 sha sha1 sha1_160", kTooWeak, "use sha256"},
    Refused{"prfmd5 prfsha1", kTooWeak, "use prfsha256"},
    Refused{"modp512 modp768 modp1024 modp1024s160 modp1536", kTooWeak, "use modp2048 or ecp256"},
    Refused{"ecp192 ecp224 ecp224bp modpnull", kTooWeak, "use ecp256"},
    Refused{"aes128gcm8 aes128gcm64 aes128gcm12 aes128gcm96 aes128ccm8 aes128ccm12 aes128ccm16 aes128ctr camellia128",
            kNotAvailable, "use aes128gcm16"},
    Refused{"aes192gcm8 aes192gcm64 aes192gcm12 aes192gcm96 aes192ccm8 aes192ccm12 aes192ccm16 aes192ctr camellia192",
            kNotAvailable, "use aes192gcm16"},
    Refused{"aes256gcm8 aes256gcm64 aes256gcm12 aes256gcm96 aes256ccm8 aes256ccm12 aes256ccm16 aes256ctr camellia256",
            kNotAvailable, "use aes256gcm16"},
    Refused{"aesxcbc aescmac sha256_96 sha2_256_96", kNotAvailable, "use sha256"},
    Refused{"prfaesxcbc prfaescmac", kNotAvailable, "use prfsha256"},
    Refused{"modp6144 modp8192", kNotAvailable, "use modp4096 or ecp384"},
    Refused{"modp2048s224 modp2048s256", kNotAvailable, "use modp2048 or ecp256"},
    Refused{"ecp256bp ecp384bp ecp512bp", kNotAvailable, "use ecp256, ecp384 or ecp521"},
    Refused{"x448 curve448", kNotAvailable, "use ecp521 or x25519"},
    Refused{"esn noesn", "is not a word of a proposal", "write 'esn: yes' or 'esn: no' beside 'proposals' instead"},
};

template <std::size_t N>
std::optional<SuiteWord> find(const std::array<Known, N>& list, std::string_view word) {
    const auto has_word = [word](const Known& known) { return known.word == word; };
    const auto* const found = std::find_if(list.begin(), list.end(), has_word);
    if (found == list.end()) return std::nullopt;
    return found->meaning;
}

bool lists(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::string_view next = words.substr(0, words.find(' '));
        if (next == word) return true;
        words.remove_prefix(std::min(next.size() + 1, words.size()));
    }
    return false;
}

/// Levenshtein's distance, one row of the table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string suggest(std::string_view word) {
    std::string accepted;
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const Known& known : kKnown) {
        if (const std::size_t distance = edit_distance(word, known.word); distance < least) {
            least = distance;
            nearest = known.word;
        }
        accepted += (accepted.empty() ? "" : ", ") + std::string(known.word);
    }
    const std::string hint = nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?";
    return hint + (hint.empty() ? "; " : " ") + "Accepted are " + accepted;
}

/// In lower case, and printable whatever stood in the file.
std::string normalise(std::string_view word) {
    std::string result;
    for (const char c : word.substr(0, kLongestWord)) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        const bool is_visible = c > ' ' && c < 0x7f;
        result += is_upper ? static_cast<char>(c - 'A' + 'a') : is_visible ? c : '?';
    }
    return word.size() > kLongestWord ? result + "..." : result;
}

/// "ke1_" to "ke7_", as strongSwan has it.
std::optional<std::size_t> additional_place(std::string_view word) {
    const bool fits = word.size() >= kAdditionalPrefix && word.substr(0, 2) == "ke" && word[3] == '_' &&
                      word[2] >= '1' && word[2] < '1' + static_cast<int>(kMostAdditional);
    return fits ? std::optional(static_cast<std::size_t>(word[2] - '1')) : std::nullopt;
}

Result<SuiteWord, std::string> parse_additional(std::size_t place, std::string_view word) {
    const std::string_view method = word.substr(kAdditionalPrefix);
    if (method == "none") return SuiteWord{AdditionalWord{place, DhId::kNone}};
    for (const DhId kem : kKems) {
        if (crypto::name(kem) == method) return SuiteWord{AdditionalWord{place, kem}};
    }
    const auto known = find(kKnown, method);
    const auto meaning = known ? known : find(kAliases, method);
    if (meaning && std::holds_alternative<DhId>(*meaning))
        return SuiteWord{AdditionalWord{place, std::get<DhId>(*meaning)}};
    return Failure{"'" + std::string(method) + "' in " + std::string(word) +
                   " is no key exchange that can be added; accepted are mlkem512, mlkem768, mlkem1024, the groups "
                   "(x25519, ecp384, modp3072 ...), and none, which lets it be left out"};
}

bool is_kem_name(std::string_view word) {
    return std::any_of(kKems.begin(), kKems.end(), [word](DhId kem) { return crypto::name(kem) == word; });
}

}  // namespace

Result<SuiteWord, std::string> parse_suite_word(std::string_view text, Insecure insecure) {
    const std::string word = normalise(text);
    if (const auto place = additional_place(word)) return parse_additional(*place, word);
    if (is_kem_name(word))
        return Failure{word + " goes behind a group, as an additional key exchange; write ke1_" + word};
    if (const auto known = find(kKnown, word)) return *known;
    if (const auto alias = find(kAliases, word)) return *alias;
    if (const auto open = find(kInsecure, word)) {
        if (insecure == Insecure::kAllowed) return *open;
        return Failure{word + " does not encrypt; use aes256gcm16" +
                       (insecure == Insecure::kRefused ? ", or for tests write gateway: {allow_insecure: yes}" : "")};
    }
    for (const Refused& refused : kRefused) {
        if (!lists(refused.words, word)) continue;
        return Failure{word + " " + std::string(refused.why) + "; " + std::string(refused.instead)};
    }
    if (word.empty()) return Failure{std::string("a word is missing between two hyphens or at an end")};
    return Failure{"unknown word '" + word + "'" + suggest(word)};
}

PrfId prf_like(IntegId integ) {
    switch (integ) {
        case IntegId::kHmacSha256_128:
            return PrfId::kHmacSha256;
        case IntegId::kHmacSha384_192:
            return PrfId::kHmacSha384;
        case IntegId::kHmacSha512_256:
            return PrfId::kHmacSha512;
        case IntegId::kNone:
            break;
    }
    crypto::require(false, "a PRF was asked for that is like no integrity");
    return PrfId::kHmacSha256;
}

}  // namespace esplane::ike
