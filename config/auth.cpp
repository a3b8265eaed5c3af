#include "config/auth.h"

#include <algorithm>
#include <iterator>

#include "config/psk.h"

namespace esplane::config {
namespace {

constexpr std::string_view kUsePsk = "use psk, psk_file or psk_env";
constexpr Key kAuthKeys[] = {{"psk"},          {"psk_file"},    {"psk_env"},     {"certificate", kUsePsk},
                             {"key", kUsePsk}, {"ca", kUsePsk}, {"eap", kUsePsk}};
constexpr std::string_view kSources[] = {"psk", "psk_file", "psk_env"};

Parsed<crypto::Secret> read_source(std::string_view source, std::string_view text, const std::string& directory) {
    if (source == "psk") return decode_psk(text);
    if (source == "psk_env") return read_psk_env(std::string(text));
    if (text.empty()) return Failure{std::string("the name of the file is missing")};
    const bool relative = text.front() != '/' && !directory.empty();
    return read_psk_file(relative ? directory + '/' + std::string(text) : std::string(text));
}

/// Whether `auth` names something that is not available yet, which says enough about it.
bool names_unavailable(const Section& auth) {
    return std::any_of(std::begin(kAuthKeys), std::end(kAuthKeys),
                       [&](const Key& key) { return !key.not_yet.empty() && auth.has(key.name); });
}

}  // namespace

std::shared_ptr<const crypto::Secret> read_auth(const Section& tunnel, const std::string& directory) {
    const Section auth = tunnel.section("auth", kAuthKeys);
    // A tunnel's own source takes the place of another one in `defaults`; it does not stand beside it.
    const auto own = [&](std::string_view source) { return auth.has_own(source); };
    const bool has_own = std::any_of(std::begin(kSources), std::end(kSources), own);
    std::vector<std::string_view> sources;
    for (const std::string_view source : kSources) {
        if (has_own ? auth.has_own(source) : auth.has(source)) sources.push_back(source);
    }
    if (sources.empty() && !names_unavailable(auth)) auth.missing("psk", "write one of psk, psk_file and psk_env");
    if (sources.size() > 1) {
        const std::optional<Scalar> second = auth.scalar(sources[1]);
        auth.complain(second ? second->place : auth.place(), sources[1],
                      "there is " + std::string(sources[0]) + " as well; only one is accepted");
    }
    std::shared_ptr<const crypto::Secret> psk;
    if (sources.size() != 1) return psk;
    crypto::Secret secret;
    const auto parse = [&](std::string_view text) { return read_source(sources[0], text, directory); };
    if (auth.read(sources[0], secret, parse)) psk = std::make_shared<const crypto::Secret>(std::move(secret));
    return psk;
}

}  // namespace esplane::config
