#include "gateway/pki/actions.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "crypto/crl_maker.h"
#include "crypto/private_key_file.h"
#include "gateway/files.h"

namespace esplane::gateway::pki {
namespace {

using crypto::Authority;
using crypto::Certificate;
using crypto::Identity;
using crypto::Validity;

constexpr int kDaysOfFirstCrl = 90;
constexpr std::chrono::minutes kSkew{5};  // the peers' clocks may be behind

Validity validity_of(int days, const Circumstances& here) {
    return {here.now - kSkew, here.now + std::chrono::hours(24) * days};
}

std::string day(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(time.time_since_epoch().count()));
}

std::string_view as_text(const crypto::Secret& secret) {
    return {reinterpret_cast<const char*>(secret.view().data()), secret.size()};
}

std::string in(const std::string& folder, const std::string& file) {
    return (std::filesystem::path(folder) / file).string();
}

/// A name for files: whatever could lead elsewhere, or hide, becomes an underscore.
std::string file_name(const Identity& identity) {
    std::string name = to_text(identity);
    std::ranges::replace_if(
        name,
        [](char c) {
            const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            return !is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '@';
        },
        '_');
    if (name.front() == '.' || name.front() == '-') name.front() = '_';
    return name;
}

std::string list(const std::vector<Identity>& identities) {
    std::string text;
    for (const Identity& identity : identities) {
        text += (text.empty() ? "" : ", ") + to_text(identity);
    }
    return text;
}

Result<std::vector<Identity>, std::string> identities_of(const std::vector<std::string>& ids) {
    std::vector<Identity> identities;
    identities.reserve(ids.size());
    for (const std::string& id : ids) {
        if (id.empty()) return Failure{std::string("an identity is empty")};
        identities.push_back(crypto::parse_identity(id));
    }
    return identities;
}

Result<Certificate, std::string> read_certificate(const std::string& path) {
    const auto content = read(path);
    if (!content) return Failure{content.error()};
    const auto certificates = Certificate::from_pem(as_text(*content));
    if (!certificates) return Failure{path + ": " + certificates.error()};
    return certificates->front();
}

Result<Authority, std::string> read_ca(const std::string& folder) {
    const std::string key_path = in(folder, "ca.key");
    const auto certificate = read_certificate(in(folder, "ca.crt"));
    if (!certificate) return Failure{certificate.error()};
    const auto content = read(key_path);
    if (!content) return Failure{content.error()};
    const auto credential = crypto::credential_from_pem(as_text(*content));
    if (!credential) return Failure{key_path + ": " + credential.error()};
    const auto shown = certificate->public_key();
    if (!certificate->is_ca() || !shown || !same_key(*shown, credential->key.public_key())) {
        return Failure{folder + ": ca.crt is no CA's certificate, or ca.key is not its key"};
    }
    return Authority{*certificate, credential->key};
}

Result<crypto::Crl, std::string> read_crl(const std::string& path) {
    const auto content = read(path);
    if (!content) return Failure{content.error()};
    const auto crls = crypto::Crl::parse(content->view());
    if (!crls) return Failure{path + ": " + crls.error()};
    return crls->front();
}

/// The lines that a gateway's configuration needs, and its peers'.
std::string usage(const std::string& certificate, const std::string& key, const std::string& ca,
                  const std::vector<Identity>& identities) {
    const std::string id = to_text(identities.front());
    return fmt::format(
        "\nIn this gateway's configuration, in the tunnel:\n"
        "    local: {{id: \"{0}\"}}\n"
        "    auth:  {{certificate: {1}, key: {2}, ca: {3}}}\n"
        "In that of its peers, which need a copy of ca.crt:\n"
        "    remote: {{id: \"{0}\"}}\n"
        "    auth:   {{ca: ca.crt}}  # beside their own certificate and key\n",
        id, certificate, key, ca);
}

}  // namespace

Told make_ca(const NewCa& wish, const Circumstances& here) {
    const crypto::PrivateKey key = crypto::generate_key(wish.key);
    const auto certificate = crypto::make_ca(wish.name, key, validity_of(wish.days, here), here.random);
    if (!certificate) return Failure{certificate.error()};
    const Validity crl_validity = validity_of(std::min(kDaysOfFirstCrl, wish.days), here);
    const std::string crl = crypto::make_empty_crl({*certificate, key}, crl_validity);
    const crypto::Secret key_text = to_pkcs8_pem(key);
    const std::string certificate_text = certificate->pem();
    const std::string key_path = in(wish.folder, "ca.key");
    const std::string certificate_path = in(wish.folder, "ca.crt");
    const std::string crl_path = in(wish.folder, "ca.crl");
    const auto written = write_new({{key_path, key_text.view(), kPrivate},
                                    {certificate_path, as_bytes(certificate_text)},
                                    {crl_path, as_bytes(crl)}});
    if (!written) return Failure{written.error()};
    return fmt::format(
        "{}: the CA's private key ({}); whoever has it can make gateways\n"
        "{}: the certificate of {}, until {}; every gateway needs a copy\n"
        "{}: what has been revoked: nothing; until {}, renew it with: esplane pki revoke --ca {}\n"
        "\nNext: esplane pki gateway --ca {} --id NAME --out DIR\n",
        key_path, name(key.kind()), certificate_path, certificate->subject(), day(certificate->not_after()), crl_path,
        day(crl_validity.to), wish.folder, wish.folder);
}

Told make_gateway(const NewGateway& wish, const Circumstances& here) {
    const auto identities = identities_of(wish.ids);
    if (!identities) return Failure{identities.error()};
    const auto ca = read_ca(wish.ca_folder);
    if (!ca) return Failure{ca.error()};
    const crypto::PrivateKey key = crypto::generate_key(wish.key);
    const auto certificate =
        crypto::make_gateway(*identities, key.public_key(), *ca, validity_of(wish.days, here), here.random);
    if (!certificate) return Failure{certificate.error()};
    const crypto::Secret key_text = to_pkcs8_pem(key);
    const std::string certificate_text = certificate->pem();
    const std::string base = in(wish.folder, file_name(identities->front()));
    const auto written =
        write_new({{base + ".key", key_text.view(), kPrivate}, {base + ".crt", as_bytes(certificate_text)}});
    if (!written) return Failure{written.error()};
    return fmt::format(
               "{0}.key: the private key ({1}); it belongs on this gateway alone\n{0}.crt: the certificate of {2}, "
               "until {3}\n",
               base, name(key.kind()), list(*identities), day(certificate->not_after())) +
           usage(base + ".crt", base + ".key", in(wish.ca_folder, "ca.crt"), *identities);
}

Told make_request(const NewRequest& wish) {
    const auto identities = identities_of(wish.ids);
    if (!identities) return Failure{identities.error()};
    const crypto::PrivateKey key = crypto::generate_key(wish.key);
    const auto request = crypto::make_request(*identities, key);
    if (!request) return Failure{request.error()};
    const crypto::Secret key_text = to_pkcs8_pem(key);
    const std::string base = in(wish.folder, file_name(identities->front()));
    const auto written = write_new({{base + ".key", key_text.view(), kPrivate}, {base + ".csr", as_bytes(*request)}});
    if (!written) return Failure{written.error()};
    return fmt::format(
        "{0}.key: the private key ({1}); it stays here\n"
        "{0}.csr: the request for a certificate of {2}; it is no secret\n"
        "\nNext, where the CA is: esplane pki sign --ca DIR {3}.csr\n",
        base, name(key.kind()), list(*identities), file_name(identities->front()));
}

Told sign(const Signing& wish, const Circumstances& here) {
    const auto content = read(wish.request);
    if (!content) return Failure{content.error()};
    const auto request = crypto::parse_request(as_text(*content));
    if (!request) return Failure{wish.request + ": " + request.error()};
    const auto ca = read_ca(wish.ca_folder);
    if (!ca) return Failure{ca.error()};
    const auto certificate =
        crypto::make_gateway(request->identities, request->key, *ca, validity_of(wish.days, here), here.random);
    if (!certificate) return Failure{certificate.error()};
    const std::string certificate_text = certificate->pem();
    const std::string folder = std::filesystem::path(wish.request).parent_path().string();
    const std::string name = file_name(request->identities.front());
    const std::string path = in(folder, name + ".crt");
    if (const auto written = write_new({{path, as_bytes(certificate_text)}}); !written) return Failure{written.error()};
    return fmt::format("{}: the certificate of {}, until {}; take it to the gateway, with {}\n", path,
                       list(request->identities), day(certificate->not_after()), in(wish.ca_folder, "ca.crt")) +
           usage(name + ".crt", name + ".key", "ca.crt", request->identities);
}

Told revoke(const Revoking& wish, const Circumstances& here) {
    const auto ca = read_ca(wish.ca_folder);
    if (!ca) return Failure{ca.error()};
    const std::string path = in(wish.ca_folder, "ca.crl");
    const auto former = read_crl(path);
    if (!former) return Failure{former.error()};
    const Validity validity = validity_of(wish.days, here);
    std::string about = "made current again";
    Result<std::string, std::string> crl(std::string{});
    if (wish.certificate.empty()) {
        crl = renew(*former, *ca, validity);
    } else {
        const auto certificate = read_certificate(wish.certificate);
        if (!certificate) return Failure{certificate.error()};
        crl = crypto::revoke(*certificate, &*former, *ca, validity);
        about = "now with " + certificate->subject() + " (serial " + certificate->serial() + ")";
    }
    if (!crl) return Failure{crl.error()};
    if (const auto written = replace(path, as_bytes(*crl)); !written) return Failure{written.error()};
    return fmt::format("{}: what has been revoked, {}; until {}; every gateway needs the new list\n", path, about,
                       day(validity.to));
}

}  // namespace esplane::gateway::pki
