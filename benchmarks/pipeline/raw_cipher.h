// The library's cipher calls alone: what a pipeline without any work of its own would cost.
#pragma once

#include <span>
#include <variant>

#include "benchmarks/pipeline/raw_cbc_hmac.h"
#include "benchmarks/pipeline/raw_chacha20_poly1305.h"
#include "benchmarks/pipeline/raw_gcm.h"
#include "benchmarks/pipeline/suites.h"
#include "crypto/bytes.h"

namespace esplane::bench {

/// One key, in place. Each text lies within its ESP packet: in front of it are SPI, sequence number and IV, behind it
/// there is room for the ICV.
class RawCipher {
  public:
    explicit RawCipher(const Suite& suite);

    /// Encrypts, and writes the ICVs. At most dataplane::kBurst texts.
    void seal(std::span<const MutableByteView> texts);
    /// The ICVs are computed, and compared with nothing.
    void open(std::span<const MutableByteView> texts);

  private:
    std::variant<RawGcm, RawChacha20Poly1305, RawCbcHmac> cipher_;
};

}  // namespace esplane::bench
