#include "tests/unit/crypto/raw_tls.h"

#include <openssl/err.h>

#include "crypto/require.h"

namespace esplane::crypto::test {

RawTls::RawTls(const RawTlsWish& wish) : context_(SSL_CTX_new(TLS_method()), SSL_CTX_free) {
    SSL_CTX* context = context_.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    require(SSL_CTX_set_cipher_list(context, wish.suites.c_str()) == 1 &&
                SSL_CTX_set_min_proto_version(context, wish.least_version) == 1 &&
                SSL_CTX_set_max_proto_version(context, wish.version) == 1,
            "a test's TLS has no such suites or version");
    if (wish.own != nullptr) {
        require(SSL_CTX_use_certificate(context, wish.own->certificate.handle()) == 1 &&
                    SSL_CTX_use_PrivateKey(context, wish.own->key.get()) == 1,
                "a test's certificate is of no use for TLS");
    }
    ssl_ = std::shared_ptr<SSL>(SSL_new(context), SSL_free);
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (wish.session != nullptr) SSL_set_session(ssl_.get(), wish.session);
    wish.side == TlsSide::kServer ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

Bytes RawTls::advance(ByteView records) {
    BIO_write(SSL_get_rbio(ssl_.get()), records.data(), static_cast<int>(records.size()));
    SSL_do_handshake(ssl_.get());
    ERR_clear_error();
    Bytes answer(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())));
    BIO_read(SSL_get_wbio(ssl_.get()), answer.data(), static_cast<int>(answer.size()));
    return answer;
}

Secret RawTls::export_key(std::string_view label, std::size_t size) const {
    Secret key(size);
    require(SSL_export_keying_material(ssl_.get(), key.writable().data(), size, label.data(), label.size(), nullptr, 0,
                                       0) == 1,
            "a test's TLS exports no key");
    return key;
}

}  // namespace esplane::crypto::test
