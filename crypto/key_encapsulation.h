// Key encapsulation: ML-KEM (FIPS 203) in the wire form of the KE payload (draft-ietf-ipsecme-ikev2-mlkem). The
// initiator sends an encapsulation key, the responder a ciphertext for it.
#pragma once

#include <memory>
#include <string>

#include "crypto/key_exchange.h"

namespace esplane::crypto {

/// Whose value of an exchange: a KEM's differ.
enum class Side : std::uint8_t { kInitiator, kResponder };

/// Where encapsulation comes from. Injected, because not every OpenSSL has it.
class Encapsulation {
  public:
    virtual ~Encapsulation() = default;
    /// Whether `method`, of those of which is_kem() is true, can be had.
    virtual bool has(DhId method) const = 0;
    /// As initiator; `method` is one that it has.
    virtual std::unique_ptr<KeyExchange> generate(DhId method, Random& random) const = 0;
    /// As responder. Empty when the initiator's value is illegal: of another length, or not reduced (FIPS 203 7.2).
    virtual std::optional<KeyExchangeAnswer> encapsulate(DhId method, ByteView key, Random& random) const = 0;
};

/// That of the OpenSSL that runs, from 3.5 on; asked when it is used first. Its random generator is OpenSSL's own.
const Encapsulation& openssl_encapsulation();

/// "OpenSSL 3.0.17": the one that runs.
std::string openssl_version();

/// Whether that has ML-KEM, for an operator: "available (OpenSSL 3.5.1)".
std::string describe_ml_kem();

/// Octets of a value of this method on the wire; 0 for what is no KEM.
std::size_t encapsulation_length(DhId method, Side side);

}  // namespace esplane::crypto
