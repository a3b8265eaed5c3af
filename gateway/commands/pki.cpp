// esplane pki ca|gateway|request|sign|revoke: certificates for gateways, without OpenSSL's command line.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>

#include "gateway/commands/asking.h"
#include "gateway/commands/commands.h"
#include "gateway/pki/actions.h"

namespace esplane::gateway::commands {
namespace {

int tell(const pki::Told& told) {
    if (!told) return fail(told.error());
    std::cout << *told;
    return kDone;
}

/// The clock and the randomness of this machine.
template <typename Wish>
int act(pki::Told (*action)(const Wish&, const pki::Circumstances&), const Wish& wish) {
    crypto::SystemRandom random;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return tell(action(wish, {now, random}));
}

void add_key(CLI::App& command, crypto::NewKey& key) {
    const std::map<std::string, crypto::NewKey> kinds{{"ecdsa256", crypto::NewKey::kEcdsa256},
                                                      {"ecdsa384", crypto::NewKey::kEcdsa384},
                                                      {"ed25519", crypto::NewKey::kEd25519},
                                                      {"rsa3072", crypto::NewKey::kRsa3072}};
    command.add_option("--key", key, "ecdsa256, ecdsa384, ed25519 or rsa3072 [ecdsa256]")
        ->transform(CLI::CheckedTransformer(kinds))
        ->option_text("KIND");
}

void add_days(CLI::App& command, int& days, const std::string& what) {
    constexpr int kMostDays = 36'500;
    command.add_option("--days", days, what + " [" + std::to_string(days) + "]")
        ->check(CLI::Range(1, kMostDays))
        ->option_text("N");
}

void add_ids(CLI::App& command, std::vector<std::string>& ids) {
    command.add_option("--id", ids, "Name, e-mail address, IPv4 or IPv6 address; several are allowed")
        ->type_name("ID")
        ->allow_extra_args(false)
        ->required();
}

void add_folder(CLI::App& command, const char* option, std::string& folder, const char* what) {
    command.add_option(option, folder, what)->type_name("DIR")->required();
}

void add_ca(CLI::App& pki, int& status) {
    auto* command = pki.add_subcommand("ca", "Make a CA of your own: DIR/ca.key, ca.crt, ca.crl");
    const auto wish = std::make_shared<pki::NewCa>();
    command->add_option("--name", wish->name, "What it is called")->type_name("NAME")->required();
    add_folder(*command, "--out", wish->folder, "Where to write");
    add_key(*command, wish->key);
    add_days(*command, wish->days, "How long it is valid");
    command->callback([wish, &status] { status = act(pki::make_ca, *wish); });
}

void add_gateway(CLI::App& pki, int& status) {
    auto* command = pki.add_subcommand("gateway", "Make a gateway's key and certificate: DIR/ID.key, ID.crt");
    const auto wish = std::make_shared<pki::NewGateway>();
    add_folder(*command, "--ca", wish->ca_folder, "Where the CA is");
    add_ids(*command, wish->ids);
    add_folder(*command, "--out", wish->folder, "Where to write");
    add_key(*command, wish->key);
    add_days(*command, wish->days, "How long it is valid");
    command->callback([wish, &status] { status = act(pki::make_gateway, *wish); });
}

void add_request(CLI::App& pki, int& status) {
    auto* command =
        pki.add_subcommand("request", "Make a gateway's key, and a request for a CA elsewhere: DIR/ID.key, ID.csr");
    const auto wish = std::make_shared<pki::NewRequest>();
    add_ids(*command, wish->ids);
    add_folder(*command, "--out", wish->folder, "Where to write");
    add_key(*command, wish->key);
    command->callback([wish, &status] { status = tell(pki::make_request(*wish)); });
}

void add_sign(CLI::App& pki, int& status) {
    auto* command = pki.add_subcommand("sign", "Make the certificate that a request asks for, and say for whom");
    const auto wish = std::make_shared<pki::Signing>();
    add_folder(*command, "--ca", wish->ca_folder, "Where the CA is");
    command->add_option("REQUEST", wish->request, "The request; the certificate is written beside it")->required();
    add_days(*command, wish->days, "How long it is valid");
    command->callback([wish, &status] { status = act(pki::sign, *wish); });
}

void add_revoke(CLI::App& pki, int& status) {
    auto* command = pki.add_subcommand("revoke", "Revoke a certificate: writes DIR/ca.crl anew");
    const auto wish = std::make_shared<pki::Revoking>();
    add_folder(*command, "--ca", wish->ca_folder, "Where the CA is");
    command->add_option("CERTIFICATE", wish->certificate, "The certificate; without it the list is only made current");
    add_days(*command, wish->days, "How long the list is valid");
    command->callback([wish, &status] { status = act(pki::revoke, *wish); });
}

}  // namespace

void add_pki(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("pki", "Make a CA, certificates for gateways, requests and revocation lists");
    command->require_subcommand(1);
    for (const auto add : {add_ca, add_gateway, add_request, add_sign, add_revoke}) {
        add(*command, status);
    }
}

}  // namespace esplane::gateway::commands
