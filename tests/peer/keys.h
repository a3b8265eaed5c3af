// The key schedule of IKEv2 (RFC 7296 2.13 to 2.18) and AES-256-GCM of the SK payload (RFC 5282) once more, over
// OpenSSL itself: for the one suite that the peer speaks, PRF_HMAC_SHA2_256 with AES-256-GCM-16.
#pragma once

#include <optional>

#include "crypto/bytes.h"

namespace esplane::peer {

Bytes prf(ByteView key, ByteView data);
Bytes prf_plus(ByteView key, ByteView seed, std::size_t length);

struct IkeKeys {
    Bytes d, ei, er, pi, pr;  ///< ei and er: 32 octets of key and 4 of salt
};
/// `seed`: SKEYSEED. `nonces`: Ni | Nr. `spis`: SPIi | SPIr.
IkeKeys ike_keys(ByteView seed, ByteView nonces, ByteView spis);

struct Keymat {
    Bytes initiator, responder;  ///< what each of them sends with: key and salt
};
/// `shared` is empty without PFS.
Keymat keymat(ByteView sk_d, ByteView shared, ByteView nonces);

/// 2.15: `message` and `id_body` are the signer's, `nonce` is the other's.
Bytes auth_octets(ByteView message, ByteView nonce, ByteView sk_p, ByteView id_body);
Bytes psk_auth(ByteView psk, ByteView octets);

/// The ciphertext with its ICV behind it.
Bytes gcm_seal(ByteView key_and_salt, ByteView iv, ByteView associated, ByteView text);
std::optional<Bytes> gcm_open(ByteView key_and_salt, ByteView iv, ByteView associated, ByteView sealed);

}  // namespace esplane::peer
