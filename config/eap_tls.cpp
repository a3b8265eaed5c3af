#include "config/eap_tls.h"

#include <algorithm>

#include "config/certificates.h"
#include "config/ends.h"
#include "crypto/certificate_use.h"
#include "ike/eap/tls.h"

namespace esplane::config {
namespace {

using ike::eap::MethodOffer;

std::optional<crypto::TlsSettings> settings_of(const Section& auth, crypto::TlsSide side,
                                               const ike::CertificateAuth& own) {
    const crypto::Certificate& leaf = own.chain.front();
    const bool server = side == crypto::TlsSide::kServer;
    const auto use = server ? crypto::CertificateUse::kTlsServer : crypto::CertificateUse::kTlsClient;
    if (const std::string_view misuse = crypto::misuse_of(leaf, use); !misuse.empty()) {
        complain_of_certificate(auth, leaf.subject() + ' ' + std::string(misuse));
        return std::nullopt;
    }
    auto settings = crypto::TlsSettings::of(side, {own.chain, *own.key, own.trust, own.revocation});
    if (settings) return *std::move(settings);
    complain_of_certificate(auth, leaf.subject() + ": " + settings.error());
    return std::nullopt;
}

Parsed<ike::IdentityPattern> parse_server(std::string_view text) {
    Parsed<ike::IdentityPattern> pattern = parse_remote_id(text);
    if (pattern && pattern->is_any())
        return Failure{std::string("any is not accepted; write the name in the certificate of the server of EAP")};
    return pattern;
}

}  // namespace

std::optional<MethodOffer> tls_server_offer(const Section& auth, const ike::CertificateAuth& own,
                                            std::shared_ptr<const ike::eap::Users> users) {
    auto settings = settings_of(auth, crypto::TlsSide::kServer, own);
    if (!settings) return std::nullopt;
    return ike::eap::tls_server(*std::move(settings), std::move(users));
}

std::shared_ptr<const ike::CertificateAuth> read_user_certificate(const Section& auth, const std::string& directory,
                                                                  const std::string& user) {
    if (!auth.has("key")) auth.missing("key", "with tls the user proves itself by certificate and key");
    auto own = read_certificate(auth, directory);
    if (!own) return nullptr;
    const crypto::Certificate& certificate = own->chain.front();
    const std::vector<std::string> names = ike::eap::user_names(certificate);
    if (std::find(names.begin(), names.end(), user) != names.end()) return own;
    complain_of_certificate(auth, certificate.subject() + " is not that of auth.user " + quoted(user) +
                                      ", but that of " + ike::eap::printable_users(certificate));
    return nullptr;
}

std::shared_ptr<const ike::CertificateAuth> without_proof(const ike::CertificateAuth& own) {
    ike::CertificateAuth made = own;
    made.chain.clear();
    made.key.reset();
    return std::make_shared<const ike::CertificateAuth>(std::move(made));
}

std::optional<MethodOffer> tls_peer_offer(const Section& auth, const ike::CertificateAuth* own,
                                          const ike::IdentityPattern& remote_id, std::string& digest) {
    ike::IdentityPattern server = remote_id;
    auth.read("aaa_id", server, parse_server);
    if (!auth.has("aaa_id") && server.is_any())
        auth.missing("aaa_id", "remote.id is any: write the name in the certificate of the server of EAP");
    if (own == nullptr || server.is_any()) return std::nullopt;
    auto settings = settings_of(auth, crypto::TlsSide::kClient, *own);
    if (!settings) return std::nullopt;
    digest += " tls " + server.to_string();
    const auto fits = [server](const crypto::Certificate& leaf) { return ike::speaks_for(leaf, server); };
    return ike::eap::tls_peer(*std::move(settings), {fits, server.to_string()});
}

}  // namespace esplane::config
