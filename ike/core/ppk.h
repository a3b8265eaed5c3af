// Post-quantum pre-shared keys (RFC 8784): a second secret, mixed into the keys of an IKE SA, so that whoever records
// it today and breaks its key exchange some day still knows nothing.
#pragma once

#include <optional>
#include <string>

#include "crypto/prf.h"
#include "crypto/secret.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// One that both sides have, under the same name.
struct Ppk {
    std::string id;
    crypto::Secret key;
    bool required = true;  ///< no IKE SA without it
};

/// The keys that it changes.
struct PpkKeys {
    crypto::Secret sk_d;
    crypto::Secret sk_p_ours;
    crypto::Secret sk_p_theirs;
};
/// prf+(PPK, key) of each (RFC 8784 3).
PpkKeys mix_ppk(crypto::PrfId prf, const crypto::Secret& ppk, const crypto::Secret& sk_d,
                const crypto::Secret& sk_p_ours, const crypto::Secret& sk_p_theirs);

/// PPK_IDENTITY, with the name (RFC 8784 5.1).
wire::Notify ppk_identity_notify(const Ppk& ppk);
/// Whether the peer means this one: the only name that we know, of the type that is any octets.
bool names_ppk(const wire::Notify& identity, const Ppk& ppk);

}  // namespace esplane::ike
