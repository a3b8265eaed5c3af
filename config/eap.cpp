#include "config/eap.h"

#include <algorithm>
#include <array>

#include "config/certificates.h"
#include "config/eap_tls.h"
#include "config/files.h"
#include "config/fingerprint.h"
#include "config/psk.h"
#include "config/users.h"
#include "crypto/ms_chap.h"
#include "ike/eap/authenticator.h"
#include "ike/eap/bounds.h"
#include "ike/eap/mschapv2.h"
#include "ike/eap/supplicant.h"

namespace esplane::config {
namespace {

using ike::eap::MethodOffers;
using ike::eap::Type;

constexpr Choice<Type> kMethods[] = {{"mschapv2", Type::kMschapv2}, {"tls", Type::kTls}};
constexpr std::string_view kKeys[] = {"psk", "psk_file", "psk_env"};

std::vector<Type> read_methods(const Section& auth) {
    std::vector<Type> methods;
    const std::optional<List> list = auth.list("eap");
    if (!list) return methods;
    for (const Scalar& word : list->values) {
        const Parsed<Type> method = choose<Type>(word.text, kMethods);
        if (!method) {
            auth.complain(word.place, "eap", method.error());
        } else if (std::find(methods.begin(), methods.end(), *method) != methods.end()) {
            auth.complain(word.place, "eap", quoted(word.text) + " is there twice");
        } else {
            methods.push_back(*method);
        }
        if (method && *method == Type::kMschapv2 && !crypto::ms_chap_available()) {
            auth.complain(word.place, "eap",
                          "mschapv2 needs MD4 and DES, which OpenSSL has not here; install its legacy provider");
        }
    }
    if (list->values.empty()) auth.complain(list->place, "eap", "there is no method; write mschapv2 or tls");
    return methods;
}

Parsed<std::string> parse_user(std::string_view text) {
    if (text.empty() || text.size() > ike::eap::kLongestIdentity)
        return Failure{"the user's name must have 1 to " + std::to_string(ike::eap::kLongestIdentity) + " octets"};
    return std::string(text);
}

void refuse(const Section& auth, std::string_view key, const std::string& why) {
    if (!auth.has_own(key)) return;
    const std::optional<Scalar> found = auth.scalar(key);
    auth.complain(found ? found->place : auth.place(), key, why);
}

bool lists(const std::vector<Type>& methods, Type method) {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

/// Null where there is none, or a wrong one.
std::shared_ptr<const ike::eap::Users> read_users(const Section& auth, const std::string& directory,
                                                  const std::vector<Type>& methods, std::string& digest) {
    const auto read = [&](std::string_view name) -> Parsed<UsersFile> {
        const Parsed<std::string> path = path_of(name, directory);
        return path ? read_users_file(*path) : Parsed<UsersFile>(Failure{path.error()});
    };
    UsersFile file;
    const bool found = auth.read("users_file", file, read).has_value();
    const bool by_certificate_alone = !methods.empty() && !lists(methods, Type::kMschapv2);
    if (!auth.has("users_file") && !by_certificate_alone)
        auth.missing("users_file", "write the file of those who may log in, or user for one who does");
    if (!found) return nullptr;
    digest += file.digest;
    return std::make_shared<const ike::eap::Users>(std::move(file.users));
}

void read_responder(const Section& auth, const std::string& directory, const std::vector<Type>& methods,
                    ike::TunnelOptions& into) {
    refuse(auth, "password_file", "is of the side that has a user; write user as well, or users_file instead");
    refuse(auth, "aaa_id", "is of the side that has a user");
    read_own_certificate(auth, directory, into);
    if (!auth.has("key")) auth.missing("key", "with eap the responder proves itself by certificate and key");
    std::string digest;
    const auto users = read_users(auth, directory, methods, digest);
    MethodOffers offers;
    for (const Type method : methods) {
        digest += ' ' + std::string(ike::eap::name(method));
        if (method == Type::kMschapv2 && users) offers.push_back(ike::eap::mschapv2_server(users));
        if (method != Type::kTls || !into.certificate) continue;
        if (auto offer = tls_server_offer(auth, *into.certificate, users)) offers.push_back(*std::move(offer));
    }
    if (offers.empty() || offers.size() != methods.size()) return;  // which is reported
    into.eap_authenticator =
        std::make_shared<const ike::eap::MethodAuthenticator>(std::move(offers), std::move(digest));
}

std::optional<ike::eap::MethodOffer> read_password(const Section& auth, const std::string& directory,
                                                   std::string& digest) {
    crypto::Secret password;
    const auto read = [&](std::string_view name) -> Parsed<crypto::Secret> {
        const Parsed<std::string> path = path_of(name, directory);
        return path ? read_password_file(*path) : Parsed<crypto::Secret>(Failure{path.error()});
    };
    const std::optional<Place> place = auth.read("password_file", password, read);
    if (!auth.has("password_file")) auth.missing("password_file", "write the file that holds the user's password");
    if (!place || !crypto::ms_chap_available()) return std::nullopt;
    auto hash = crypto::nt_hash(text_of(password));
    if (!hash) {
        auth.complain(*place, "password_file", "a password has 1 to 256 characters, in UTF-8");
        return std::nullopt;
    }
    digest += ' ' + keyed_digest(hash->view());
    return ike::eap::mschapv2_peer(std::make_shared<const crypto::Secret>(*std::move(hash)));
}

/// What belongs to a method that is not there.
void refuse_other_methods(const Section& auth, const std::vector<Type>& methods) {
    if (methods.empty()) return;
    if (!lists(methods, Type::kMschapv2)) refuse(auth, "password_file", "is for mschapv2, which eap does not list");
    if (lists(methods, Type::kTls)) return;
    for (const std::string_view key : {"certificate", "key", "key_passphrase_file", "aaa_id"})
        refuse(auth, key, "is for tls, which eap does not list");
}

void read_initiator(const Section& auth, const std::string& directory, const std::vector<Type>& methods,
                    ike::TunnelOptions& into) {
    refuse(auth, "users_file", "is of the side that asks for users; leave out either it or user");
    refuse_other_methods(auth, methods);
    std::string user;
    const bool named = auth.read("user", user, parse_user).has_value();
    const auto own =
        lists(methods, Type::kTls) ? read_user_certificate(auth, directory, user) : read_authorities(auth, directory);
    into.certificate = own ? without_proof(*own) : nullptr;
    std::string digest = user;
    MethodOffers offers;
    for (const Type method : methods) {
        auto offer = method == Type::kTls ? tls_peer_offer(auth, own.get(), into.remote_id, digest)
                                          : read_password(auth, directory, digest);
        if (offer) offers.push_back(*std::move(offer));
    }
    if (!named || offers.empty() || offers.size() != methods.size()) return;  // which is reported
    into.eap_supplicant =
        std::make_shared<const ike::eap::MethodSupplicant>(user, std::move(offers), std::move(digest));
}

}  // namespace

bool has_eap(const Section& auth) {
    const auto own = [&](std::string_view key) { return auth.has_own(key); };
    if (auth.has("eap")) return own("eap") || std::none_of(std::begin(kKeys), std::end(kKeys), own);
    for (const std::string_view key : {"user", "password_file", "users_file", "aaa_id"})
        if (auth.extent() == Extent::kWhole)
            refuse(auth, key, "is for eap, which is not there; write eap: mschapv2 or eap: tls");
    return false;
}

void read_eap(const Section& auth, const std::string& directory, ike::TunnelOptions& into) {
    for (const std::string_view key : kKeys)
        refuse(auth, key, "there is eap as well, with which the responder proves itself by certificate and key");
    const std::vector<Type> methods = read_methods(auth);
    if (auth.has("user")) return read_initiator(auth, directory, methods, into);
    read_responder(auth, directory, methods, into);
}

}  // namespace esplane::config
