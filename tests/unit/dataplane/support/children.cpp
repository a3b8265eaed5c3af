#include "tests/unit/dataplane/support/children.h"

#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <memory>

#include "crypto/esp_key.h"
#include "dataplane/sa/inner_sizes.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane::test {
namespace {

constexpr std::size_t kHeader = 16;  // SPI, sequence number, IV
constexpr std::size_t kIcv = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

TrafficSelector range(std::string_view prefix) {
    return TrafficSelector::from_prefix(*Prefix::parse(prefix));
}

crypto::Secret key(std::uint8_t seed, std::size_t length) {
    crypto::Secret made(length);
    for (std::size_t i = 0; i < length; ++i)
        made.writable()[i] = static_cast<std::uint8_t>(seed + 7 * i);
    return made;
}

Bytes aad_of(Spi spi, std::uint64_t sequence, bool esn) {
    Bytes aad(4);
    store_be(aad.data(), to_number(spi));
    Bytes number(8);
    store_be(number.data(), sequence);
    append(aad, ByteView(number).subspan(esn ? 0 : 4));
    return aad;
}

/// A context with key, nonce (salt, IV) and additional data set.
Cipher prepare(const crypto::Secret& key_and_salt, ByteView iv, ByteView aad, bool encrypt) {
    const ByteView all = key_and_salt.view();
    const ByteView cipher_key = all.first(all.size() - 4);
    Bytes nonce = to_bytes(all.last(4));
    append(nonce, iv);
    const EVP_CIPHER* algorithm = cipher_key.size() == 16   ? EVP_aes_128_gcm()
                                  : cipher_key.size() == 24 ? EVP_aes_192_gcm()
                                                            : EVP_aes_256_gcm();
    Cipher context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    REQUIRE(EVP_CipherInit_ex(context.get(), algorithm, nullptr, cipher_key.data(), nonce.data(), encrypt ? 1 : 0));
    int length = 0;
    REQUIRE(EVP_CipherUpdate(context.get(), nullptr, &length, aad.data(), static_cast<int>(aad.size())));
    return context;
}

Bytes site_packet(std::size_t payload, Family family, int from, int to) {
    const auto host = [&](int site) {
        const std::string number = std::to_string(site);
        return address(family == Family::kIpv4 ? "10." + number + ".0.9" : "2001:db8:" + number + "::9");
    };
    if (payload < 8) return ip(host(from), host(to), 253, filler(payload));
    return ip(host(from), host(to), 17, udp(1000, 2000, filler(payload - 8)));
}

}  // namespace

ChildOptions child_options(std::uint32_t number) {
    const auto seed = static_cast<std::uint8_t>(number * 16);
    ChildOptions options{.id = ChildId{number},
                         .tunnel = TunnelId{1},
                         .spi_in = Spi{0x1000 + number},
                         .spi_out = Spi{0x2000 + number},
                         .key_in = key(seed, 36),
                         .key_out = key(static_cast<std::uint8_t>(seed + 1), 36)};
    options.replay_window = 64;
    options.selectors = tunnel_policy().policies[0];
    options.encapsulation = Encapsulation::kUdp;
    options.outer = {{address("192.0.2.1"), 4500}, {address("192.0.2.2"), 4500}};
    return options;
}

ChildOptions copy_of(const ChildOptions& options) {
    return {.id = options.id,
            .tunnel = options.tunnel,
            .policy = options.policy,
            .spi_in = options.spi_in,
            .spi_out = options.spi_out,
            .encr = options.encr,
            .integ = options.integ,
            .key_in = options.key_in.clone(),
            .key_out = options.key_out.clone(),
            .esn = options.esn,
            .replay_window = options.replay_window,
            .selectors = options.selectors,
            .mode = options.mode,
            .tfc_accepted = options.tfc_accepted,
            .limits = options.limits,
            .encapsulation = options.encapsulation,
            .outer = options.outer,
            .send_at_once = options.send_at_once};
}

ChildOptions with_suite(ChildOptions options, crypto::Encr encr, crypto::IntegId integ) {
    options.encr = encr;
    options.integ = integ;
    options.key_in = key(3, crypto::EspKey::material_length(encr, integ));
    options.key_out = key(4, crypto::EspKey::material_length(encr, integ));
    return options;
}

ChildOptions mirrored(const ChildOptions& options) {
    ChildOptions other = copy_of(options);
    std::swap(other.spi_in, other.spi_out);
    std::swap(other.key_in, other.key_out);
    std::swap(other.selectors.local, other.selectors.remote);
    std::swap(other.outer.local, other.outer.remote);
    return other;
}

TunnelPolicy tunnel_policy() {
    TunnelPolicy policy;
    policy.id = TunnelId{1};
    policy.name = "test";
    policy.port = kDevice;
    policy.mtu_bytes = kLargestMtu;
    policy.policies = {{.local = {range("10.1.0.0/16"), range("2001:db8:1::/48")},
                        .remote = {range("10.2.0.0/16"), range("2001:db8:2::/48")}}};
    return policy;
}

Bytes outgoing_packet(std::size_t payload, Family family) {
    return site_packet(payload, family, 1, 2);
}

Bytes incoming_packet(std::size_t payload, Family family) {
    return site_packet(payload, family, 2, 1);
}

Bytes with_trailer(ByteView inner, std::uint8_t next_header) {
    Bytes text = to_bytes(inner);
    std::uint8_t padding = 0;
    while ((text.size() + 2) % 4 != 0)
        text.push_back(++padding);
    text.push_back(padding);
    text.push_back(next_header);
    return text;
}

Bytes seal_with_openssl(const crypto::Secret& key_and_salt, const EspPacket& packet, ByteView text) {
    Bytes esp(kHeader + text.size() + kIcv);
    store_be(esp.data(), to_number(packet.spi));
    store_be(esp.data() + 4, static_cast<std::uint32_t>(packet.sequence));
    store_be(esp.data() + 8, packet.iv);
    const Bytes aad = aad_of(packet.spi, packet.sequence, packet.esn);
    const Cipher context = prepare(key_and_salt, ByteView(esp).subspan(8, 8), aad, true);
    int length = 0;
    REQUIRE(
        EVP_EncryptUpdate(context.get(), esp.data() + kHeader, &length, text.data(), static_cast<int>(text.size())));
    REQUIRE(EVP_EncryptFinal_ex(context.get(), esp.data() + kHeader + length, &length));
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kIcv, esp.data() + kHeader + text.size()));
    return esp;
}

std::optional<Bytes> open_with_openssl(const crypto::Secret& key_and_salt, std::uint64_t sequence, bool esn,
                                       ByteView esp) {
    REQUIRE(esp.size() >= kHeader + kIcv);
    const Bytes aad = aad_of(Spi{load_be<std::uint32_t>(esp.data())}, sequence, esn);
    const Cipher context = prepare(key_and_salt, esp.subspan(8, 8), aad, false);
    Bytes text(esp.size() - kHeader - kIcv);
    int length = 0;
    REQUIRE(
        EVP_DecryptUpdate(context.get(), text.data(), &length, esp.data() + kHeader, static_cast<int>(text.size())));
    Bytes icv = to_bytes(esp.last(kIcv));
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kIcv, icv.data()));
    if (EVP_DecryptFinal_ex(context.get(), text.data() + length, &length) != 1) return std::nullopt;
    return text;
}

}  // namespace esplane::dataplane::test
