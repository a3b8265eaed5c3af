#include "config/certificates.h"

#include "config/files.h"
#include "crypto/distinguished_name.h"
#include "crypto/pem.h"
#include "crypto/prf.h"
#include "crypto/private_key_file.h"

namespace esplane::config {
namespace {

constexpr std::size_t kMostOctets = 1 << 20;  // of any of the files
constexpr std::size_t kLargestCrl = 16 << 20;
constexpr Choice<crypto::RevocationPolicy> kRevocations[] = {{"relaxed", crypto::RevocationPolicy::kRelaxed},
                                                             {"strict", crypto::RevocationPolicy::kStrict},
                                                             {"off", crypto::RevocationPolicy::kOff}};

constexpr Choice<bool> kOcspSources[] = {{"stapled", false}, {"fetch", true}};

/// Reads the keys of `auth` one after the other, and notes the content of the files that they name.
class Reader {
  public:
    Reader(const Section& auth, const std::string& directory) : auth_(auth), directory_(directory) {}

    /// What `parse(content)` makes of the file named by `key`; the content is of at most `most` octets.
    template <typename T, typename Parse>
    std::optional<T> file(std::string_view key, std::size_t most, Parse parse) {
        std::optional<T> result;
        auth_.read(key, result, [&](std::string_view name) { return parsed<T>(name, most, parse); });
        return result;
    }

    /// The same of all files that `key` lists, joined.
    template <typename T, typename Parse>
    std::vector<T> files(std::string_view key, std::size_t most, Parse parse) {
        std::vector<T> all;
        const auto list = auth_.list(key);
        for (const Scalar& name : list ? list->values : std::vector<Scalar>{}) {
            const Parsed<std::optional<std::vector<T>>> some = parsed<std::vector<T>>(name.text, most, parse);
            if (!some) {
                auth_.complain(name.place, key, some.error());
                continue;
            }
            all.insert(all.end(), (*some)->begin(), (*some)->end());
        }
        return all;
    }

    std::optional<crypto::Credential> key() {
        std::optional<crypto::Credential> result;
        auth_.read("key", result, [&](std::string_view name) { return read_key(name); });
        return result;
    }

    /// Of all that was read, keys excepted.
    std::string digest() const { return to_hex(crypto::prf(crypto::PrfId::kHmacSha256, {}, {as_bytes(seen_)}).view()); }

  private:
    template <typename T, typename Parse>
    Parsed<std::optional<T>> parsed(std::string_view name, std::size_t most, const Parse& parse) {
        const Parsed<std::string> path = path_of(name, directory_);
        if (!path) return Failure{path.error()};
        const Parsed<std::string> content = read_public_file(*path, most);
        if (!content) return Failure{content.error()};
        seen_ += *content;
        auto made = parse(*content);
        if (!made) return Failure{quoted(*path) + ": " + made.error()};
        return std::optional<T>(*std::move(made));
    }

    Parsed<std::optional<crypto::Credential>> read_key(std::string_view name) {
        const Parsed<std::string> path = path_of(name, directory_);
        if (!path) return Failure{path.error()};
        const Parsed<crypto::Secret> content = read_private_file(*path, kMostOctets);
        if (!content) return Failure{content.error()};
        const Parsed<crypto::Secret> passphrase = read_passphrase();
        if (!passphrase) return Failure{passphrase.error()};
        auto credential = crypto::looks_like_pem(text_of(*content))
                              ? crypto::credential_from_pem(text_of(*content))
                              : crypto::credential_from_pkcs12(content->view(), text_of(*passphrase));
        if (!credential) return Failure{quoted(*path) + ": " + credential.error()};
        return std::optional<crypto::Credential>(*std::move(credential));
    }

    /// Empty where none is named.
    Parsed<crypto::Secret> read_passphrase() {
        const std::optional<Scalar> name = auth_.scalar("key_passphrase_file");
        if (!name) return crypto::Secret();
        const Parsed<std::string> path = path_of(name->text, directory_);
        if (!path) return Failure{path.error()};
        Parsed<crypto::Secret> content = read_private_file(*path, kMostOctets);
        if (!content) return content;
        const std::string_view text = text_of(*content);
        return content->slice(0, text.substr(0, text.find_first_of("\r\n")).size());
    }

    const Section& auth_;
    const std::string& directory_;
    std::string seen_;
};

/// The certificate and those behind it, from a file of their own or from the key's.
std::vector<crypto::Certificate> chain_of(const Section& auth, Reader& reader,
                                          const std::optional<crypto::Credential>& credential) {
    if (!auth.has("certificate")) {
        if (!credential) return {};
        if (credential->certificates.empty())
            auth.missing("certificate", "write the file with the certificate of the key; the key's own file has none");
        return credential->certificates;
    }
    auto chain =
        reader.file<std::vector<crypto::Certificate>>("certificate", kMostOctets, crypto::Certificate::from_pem);
    return chain.value_or(std::vector<crypto::Certificate>{});
}

/// Where the certificate comes from.
std::string_view source_of(const Section& auth) {
    return auth.has("certificate") ? "certificate" : "key";
}

bool is_of_key(const Section& auth, const crypto::Certificate& certificate, const crypto::PrivateKey& key) {
    const auto public_key = certificate.public_key();
    if (!public_key) {
        complain_of_certificate(auth, certificate.subject() + ": " + public_key.error());
        return false;
    }
    if (!crypto::same_key(*public_key, key.public_key())) {
        complain_of_certificate(auth, certificate.subject() + " is of another key than auth.key");
        return false;
    }
    return true;
}

/// Whether the peer could believe that the certificate is ours.
bool is_own(const Section& auth, const crypto::Certificate& certificate, const ike::Identity& own) {
    const bool is_subject = own.type == ike::wire::IdType::kDerAsn1Dn &&
                            crypto::same_distinguished_name(own.value, certificate.subject_der());
    if (is_subject || ike::speaks_for(certificate, own.to_wire())) return true;
    complain_of_certificate(auth, certificate.subject() + " does not speak for local.id " + own.to_string() +
                                      ", only for " + ike::names_of(certificate));
    return false;
}

std::shared_ptr<const crypto::TrustStore> read_trust(const Section& auth, Reader& reader) {
    auto authorities = reader.files<crypto::Certificate>("ca", kMostOctets, crypto::Certificate::from_pem);
    const auto crls = reader.files<crypto::Crl>(
        "crl", kLargestCrl, [](std::string_view content) { return crypto::Crl::parse(as_bytes(content)); });
    if (!auth.has("ca")) auth.missing("ca", "write the file with the certificate of the authority that peers' are by");
    if (authorities.empty()) return nullptr;
    auto trust = crypto::TrustStore::of(std::move(authorities));
    if (!trust) {
        auth.complain(auth.list("ca")->place, "ca", trust.error());
        return nullptr;
    }
    trust->add_crls(crls);
    return std::make_shared<const crypto::TrustStore>(*std::move(trust));
}

/// Of `into` what it takes to judge peers, but for `trust`.
void read_revocation(const Section& auth, ike::CertificateAuth& into) {
    auth.read("revocation", into.revocation, one_of(kRevocations));
    auth.read("ocsp", into.fetches_status, one_of(kOcspSources));
    if (into.fetches_status && into.revocation == crypto::RevocationPolicy::kOff)
        auth.complain(auth.scalar("ocsp")->place, "ocsp",
                      "with revocation: off nobody wants to know; write relaxed or strict");
}

}  // namespace

void complain_of_certificate(const Section& auth, const std::string& why) {
    const std::optional<Scalar> at = auth.scalar(source_of(auth));
    auth.complain(at ? at->place : auth.place(), source_of(auth), why);
}

void read_own_certificate(const Section& auth, const std::string& directory, ike::TunnelOptions& into) {
    auto certificate = read_certificate(auth, directory);
    if (!certificate || !is_own(auth, certificate->chain.front(), into.local_id)) return;
    into.certificate = std::move(certificate);
    // As the certificate has it, octet by octet: a peer may be strict about the order and the kinds of strings.
    if (into.local_id.type == ike::wire::IdType::kDerAsn1Dn)
        into.local_id.value = into.certificate->chain.front().subject_der();
}

std::shared_ptr<const ike::CertificateAuth> read_certificate(const Section& auth, const std::string& directory) {
    Reader reader(auth, directory);
    ike::CertificateAuth made;
    read_revocation(auth, made);
    made.trust = read_trust(auth, reader);
    const auto credential = reader.key();
    made.chain = chain_of(auth, reader, credential);
    if (!credential || made.chain.empty() || !is_of_key(auth, made.chain.front(), credential->key) || !made.trust)
        return nullptr;
    made.key = credential->key;
    made.digest = reader.digest();
    return std::make_shared<const ike::CertificateAuth>(std::move(made));
}

std::shared_ptr<const ike::CertificateAuth> read_authorities(const Section& auth, const std::string& directory) {
    Reader reader(auth, directory);
    ike::CertificateAuth made;
    read_revocation(auth, made);
    made.trust = read_trust(auth, reader);
    if (!made.trust) return nullptr;
    made.digest = reader.digest();
    return std::make_shared<const ike::CertificateAuth>(std::move(made));
}

}  // namespace esplane::config
