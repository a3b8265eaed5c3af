// Handshakes of TLS 1.2 (RFC 5246) over OpenSSL in which both sides prove themselves by certificate: octets in, octets
// out, and in the end a key. No data is carried; there are no tickets, no resumption, no renegotiation, no compression.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "crypto/trust.h"

struct ssl_ctx_st;  // OpenSSL's, whose headers stay inside crypto/

namespace esplane::crypto {

enum class TlsSide { kServer, kClient };

/// What proves us, and whom we believe.
struct TlsCredentials {
    const std::vector<Certificate>& chain;  ///< our own first, then those that lead to its CA; at least one
    const PrivateKey& key;                  ///< of the first
    std::shared_ptr<const TrustStore> trust;
    RevocationPolicy revocation = RevocationPolicy::kRelaxed;
};

/// One side's, for any number of handshakes. Copies share it.
class TlsSettings {
  public:
    /// The error says why OpenSSL does not take the certificate or the key.
    static Result<TlsSettings, std::string> of(TlsSide side, const TlsCredentials& credentials);

    TlsSide side() const { return side_; }
    const TrustStore& trust() const { return *trust_; }
    RevocationPolicy revocation() const { return revocation_; }
    ssl_ctx_st* handle() const { return context_.get(); }  ///< for crypto/ only; lives as long as this

  private:
    TlsSettings(TlsSide side, const TlsCredentials& credentials)
        : side_(side), trust_(credentials.trust), revocation_(credentials.revocation) {}
    TlsSide side_;
    std::shared_ptr<const TrustStore> trust_;
    RevocationPolicy revocation_;
    std::shared_ptr<ssl_ctx_st> context_;
};

/// Why the holder of a certificate that is believed is not the one who is expected; empty when it is.
using TlsNameCheck = std::function<std::optional<std::string>(const Certificate& leaf)>;

class TlsHandshake {
  public:
    enum class State {
        kGoesOn,  ///< the other side's messages are awaited
        kDone,    ///< both sides have proven themselves
        kFailed,  ///< for good, and why() says why; what take_output() has then is an alert for the other side
    };

    /// `now` is what certificates are judged by.
    TlsHandshake(const TlsSettings& settings, std::chrono::system_clock::time_point now, TlsNameCheck check);
    ~TlsHandshake();
    TlsHandshake(const TlsHandshake&) = delete;
    TlsHandshake& operator=(const TlsHandshake&) = delete;

    /// Records of the other side, of any content; empty to have a client begin.
    State advance(ByteView records);
    /// What is to be sent, and then is here no more.
    Bytes take_output();
    /// Printable, the end of a sentence about the other side.
    const std::string& why() const { return why_; }

    /// After kDone: keying material under `label`, without a context (RFC 5705).
    Secret export_key(std::string_view label, std::size_t size) const;

  private:
    friend class TlsSettings;
    struct Session;
    State fail(std::string why);
    std::unique_ptr<Session> session_;  // where OpenSSL's callbacks find it
    State state_ = State::kGoesOn;
    std::string why_;
};

}  // namespace esplane::crypto
