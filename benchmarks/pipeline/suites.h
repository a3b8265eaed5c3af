// The one table of the suites that can be measured: the gateway's number of each, and the library's call beside it.
#pragma once

#include <intel-ipsec-mb.h>

#include <span>
#include <string_view>

#include "crypto/algorithms.h"

namespace esplane::bench {

struct Suite {
    crypto::Encr encr;
    aes_gcm_pre_t IMB_MGR::*expand;
    aes_gcm_enc_dec_t IMB_MGR::*seal;
    aes_gcm_enc_dec_t IMB_MGR::*open;

    std::string_view name() const { return crypto::name(encr); }
};

std::span<const Suite> suites();
/// Null when there is none of this name.
const Suite* find_suite(std::string_view name);

}  // namespace esplane::bench
