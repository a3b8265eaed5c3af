#include "ike/core/key_schedule.h"

#include <array>

#include "crypto/prf.h"

namespace esplane::ike {
namespace {

constexpr std::string_view kKeyPad = "Key Pad for IKEv2";  // RFC 7296 2.15: 17 octets, no terminator

/// An SPI as it goes into prf+: 8 octets in network order.
std::array<std::uint8_t, 8> octets(IkeSpi spi) {
    std::array<std::uint8_t, 8> stored;
    store_be(stored.data(), to_number(spi));
    return stored;
}

/// Octets of key that a cipher takes from KEYMAT: an AEAD's salt follows its key (RFC 4106 8.1, RFC 5282 7.1).
std::size_t keymat_length(crypto::Encr encr) {
    return crypto::key_length(encr) + crypto::salt_length(encr.id);
}

/// Cuts keys off the front of KEYMAT.
class Keymat {
  public:
    explicit Keymat(crypto::Secret octets) : octets_(std::move(octets)) {}
    crypto::Secret take(std::size_t length) { return octets_.slice(std::exchange(used_, used_ + length), length); }

  private:
    crypto::Secret octets_;
    std::size_t used_ = 0;
};

IkeKeys expand(const IkeSuite& suite, const crypto::Secret& skeyseed, Nonces nonces, IkeSpi spi_i, IkeSpi spi_r) {
    const std::size_t prf_key = crypto::output_length(suite.prf);
    const std::size_t integ_key = crypto::key_length(suite.integ);  // 0 for an AEAD
    const std::size_t encr_key = keymat_length(suite.encr);
    Keymat keymat(crypto::prf_plus(suite.prf, skeyseed.view(),
                                   {nonces.initiator, nonces.responder, octets(spi_i), octets(spi_r)},
                                   3 * prf_key + 2 * integ_key + 2 * encr_key));
    IkeKeys keys;
    keys.sk_d = keymat.take(prf_key);
    keys.sk_ai = keymat.take(integ_key);
    keys.sk_ar = keymat.take(integ_key);
    keys.sk_ei = keymat.take(encr_key);
    keys.sk_er = keymat.take(encr_key);
    keys.sk_pi = keymat.take(prf_key);
    keys.sk_pr = keymat.take(prf_key);
    return keys;
}

}  // namespace

// RFC 7296 2.14. HMAC takes keys of any length, so the nonces are used whole.
IkeKeys derive_ike_keys(const IkeSuite& suite, const crypto::Secret& shared, Nonces nonces, IkeSpi spi_i,
                        IkeSpi spi_r) {
    Bytes both_nonces = to_bytes(nonces.initiator);
    append(both_nonces, nonces.responder);
    const crypto::Secret skeyseed = crypto::prf(suite.prf, both_nonces, {shared.view()});
    return expand(suite, skeyseed, nonces, spi_i, spi_r);
}

// RFC 7296 2.18.
IkeKeys derive_rekeyed_ike_keys(crypto::PrfId old_prf, const crypto::Secret& old_sk_d, const IkeSuite& suite,
                                const crypto::Secret& shared, Nonces nonces, IkeSpi spi_i, IkeSpi spi_r) {
    const crypto::Secret skeyseed =
        crypto::prf(old_prf, old_sk_d.view(), {shared.view(), nonces.initiator, nonces.responder});
    return expand(suite, skeyseed, nonces, spi_i, spi_r);
}

// RFC 7296 2.17: the SA from the initiator to the responder takes its keys first, encryption before integrity.
ChildKeys derive_child_keys(crypto::PrfId prf, const crypto::Secret& sk_d, const EspSuite& suite,
                            const crypto::Secret* shared, Nonces nonces) {
    const std::size_t length = keymat_length(suite.encr) + crypto::key_length(suite.integ);
    const ByteView g_ir = shared == nullptr ? ByteView{} : shared->view();
    Keymat keymat(crypto::prf_plus(prf, sk_d.view(), {g_ir, nonces.initiator, nonces.responder}, 2 * length));
    ChildKeys keys;
    keys.initiator_to_responder = keymat.take(length);
    keys.responder_to_initiator = keymat.take(length);
    return keys;
}

Bytes signed_octets(crypto::PrfId prf, ByteView message, ByteView other_nonce, const crypto::Secret& sk_p,
                    const wire::Id& id, ByteView intermediate) {
    // RestOfIDPayload: all of the payload behind its generic header. The three reserved octets are zero.
    const std::array<std::uint8_t, 4> id_header{id.type, 0, 0, 0};
    const crypto::Secret maced_id = crypto::prf(prf, sk_p.view(), {id_header, id.value});
    Bytes octets = to_bytes(message);
    append(octets, other_nonce);
    append(octets, maced_id.view());
    append(octets, intermediate);
    return octets;
}

crypto::Secret psk_auth(crypto::PrfId prf, const crypto::Secret& psk, ByteView message, ByteView other_nonce,
                        const crypto::Secret& sk_p, const wire::Id& id, ByteView intermediate) {
    const crypto::Secret key = crypto::prf(prf, psk.view(), {as_bytes(kKeyPad)});
    return crypto::prf(prf, key.view(), {signed_octets(prf, message, other_nonce, sk_p, id, intermediate)});
}

}  // namespace esplane::ike
