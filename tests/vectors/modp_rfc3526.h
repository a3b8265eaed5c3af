// MODP groups of RFC 3526: two private values each and the SHA-256 of the public values and the shared secret, as
// an independent implementation computes them from the formula 2^n - 2^(n-64) - 1 + 2^64 ([2^(n-130) pi] + c).
#pragma once

#include <string_view>

#include "crypto/algorithms.h"

namespace esplane::vectors {

struct ModpCase {
    crypto::DhId group;
    std::string_view private_i, private_r, public_i_sha256, public_r_sha256, shared_sha256;
};

inline constexpr ModpCase kModpCases[] = {
    {crypto::DhId::kModp2048, "2d984378df0aebcb08befc61709c0748bd189e719dca113b5b7effa55873e241cc1d664b0d9c9f05",
     "2114a45f56a7f7c21b30399c8b6cb8bfbbc4fb1d96d5f0a672e560cd94ecc2872bad77f44bd1c9f5",
     "8c0cd3b6da16e271991b8e51e43c193aa5beef5f63072a7dbeb7f690dc4913af",
     "6869c60ed5db583b110e030bc959dfb10c7ff9dad50f9d4b3ebbab4b08899477",
     "62fe5a0794e70e98e691c521e903757bc2174f1166a8c977a53f7c17114a59df"},
    {crypto::DhId::kModp3072, "57bf52a7ba5331f770849fd00aa8d4e279fe44a3521f3675bef89ca6c998b1efdcde846f6190060f",
     "ee8d4602f3ca0389b633a9b9e11687d2952b85aee4106f922830002a548332cebca32bdaff49186f",
     "bf0d20a09efa2685551aef54adc97b864af23d69475333b2b2d7b2c4f4f554c8",
     "38e1cb489fd5a34ef5546a53399a62d5770bdd907b6ce89c938608cee433a32d",
     "4bdcff1f7010e3c60d9d588d71501a7cd667933f97c883e5e8cea919f959ef11"},
    {crypto::DhId::kModp4096, "40f0866682cde29acefa3ee33b4b9f6531470f406c19e3c8237887f1b815de9d26c5585532578ae4",
     "bf66bc637ff8d4a8d73e2897341ca0f4a959122e5d79b1d265a74979ff19e12fe5289f85d7a306bf",
     "f8bf1dc96e8061d492ef8efaf497e421005e2384bf435a4484a239138bd6b1e6",
     "f1c7aa46f4046d8acee0d82e7c7628cbd82b118f3c5c7bcb81ce452b3a3a8f21",
     "d2278dba0e718315a5a4047e34576ed9c69a08f1f233c1b5ac98331c64ca3211"},
};

}  // namespace esplane::vectors
