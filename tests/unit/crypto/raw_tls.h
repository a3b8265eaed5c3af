// One side of TLS by OpenSSL alone, with whatever is wrong with it that a test wants.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "crypto/tls.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto::test {

struct RawTlsWish {
    TlsSide side = TlsSide::kClient;
    const Made* own = nullptr;  ///< null: no certificate; a server should have one
    int least_version = TLS1_2_VERSION;
    int version = TLS1_2_VERSION;
    std::string suites = "DEFAULT:@SECLEVEL=0";
    SSL_SESSION* session = nullptr;  ///< to be resumed
};

/// Believes everybody.
class RawTls {
  public:
    explicit RawTls(const RawTlsWish& wish);
    /// What it answers.
    Bytes advance(ByteView records);
    bool done() const { return SSL_is_init_finished(ssl_.get()) == 1; }
    SSL* handle() const { return ssl_.get(); }
    Secret export_key(std::string_view label, std::size_t size) const;

  private:
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
};

}  // namespace esplane::crypto::test
