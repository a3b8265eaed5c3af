// PRF and prf+ of IKEv2 over OpenSSL (RFC 7296 2.13, RFC 4868).
#pragma once

#include <initializer_list>

#include "crypto/algorithms.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// prf(key, parts[0] | parts[1] | …). Aborts only if OpenSSL is broken or out of memory.
Secret prf(PrfId id, ByteView key, std::initializer_list<ByteView> parts);

/// prf+(key, parts…), the first `length` octets; length at most 255 times the output (a programming error otherwise).
Secret prf_plus(PrfId id, ByteView key, std::initializer_list<ByteView> parts, std::size_t length);

/// SHA-1, only for NAT detection hashes (RFC 7296 2.23), where it is not a security function.
Bytes sha1(std::initializer_list<ByteView> parts);

}  // namespace esplane::crypto
