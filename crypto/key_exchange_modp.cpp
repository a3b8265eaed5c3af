// MODP groups (RFC 3526): safe primes p = 2q + 1 with generator 2, which generates the subgroup of order q.
#include <openssl/core_names.h>

#include <array>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto::modp {
namespace {

struct Group {
    const char* openssl_name;
    /// Octets of a private value: twice the higher of the two strength estimates of RFC 3526 section 8.
    std::size_t private_length;
    BIGNUM* (*prime)(BIGNUM*);
};

const Group& group_of(DhId id) {
    static constexpr Group kGroups[] = {
        {"modp_2048", 320 / 8, BN_get_rfc3526_prime_2048},
        {"modp_3072", 424 / 8, BN_get_rfc3526_prime_3072},
        {"modp_4096", 480 / 8, BN_get_rfc3526_prime_4096},
    };
    switch (id) {
        case DhId::kModp2048:
            return kGroups[0];
        case DhId::kModp3072:
            return kGroups[1];
        case DhId::kModp4096:
            return kGroups[2];
        default:
            break;
    }
    require(false, "a group that is not MODP was taken for one");
    return kGroups[0];
}

/// Whether least <= value <= p - 2.
bool in_range(DhId id, ByteView value, BN_ULONG least) {
    const Bignum number(BN_bin2bn(value.data(), static_cast<int>(value.size()), nullptr));
    const Bignum lowest(BN_new());
    const Bignum limit(group_of(id).prime(nullptr));
    require(number && lowest && BN_set_word(lowest.get(), least) == 1 && limit && BN_sub_word(limit.get(), 1) == 1,
            "OpenSSL failed to check the range of a MODP value");
    return BN_cmp(number.get(), lowest.get()) >= 0 && BN_cmp(number.get(), limit.get()) < 0;
}

/// `part` is OSSL_PKEY_PARAM_PRIV_KEY or OSSL_PKEY_PARAM_PUB_KEY, `value` in network order.
Pkey make_key(DhId id, const char* part, ByteView value) {
    Secret native = to_native_order(value);
    std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(group_of(id).openssl_name), 0),
        OSSL_PARAM_construct_BN(part, native.writable().data(), native.size()),
        OSSL_PARAM_construct_end(),
    };
    return key_from_params("DH", EVP_PKEY_KEYPAIR, params.data());
}

class ModpExchange final : public KeyExchange {
  public:
    ModpExchange(DhId group, Pkey private_key) : group_(group), private_key_(std::move(private_key)) {
        constexpr std::uint8_t kGenerator = 2;
        const auto raised = raise({&kGenerator, 1});
        require(raised.has_value(), "OpenSSL failed to compute a public MODP value");
        public_value_ = to_bytes(raised->view());
    }

    DhId group() const override { return group_; }
    Bytes public_value() const override { return public_value_; }

    std::optional<Secret> derive(ByteView peer_public) const override {
        const DropErrors drop_errors;
        if (peer_public.size() != public_value_length(group_)) return std::nullopt;
        // RFC 6989 2.1: for a safe prime the check that 1 < y < p-1 is all that is needed, and MUST be made.
        if (!in_range(group_, peer_public, 2)) return std::nullopt;
        return raise(peer_public);
    }

  private:
    /// base^x mod p. RFC 7296 2.14: filled with zeros in front to the length of the modulus.
    std::optional<Secret> raise(ByteView base) const {
        const Pkey key = make_key(group_, OSSL_PKEY_PARAM_PUB_KEY, base);
        if (!key) return std::nullopt;
        unsigned int pad = 1;
        const std::array params{
            OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
            OSSL_PARAM_construct_end(),
        };
        return derive_shared(private_key_.get(), key.get(), public_value_length(group_), params.data());
    }

    DhId group_;
    Pkey private_key_;
    Bytes public_value_;
};

}  // namespace

Secret draw_private(DhId group, Random& random) {
    Secret value(group_of(group).private_length);
    random.fill(value.writable());
    value.writable().front() |= 0x80;  // never zero, always of full length
    return value;
}

std::unique_ptr<KeyExchange> from_private(DhId group, ByteView private_value) {
    if (private_value.size() > public_value_length(group) || !in_range(group, private_value, 1)) return nullptr;
    Pkey key = make_key(group, OSSL_PKEY_PARAM_PRIV_KEY, private_value);
    return key ? std::make_unique<ModpExchange>(group, std::move(key)) : nullptr;
}

}  // namespace esplane::crypto::modp
