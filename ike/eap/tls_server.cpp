#include <algorithm>

#include "ike/eap/tls.h"
#include "ike/eap/tls_method.h"

namespace esplane::ike::eap {
namespace {

using tls::Fragment;

class Server final : public tls::TlsMethod {
  public:
    Server(const crypto::TlsSettings& settings, std::shared_ptr<const Users> users, const Circumstances& around)
        : TlsMethod(settings, around.now,
                    [users = std::move(users), identity = around.identity](const crypto::Certificate& leaf) {
                        return flaw_of(leaf, identity, users.get());
                    }) {}

    Bytes begin() override { return encode(Fragment{.start = true}); }

  private:
    static std::optional<std::string> flaw_of(const crypto::Certificate& leaf, const std::string& identity,
                                              const Users* users) {
        const std::vector<std::string> names = user_names(leaf);
        if (std::find(names.begin(), names.end(), identity) == names.end()) {
            return "the peer has said to be " + printable(identity) + ", but its certificate " + leaf.subject() +
                   " is that of " + printable_users(leaf);
        }
        if (users != nullptr && !users->contains(identity)) {
            return "its certificate is that of " + printable(identity) + ", who is not in users_file";
        }
        return std::nullopt;
    }

    MethodStep on_fragment(const Fragment& fragment) override {
        if (!done_) return take(fragment);
        if (!fragment.is_acknowledgement()) return fail("it does not accept the end of TLS");
        return finish({});
    }
    MethodStep on_done(Bytes last) override {
        done_ = true;
        return send(std::move(last));
    }
    MethodStep on_silent_failure() override { return {}; }

    bool done_ = false;  // but for the peer's acknowledgement
};

}  // namespace

std::vector<std::string> user_names(const crypto::Certificate& certificate) {
    std::vector<std::string> names;
    for (const crypto::Identity& name : certificate.alternative_names()) {
        if (name.kind == crypto::IdentityKind::kFqdn || name.kind == crypto::IdentityKind::kEmail)
            names.emplace_back(name.value.begin(), name.value.end());
    }
    if (certificate.has_alternative_names()) return names;
    if (std::string name = certificate.common_name(); !name.empty()) names.push_back(std::move(name));
    return names;
}

std::string printable_users(const crypto::Certificate& certificate) {
    std::string text;
    for (const std::string& name : user_names(certificate))
        text += (text.empty() ? "" : ", ") + printable(name);
    return text.empty() ? "nobody: it has neither a DNS name nor an e-mail address" : text;
}

MethodOffer tls_server(crypto::TlsSettings settings, std::shared_ptr<const Users> users) {
    return {Type::kTls, [settings = std::move(settings), users = std::move(users)](const Circumstances& around) {
                return std::make_unique<Server>(settings, users, around);
            }};
}

}  // namespace esplane::ike::eap
