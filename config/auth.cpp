#include "config/auth.h"

#include <algorithm>
#include <iterator>

#include "config/certificates.h"
#include "config/eap.h"
#include "config/files.h"
#include "config/psk.h"

namespace esplane::config {
namespace {

constexpr Key kAuthKeys[] = {
    {"psk"},          {"psk_file"}, {"psk_env"},    {"certificate"},   {"key"},        {"key_passphrase_file"},
    {"ca"},           {"crl"},      {"revocation"}, {"ocsp"},          {"ppk_file"},   {"ppk_id"},
    {"ppk_required"}, {"eap"},      {"user"},       {"password_file"}, {"users_file"}, {"aaa_id"}};
constexpr std::size_t kLongestPpkId = 255;
/// What proves who we are: one of them.
constexpr std::string_view kSources[] = {"psk", "psk_file", "psk_env", "key"};

Parsed<crypto::Secret> read_psk(std::string_view source, std::string_view text, const std::string& directory) {
    if (source == "psk") return decode_psk(text);
    if (source == "psk_env") return read_psk_env(std::string(text));
    const Parsed<std::string> path = path_of(text, directory);
    if (!path) return Failure{path.error()};
    return read_psk_file(*path);
}

/// A tunnel's own source takes the place of another one in `defaults`; it does not stand beside it.
std::vector<std::string_view> sources_of(const Section& auth) {
    const auto own = [&](std::string_view source) { return auth.has_own(source); };
    const bool has_own = std::any_of(std::begin(kSources), std::end(kSources), own) || auth.has_own("certificate");
    std::vector<std::string_view> sources;
    for (const std::string_view source : kSources) {
        if (has_own ? auth.has_own(source) : auth.has(source)) sources.push_back(source);
    }
    return sources;
}

void complain_of_none(const Section& auth) {
    if (auth.has("certificate")) return auth.missing("key", "write the file with the certificate's private key");
    auth.missing("psk", "write one of psk, psk_file and psk_env, or certificate, key and ca");
}

Parsed<std::string> parse_ppk_id(std::string_view text) {
    if (text.empty() || text.size() > kLongestPpkId) {
        return Failure{"the name of the key must have 1 to " + std::to_string(kLongestPpkId) +
                       " characters, the same as the peer has"};
    }
    return std::string(text);
}

/// Beside whatever proves who we are.
std::shared_ptr<const ike::Ppk> read_ppk(const Section& auth, const std::string& directory) {
    ike::Ppk ppk;
    auth.read("ppk_id", ppk.id, parse_ppk_id);
    auth.read("ppk_required", ppk.required, parse_switch);
    const auto read = [&](std::string_view name) { return read_psk("ppk_file", name, directory); };
    const bool has_key = auth.read("ppk_file", ppk.key, read).has_value();
    if (auth.has("ppk_file") && !auth.has("ppk_id"))
        auth.missing("ppk_id", "write the name that the peer has it under");
    if (auth.has("ppk_id") && !auth.has("ppk_file")) auth.missing("ppk_file", "write the file that holds the key");
    return has_key && !ppk.id.empty() ? std::make_shared<const ike::Ppk>(std::move(ppk)) : nullptr;
}

}  // namespace

void read_auth(const Section& tunnel, const std::string& directory, ike::TunnelOptions& into) {
    const Section auth = tunnel.section("auth", kAuthKeys);
    into.ppk = read_ppk(auth, directory);
    if (has_eap(auth)) return read_eap(auth, directory, into);
    const std::vector<std::string_view> sources = sources_of(auth);
    if (sources.empty()) complain_of_none(auth);
    if (sources.size() > 1) {
        const std::optional<Scalar> second = auth.scalar(sources[1]);
        auth.complain(second ? second->place : auth.place(), sources[1],
                      "there is " + std::string(sources[0]) + " as well; only one is accepted");
    }
    if (sources.size() != 1) return;
    if (sources[0] == "key") {
        return read_own_certificate(auth, directory, into);
    }
    crypto::Secret secret;
    const auto parse = [&](std::string_view text) { return read_psk(sources[0], text, directory); };
    if (auth.read(sources[0], secret, parse)) into.psk = std::make_shared<const crypto::Secret>(std::move(secret));
}

}  // namespace esplane::config
