// Published packets of ESP: what the RFCs say that each suite makes.
#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/esp_cipher.h"
#include "tests/unit/crypto/keyed.h"
#include "tests/vectors/esp_packets.h"

namespace esplane::crypto {
namespace {

using test::Keyed;

void check_packet(const Keyed& keyed, const Bytes& packet, const Bytes& text, std::uint64_t sequence) {
    EspCipher cipher;
    Bytes copy(packet);
    Bytes opened(packet.size() - keyed.key.overhead());
    std::array<OpenJob, 1> open{{{.key = &keyed.key, .sequence = sequence, .packet = copy, .text = opened.data()}}};
    cipher.open(open);
    CHECK(open[0].genuine);
    CHECK(to_bytes(ByteView(opened).first(text.size())) == text);
}

TEST_CASE("The ESP packet of RFC 7634 is opened") {
    const auto& vector = vectors::kEspChaCha20Poly1305;
    const Keyed keyed({{EncrId::kChaCha20Poly1305, 256}}, from_hex(vector.key_material));
    check_packet(keyed, from_hex(vector.packet), from_hex(vector.text), 5);
    // Its IV is not its sequence number, so that sealing it takes the cipher itself.
    const EspChacha20Poly1305 chacha{keyed.secret()};
    const Bytes packet = from_hex(vector.packet);
    const Bytes text = from_hex(vector.text);
    AeadIv iv;
    std::copy_n(packet.begin() + 8, iv.size(), iv.begin());
    Bytes sealed(text.size() + kAeadIcvLength);
    chacha.seal(ByteView(packet).first(8), iv, std::array<Slice, 1>{text}, sealed.data(), sealed.data() + text.size());
    CHECK(sealed == to_bytes(ByteView(packet).subspan(16)));
}

TEST_CASE("The published packet with GMAC is opened, and authenticated alike") {
    const auto& vector = vectors::kEspGmac;
    const Keyed keyed({{EncrId::kNullAuthAesGmac, 128}}, from_hex(vector.key_material));
    const Bytes packet = from_hex(vector.packet);
    const Bytes text = from_hex(vector.text);
    check_packet(keyed, packet, text, 7);
    Bytes sealed(text.size() + kAeadIcvLength);
    EspGmac(keyed.secret())
        .seal(ByteView(packet).first(8), AeadIv{}, std::array<Slice, 1>{text}, sealed.data(),
              sealed.data() + text.size());
    CHECK(sealed == to_bytes(ByteView(packet).subspan(16)));
}

TEST_CASE("The packets of RFC 3602 are decrypted, with an ICV put behind them") {
    for (const auto& vector : vectors::kEspCbc) {
        INFO(vector.source);
        SeededRandom random(82);
        Bytes material = from_hex(vector.key_material);
        append(material, random.bytes(32));
        const Keyed keyed({{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128}, material);
        const Bytes unprotected = from_hex(vector.packet);
        const std::uint64_t sequence = load_be<std::uint32_t>(unprotected.data() + 4);
        // The ICV is the oracle's, over the published octets: as of NULL, whose text they are from the IV on.
        const Bytes packet =
            test::oracle_packet({{EncrId::kNull, 0}, IntegId::kHmacSha256_128}, ByteView(material).subspan(16),
                                {.spi = load_be<std::uint32_t>(unprotected.data()), .sequence = sequence}, {},
                                ByteView(unprotected).subspan(8));
        check_packet(keyed, packet, from_hex(vector.text), sequence);
    }
}

void check_hmac(IntegId integ, const vectors::HmacIcvCase& vector, std::string_view icv) {
    const Bytes unit = from_hex(vector.key_unit);
    Bytes key;
    while (key.size() < key_length(integ)) {
        append(key, unit);
    }
    const Keyed keyed({{EncrId::kNull, 0}, integ}, key);
    const Bytes data = from_hex(vector.data);
    const ByteView text = ByteView(data).subspan(8);
    Bytes expected(data);
    append(expected, from_hex(icv));
    Bytes packet(expected.size());
    const std::array<Slice, 1> slices{text};
    const std::array<SealJob, 1> job{{{.key = &keyed.key,
                                       .spi = load_be<std::uint32_t>(data.data()),
                                       .sequence = load_be<std::uint32_t>(data.data() + 4),
                                       .text = slices,
                                       .packet = packet.data()}}};
    EspCipher().seal(job);
    CHECK(packet == expected);
    check_packet(keyed, expected, to_bytes(text), job[0].sequence);
}

TEST_CASE("ICVs with HMAC are those of RFC 4868") {
    // With NULL, the data of a test case is a packet: its first eight octets are SPI and sequence number.
    for (const auto& vector : vectors::kHmacRfc4868) {
        INFO("case " << vector.number);
        check_hmac(IntegId::kHmacSha256_128, vector, vector.sha256_128);
        check_hmac(IntegId::kHmacSha384_192, vector, vector.sha384_192);
        check_hmac(IntegId::kHmacSha512_256, vector, vector.sha512_256);
    }
}

}  // namespace
}  // namespace esplane::crypto
