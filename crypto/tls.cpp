#include "crypto/tls.h"

#include <openssl/ssl.h>

#include <limits>
#include <utility>

#include "crypto/openssl_x509.h"
#include "crypto/tls_words.h"

namespace esplane::crypto {
namespace {

using Ssl = std::unique_ptr<SSL, FreeWith<SSL_free>>;

/// Forward secrecy and an AEAD: what RFC 9325 4.2 recommends of TLS 1.2.
constexpr const char* kSuites =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr int kSecurityLevel = 2;  // as crypto/trust.cpp has it
/// The last: strongSwan's servers do not say that they renegotiate securely (RFC 5746), because they never do. What
/// that is against is data in front of ours, of which there is none.
constexpr std::uint64_t kOptions = SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_LEGACY_SERVER_CONNECT;

/// SSL_get_error looks at the whole queue: it must be empty before, and what a peer causes must not stay.
class CleanErrors {
  public:
    CleanErrors() { ERR_clear_error(); }
    ~CleanErrors() { ERR_clear_error(); }
    CleanErrors(const CleanErrors&) = delete;
    CleanErrors& operator=(const CleanErrors&) = delete;
};

void limit(SSL_CTX* context, TlsSide side) {
    SSL_CTX_set_options(context, kOptions);
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_security_level(context, kSecurityLevel);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (side == TlsSide::kServer ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1 &&
                SSL_CTX_set_cipher_list(context, kSuites) == 1,
            "OpenSSL has no TLS 1.2 with ECDHE and AES-GCM");
}

bool use_credentials(SSL_CTX* context, const TlsCredentials& credentials) {
    if (SSL_CTX_use_certificate(context, credentials.chain.front().handle()) != 1 ||
        SSL_CTX_use_PrivateKey(context, credentials.key.handle()) != 1)
        return false;
    for (std::size_t i = 1; i < credentials.chain.size(); ++i)
        if (SSL_CTX_add1_chain_cert(context, credentials.chain[i].handle()) != 1) return false;
    return true;
}

/// Whose certificates the client should show (RFC 5246 7.4.4).
void name_authorities(SSL_CTX* context, const TrustStore& trust) {
    for (const Certificate& authority : trust.cas())
        require(SSL_CTX_add_client_CA(context, authority.handle()) == 1, "OpenSSL has no memory for names");
}

/// As IKE reads them, without what OpenSSL is lenient about; the other side's own first.
Result<std::vector<Certificate>, std::string> read_again(const X509* own, const STACK_OF(X509) * sent) {
    std::vector<const X509*> handles{own};
    for (int i = 0; i < sk_X509_num(sent); ++i)
        handles.push_back(sk_X509_value(sent, i));
    std::vector<Certificate> certificates;
    for (const X509* handle : handles) {
        auto read = Certificate::from_der(to_der<i2d_X509>(handle));
        if (!read) return Failure{"one of its certificates cannot be read: " + read.error()};
        certificates.push_back(*std::move(read));
    }
    return certificates;
}

}  // namespace

/// What OpenSSL works on, and calls back with.
struct TlsHandshake::Session {
    Session(const TlsSettings& with, std::chrono::system_clock::time_point at, TlsNameCheck names)
        : settings(with), now(at), check(std::move(names)), ssl(SSL_new(with.handle())) {
        input = BIO_new(BIO_s_mem());
        output = BIO_new(BIO_s_mem());
        require(ssl && input != nullptr && output != nullptr, "OpenSSL has no memory for a TLS session");
        BIO_set_mem_eof_return(input, -1);  // "later", and no end
        SSL_set_bio(ssl.get(), input, output);
        SSL_set_app_data(ssl.get(), this);
        SSL_set_info_callback(ssl.get(), note);
        with.side() == TlsSide::kServer ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
    }

    static void note(const SSL* ssl, int where, int value) {
        if (where != SSL_CB_READ_ALERT || (value >> 8) != SSL3_AL_FATAL) return;
        static_cast<Session*>(SSL_get_app_data(ssl))->alert = value & 0xff;
    }

    static int judge(X509_STORE_CTX* context, void* /*unused*/) {
        const auto* ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
        auto* session = static_cast<Session*>(SSL_get_app_data(ssl));
        const int error = session->verify(X509_STORE_CTX_get0_cert(context), X509_STORE_CTX_get0_untrusted(context));
        X509_STORE_CTX_set_error(context, error);
        session->believed = error == X509_V_OK;
        return session->believed ? 1 : 0;
    }

    /// An X509_V_ERR_*, and why in `flaw`.
    int verify(const X509* own, const STACK_OF(X509) * sent) {
        const auto certificates = read_again(own, sent);
        if (!certificates) {
            flaw = certificates.error();
            return X509_V_ERR_CERT_REJECTED;
        }
        const Certificate& leaf = certificates->front();
        const bool client = settings.side() == TlsSide::kServer;
        const auto verdict =
            settings.trust().verify({.leaf = leaf,
                                     .intermediates = *certificates,
                                     .now = now,
                                     .revocation = settings.revocation(),
                                     .use = client ? CertificateUse::kTlsClient : CertificateUse::kTlsServer});
        if (!verdict) {
            flaw = verdict.error().message;
            return openssl_error_of(verdict.error().code);
        }
        flaw = check(leaf);
        return flaw ? X509_V_ERR_HOSTNAME_MISMATCH : X509_V_OK;
    }

    /// After a handshake that has failed.
    std::string why() const {
        if (flaw) return *flaw;
        if (alert) return words_for_alert(*alert);
        return words_for_tls_error(ERR_peek_last_error());
    }

    TlsSettings settings;
    std::chrono::system_clock::time_point now;
    TlsNameCheck check;
    Ssl ssl;
    BIO* input = nullptr;   // the session's
    BIO* output = nullptr;  // the session's
    bool believed = false;
    std::optional<std::string> flaw;  // of the other side's certificate
    std::optional<int> alert;         // that the other side has sent
};

Result<TlsSettings, std::string> TlsSettings::of(TlsSide side, const TlsCredentials& credentials) {
    const CleanErrors clean;
    TlsSettings settings(side, credentials);
    settings.context_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    SSL_CTX* context = settings.context_.get();
    require(context != nullptr, "OpenSSL has no memory for TLS");
    limit(context, side);
    SSL_CTX_set_cert_verify_callback(context, TlsHandshake::Session::judge, nullptr);
    if (!use_credentials(context, credentials)) {
        const char* reason = ERR_reason_error_string(ERR_peek_last_error());
        return Failure{"OpenSSL does not take it for TLS" +
                       (reason == nullptr ? std::string() : ": " + std::string(reason))};
    }
    if (side == TlsSide::kServer) name_authorities(context, *credentials.trust);
    return settings;
}

TlsHandshake::TlsHandshake(const TlsSettings& settings, std::chrono::system_clock::time_point now, TlsNameCheck check)
    : session_(std::make_unique<Session>(settings, now, std::move(check))) {}

TlsHandshake::~TlsHandshake() = default;

TlsHandshake::State TlsHandshake::fail(std::string why) {
    why_ = std::move(why);
    return state_ = State::kFailed;
}

TlsHandshake::State TlsHandshake::advance(ByteView records) {
    if (state_ != State::kGoesOn) return fail("it goes on where TLS has ended");
    const CleanErrors clean;
    require(records.size() <= std::numeric_limits<int>::max(), "a TLS message is longer than OpenSSL can take");
    const int size = static_cast<int>(records.size());
    require(size == 0 || BIO_write(session_->input, records.data(), size) == size, "OpenSSL has no memory for TLS");
    SSL* ssl = session_->ssl.get();
    const int result = SSL_do_handshake(ssl);
    if (result != 1) return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? State::kGoesOn : fail(session_->why());
    if (BIO_ctrl_pending(session_->input) != 0) return fail("it sends more than the handshake of TLS");
    if (!session_->believed) return fail("it has not proven itself by a certificate");
    return state_ = State::kDone;
}

Bytes TlsHandshake::take_output() {
    Bytes taken(BIO_ctrl_pending(session_->output));
    const int size = static_cast<int>(taken.size());
    require(size == 0 || BIO_read(session_->output, taken.data(), size) == size, "OpenSSL lost what it has to send");
    return taken;
}

Secret TlsHandshake::export_key(std::string_view label, std::size_t size) const {
    require(state_ == State::kDone, "a key is asked for before TLS has come to an end");
    Secret key(size);
    require(SSL_export_keying_material(session_->ssl.get(), key.writable().data(), size, label.data(), label.size(),
                                       nullptr, 0, 0) == 1,
            "OpenSSL failed to derive a key from TLS");
    return key;
}

}  // namespace esplane::crypto
