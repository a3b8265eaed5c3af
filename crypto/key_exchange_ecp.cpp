// ECP groups (RFC 5903): the NIST curves, all of prime order, a point in the KE payload as x | y without a prefix.
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <array>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto::ecp {
namespace {

using Curve = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_clear_free>>;

struct Group {
    const char* openssl_name;
    std::size_t bits;  ///< of the field and of the order alike
    Curve curve;

    std::size_t coordinate_length() const { return (bits + 7) / 8; }
};

const Group& group_of(DhId id) {
    static const Group groups[] = {
        {"P-256", 256, Curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1))},
        {"P-384", 384, Curve(EC_GROUP_new_by_curve_name(NID_secp384r1))},
        {"P-521", 521, Curve(EC_GROUP_new_by_curve_name(NID_secp521r1))},
    };
    const Group* group = nullptr;
    switch (id) {
        case DhId::kEcp256:
            group = &groups[0];
            break;
        case DhId::kEcp384:
            group = &groups[1];
            break;
        case DhId::kEcp521:
            group = &groups[2];
            break;
        default:
            break;
    }
    require(group != nullptr && group->curve, "a group that is not ECP was taken for one, or OpenSSL lacks its curve");
    return *group;
}

/// The scalar when it has the length of the order and lies in [1, n-1], else null.
Bignum to_scalar(const Group& group, ByteView octets) {
    if (octets.size() != group.coordinate_length()) return nullptr;
    Bignum scalar(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), BN_secure_new()));
    require(scalar != nullptr, "OpenSSL failed to read a scalar");
    const bool legal = !BN_is_zero(scalar.get()) && BN_cmp(scalar.get(), EC_GROUP_get0_order(group.curve.get())) < 0;
    return legal ? std::move(scalar) : nullptr;
}

/// Scalar times generator, as x | y.
Bytes multiply_generator(const Group& group, const BIGNUM* scalar) {
    const Point point(EC_POINT_new(group.curve.get()));
    Bytes encoded(1 + 2 * group.coordinate_length());
    require(point && EC_POINT_mul(group.curve.get(), point.get(), scalar, nullptr, nullptr, nullptr) == 1 &&
                EC_POINT_point2oct(group.curve.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                   encoded.size(), nullptr) == encoded.size(),
            "OpenSSL failed to compute a public ECP value");
    encoded.erase(encoded.begin());  // RFC 5903 7: no prefix that names the form
    return encoded;
}

OSSL_PARAM name_param(const Group& group) {
    return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(group.openssl_name), 0);
}

Pkey make_private_key(const Group& group, ByteView scalar) {
    Secret native = to_native_order(scalar);
    std::array params{
        name_param(group),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native.writable().data(), native.size()),
        OSSL_PARAM_construct_end(),
    };
    return key_from_params("EC", EVP_PKEY_KEYPAIR, params.data());
}

/// Null unless x | y is a point of the curve.
Pkey make_public_key(const Group& group, ByteView point) {
    if (point.size() != 2 * group.coordinate_length()) return nullptr;
    Bytes encoded{POINT_CONVERSION_UNCOMPRESSED};
    append(encoded, point);
    std::array params{
        name_param(group),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
        OSSL_PARAM_construct_end(),
    };
    Pkey key = key_from_params("EC", EVP_PKEY_PUBLIC_KEY, params.data());
    if (!key) return nullptr;
    // RFC 6989 2.3: both coordinates MUST be reduced and satisfy the equation of the curve. Its order being prime, each
    // such point is in the group: the quick check, which leaves the multiplication by the order out, is a full one.
    const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    return context && EVP_PKEY_public_check_quick(context.get()) == 1 ? std::move(key) : nullptr;
}

class EcpExchange final : public KeyExchange {
  public:
    EcpExchange(DhId group, Pkey private_key, Bytes public_value)
        : group_(group), private_key_(std::move(private_key)), public_value_(std::move(public_value)) {}

    DhId group() const override { return group_; }
    Bytes public_value() const override { return public_value_; }

    std::optional<Secret> derive(ByteView peer_public) const override {
        const DropErrors drop_errors;
        const Pkey peer = make_public_key(group_of(group_), peer_public);
        if (!peer) return std::nullopt;
        return derive_shared(private_key_.get(), peer.get(), group_of(group_).coordinate_length(), nullptr);
    }

  private:
    DhId group_;
    Pkey private_key_;
    Bytes public_value_;
};

}  // namespace

Secret draw_private(DhId id, Random& random) {
    const Group& group = group_of(id);
    Secret value(group.coordinate_length());
    // Drawing again keeps the scalars evenly spread. The orders lie so close below a power of two that a second draw
    // is rare (2^-32 at most) and a tenth means that the generator is broken.
    for (int attempt = 0; attempt < 10; ++attempt) {
        random.fill(value.writable());
        value.writable().front() &= static_cast<std::uint8_t>(0xff >> (8 * value.size() - group.bits));
        if (to_scalar(group, value.view())) return value;
    }
    require(false, "the random generator yields no scalar");
    return value;
}

std::unique_ptr<KeyExchange> from_private(DhId id, ByteView private_value) {
    const Group& group = group_of(id);
    const Bignum scalar = to_scalar(group, private_value);
    if (!scalar) return nullptr;
    Pkey key = make_private_key(group, private_value);
    if (!key) return nullptr;
    return std::make_unique<EcpExchange>(id, std::move(key), multiply_generator(group, scalar.get()));
}

}  // namespace esplane::crypto::ecp
