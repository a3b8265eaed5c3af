// Whole ESP packets other than AES-GCM's (aes_gcm.h has those), each under its own key.
#pragma once

#include <cstdint>
#include <string_view>

namespace esplane::vectors {

struct EspPacketCase {
    std::string_view source, key_material, packet, text;
};

/// RFC 7634 appendix A: `text` has its padding and trailer.
inline constexpr EspPacketCase kEspChaCha20Poly1305 = {
    "RFC 7634 appendix A",
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3",
    "01020304000000051011121314151617"
    "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7"
    "2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0"
    "76aaa8266b7fb0f7b11b369907e1ad43",
    "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f10111213"
    "1415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363701020204",
};

/// The GMAC packet of draft-mcgrew-gcm-test-01 section 4: SPI 0x4321, sequence number 7, IV of zeros.
inline constexpr EspPacketCase kEspGmac = {
    "draft-mcgrew-gcm-test-01",
    "4c80cdefbb5d10da906ac73c3613a63422433c64",
    "00004321000000070000000000000000"
    "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c6d6e6f7071727374"
    "01020201"
    "f2a9a836e155106aa8dcd618e4099aaa",
    "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c6d6e6f7071727374"
    "01020201",
};

/// RFC 3602 4, cases 5 to 8: AES-128-CBC without integrity, so the packets end with the ciphertext. `text` is without
/// padding and trailer.
inline constexpr EspPacketCase kEspCbc[] = {
    {"RFC 3602 case 5", "90d382b410eeba7ad938c46cec1a82bf",
     "0000432100000001e96e8c08ab465763fd098d45dd3ff893"
     "f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52"
     "775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6",
     "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f3031323334353637"},
    {"RFC 3602 case 6", "90d382b410eeba7ad938c46cec1a82bf",
     "000043210000000869d08df7d203329db093fc4924e5bd80"
     "f51995881ec4e0c4488987ce742e8109689bb379d2d750c0d915dca346a89f75",
     "0800b5e8a80a0500a69c083d0b660e00777777777777777777777777"},
    {"RFC 3602 case 7", "0123456789abcdef0123456789abcdef",
     "0000876500000002f4e765244f6407adf13dc1380f673f37"
     "773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c6"
     "47752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d",
     "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b0c0d0e0f10111213"
     "1415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"},
    {"RFC 3602 case 8", "0123456789abcdef0123456789abcdef",
     "000087650000000585d47224b5f3dd5d2101d4ea8dffab22"
     "15b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639"
     "b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892",
     "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffff"},
};

/// RFC 4868 2.7.2, AUTH256, AUTH384 and AUTH512, cases 1 to 3: the key is `key_unit`, repeated to the length of the
/// hash's output, and the ICVs are truncated to half of it.
struct HmacIcvCase {
    std::string_view number, key_unit, data, sha256_128, sha384_192, sha512_256;
};

inline constexpr HmacIcvCase kHmacRfc4868[] = {
    {"1", "0b", "4869205468657265", "198a607eb44bfbc69903a0f1cf2bbdc5",
     "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973",
     "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8"},
    {"2", "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "167f928588c5cc2eef8e3093caa0e87c",
     "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d",
     "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454"},
    {"3", "aa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
     "dddd",
     "cdcb1220d1ecccea91e53aba3092f962", "809f439be00274321d4a538652164b53554a508184a0c316",
     "2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8"},
};

}  // namespace esplane::vectors
