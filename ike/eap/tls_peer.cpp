#include "ike/eap/tls.h"
#include "ike/eap/tls_method.h"

namespace esplane::ike::eap {
namespace {

using tls::Fragment;

class Peer final : public tls::TlsMethod {
  public:
    Peer(const crypto::TlsSettings& settings, ServerName server, const Circumstances& around)
        : TlsMethod(settings, around.now,
                    [server = std::move(server)](const crypto::Certificate& leaf) { return flaw_of(leaf, server); }) {}

    Bytes begin() override { return {}; }

  private:
    static std::optional<std::string> flaw_of(const crypto::Certificate& leaf, const ServerName& server) {
        if (server.fits(leaf)) return std::nullopt;
        return "the certificate of its server of EAP, " + leaf.subject() + ", does not speak for " + server.text;
    }

    MethodStep on_fragment(const Fragment& fragment) override {
        if (begun_) return take(fragment);
        if (!fragment.start) return fail("it does not begin EAP-TLS with a start");
        begun_ = true;
        return advance({});
    }
    /// The server has the last word of TLS, which is acknowledged.
    MethodStep on_done(Bytes last) override {
        if (!last.empty()) return fail("it has ended TLS before we have");
        return finish(encode(Fragment{}));
    }
    /// The server has sent an alert. Only EAP-Failure can follow.
    MethodStep on_silent_failure() override { return acknowledge(); }

    bool begun_ = false;
};

}  // namespace

MethodOffer tls_peer(crypto::TlsSettings settings, ServerName server) {
    return {Type::kTls, [settings = std::move(settings), server = std::move(server)](const Circumstances& around) {
                return std::make_unique<Peer>(settings, server, around);
            }};
}

}  // namespace esplane::ike::eap
