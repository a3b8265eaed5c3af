// ECP groups (RFC 5903): the NIST curves, all of prime order, a point in the KE payload as x | y without a prefix.
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto::ecp {
namespace {

using Curve = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_clear_free>>;

struct Group {
    std::size_t bits;  ///< of the field and of the order alike
    Curve curve;

    std::size_t coordinate_length() const { return (bits + 7) / 8; }
};

const Group& group_of(DhId id) {
    static const Group groups[] = {
        {256, Curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1))},
        {384, Curve(EC_GROUP_new_by_curve_name(NID_secp384r1))},
        {521, Curve(EC_GROUP_new_by_curve_name(NID_secp521r1))},
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
    BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
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

/// Null unless x | y is a point of the curve. RFC 6989 2.3: both coordinates MUST be reduced and satisfy the equation
/// of the curve, which is what OpenSSL looks at. Its order being prime, each such point is in the group.
Point to_point(const Group& group, ByteView octets) {
    if (octets.size() != 2 * group.coordinate_length()) return nullptr;
    Bytes encoded{POINT_CONVERSION_UNCOMPRESSED};
    append(encoded, octets);
    Point point(EC_POINT_new(group.curve.get()));
    require(point != nullptr, "OpenSSL has no memory for a point");
    const bool legal = EC_POINT_oct2point(group.curve.get(), point.get(), encoded.data(), encoded.size(), nullptr) == 1;
    return legal ? std::move(point) : nullptr;
}

/// RFC 5903 7 and 9: x of scalar times point. Empty for the point at infinity, which has none.
std::optional<Secret> multiply(const Group& group, const EC_POINT* point, const BIGNUM* scalar) {
    const Point product(EC_POINT_new(group.curve.get()));
    const Bignum x(BN_secure_new());
    require(product && x && EC_POINT_mul(group.curve.get(), product.get(), nullptr, point, scalar, nullptr) == 1,
            "OpenSSL failed to multiply a point");
    if (EC_POINT_get_affine_coordinates(group.curve.get(), product.get(), x.get(), nullptr, nullptr) != 1)
        return std::nullopt;
    Secret shared(group.coordinate_length());
    const int length = static_cast<int>(shared.size());
    require(BN_bn2binpad(x.get(), shared.writable().data(), length) == length, "OpenSSL computed no coordinate");
    return shared;
}

/// Points and scalars directly, as OpenSSL's own ECDH works with them: to wrap each in a key of its EVP interface costs
/// as much as the arithmetic.
class EcpExchange final : public KeyExchange {
  public:
    EcpExchange(DhId group, Bignum scalar)
        : group_(group),
          scalar_(std::move(scalar)),
          public_value_(multiply_generator(group_of(group), scalar_.get())) {}

    DhId group() const override { return group_; }
    Bytes public_value() const override { return public_value_; }

    std::optional<Secret> derive(ByteView peer_public) const override {
        const DropErrors drop_errors;
        const Group& group = group_of(group_);
        const Point peer = to_point(group, peer_public);
        if (!peer) return std::nullopt;
        return multiply(group, peer.get(), scalar_.get());
    }

  private:
    DhId group_;
    Bignum scalar_;
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
    Bignum scalar = to_scalar(group_of(id), private_value);
    if (!scalar) return nullptr;
    return std::make_unique<EcpExchange>(id, std::move(scalar));
}

}  // namespace esplane::crypto::ecp
