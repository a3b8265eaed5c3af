// HMAC with SHA-2 over OpenSSL (RFC 2104, RFC 4868): what the PRFs and the integrity transforms are made of.
#pragma once

#include "crypto/algorithms.h"
#include "crypto/bytes.h"
#include "crypto/openssl.h"

namespace esplane::crypto {

enum class HashId { kSha256, kSha384, kSha512 };

HashId hash_of(PrfId id);
HashId hash_of(IntegId id);  ///< aborts for kNone, which has none

/// One computation: construct, update in any number of pieces, finish once; restart for another with the same key,
/// which costs less than a new one. Aborts only if OpenSSL is broken or out of
/// memory. OpenSSL wipes its copy of the key when this ends.
class Hmac {
  public:
    Hmac(HashId hash, ByteView key);
    void update(ByteView piece);
    /// The first out.size() octets of the result, of at most the hash's length.
    void finish(MutableByteView out);
    void restart();

  private:
    MacContext context_;
};

}  // namespace esplane::crypto
