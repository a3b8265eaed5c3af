// The key schedule of IKEv2 (RFC 7296 2.14, 2.15, 2.17, 2.18).
//
//   SKEYSEED = prf(Ni | Nr, g^ir)                 first exchange
//   SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr)   rekey of the IKE SA
//                                                      the same of itself after each IKE_INTERMEDIATE (RFC 9370 2.2.2)
//   SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr)
//   KEYMAT   = prf+(SK_d, [g^ir (new) |] Ni | Nr) -> ESP initiator to responder, then responder to initiator
#pragma once

#include <optional>

#include "crypto/secret.h"
#include "ike/core/suite.h"

namespace esplane::ike {

struct IkeKeys {
    crypto::Secret sk_d, sk_ai, sk_ar, sk_ei, sk_er, sk_pi, sk_pr;
};

struct Nonces {
    ByteView initiator;
    ByteView responder;
};

IkeKeys derive_ike_keys(const IkeSuite& suite, const crypto::Secret& shared, Nonces nonces, IkeSpi spi_i, IkeSpi spi_r);
/// `old_prf` and `old_sk_d` are of the IKE SA that is being replaced: its PRF makes SKEYSEED, the new one's all else
/// (2.18).
IkeKeys derive_rekeyed_ike_keys(crypto::PrfId old_prf, const crypto::Secret& old_sk_d, const IkeSuite& suite,
                                const crypto::Secret& shared, Nonces nonces, IkeSpi spi_i, IkeSpi spi_r);

struct ChildKeys {
    crypto::Secret initiator_to_responder;  ///< cipher key and salt, integrity key behind it where there is one
    crypto::Secret responder_to_initiator;
};

/// `shared` is null without PFS. "Initiator" is who sent the request of this exchange, not of the IKE SA.
ChildKeys derive_child_keys(crypto::PrfId prf, const crypto::Secret& sk_d, const EspSuite& suite,
                            const crypto::Secret* shared, Nonces nonces);

/// What AUTH covers (2.15): message | nonce | prf(SK_p, ID body) | `intermediate` (RFC 9242 3.3). `message`: the
/// signer's whole IKE_SA_INIT datagram; `nonce`: the other side's; `id`: the signer's.
Bytes signed_octets(crypto::PrfId prf, ByteView message, ByteView other_nonce, const crypto::Secret& sk_p,
                    const wire::Id& id, ByteView intermediate = {});
/// AUTH for a pre-shared key: prf(prf(psk, "Key Pad for IKEv2"), what AUTH covers) (2.15).
crypto::Secret psk_auth(crypto::PrfId prf, const crypto::Secret& psk, ByteView message, ByteView other_nonce,
                        const crypto::Secret& sk_p, const wire::Id& id, ByteView intermediate = {});

}  // namespace esplane::ike
