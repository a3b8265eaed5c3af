// The peer's end of a CHILD_SA of any suite, as OpenSSL has it: whatever it seals has a right ICV.
#pragma once

#include <vector>

#include "dataplane/sa/child_options.h"
#include "tests/unit/crypto/esp_oracle.h"

namespace esplane::dataplane::test {

using crypto::test::name_of;
using crypto::test::Suite;

/// One suite for each layout of an ESP packet: AES-256-GCM, ChaCha20-Poly1305, AES-256-CBC with HMAC, NULL with HMAC.
const std::vector<Suite>& suite_of_each_kind();

/// child_options() with this suite.
ChildOptions child_options_of(const Suite& suite, bool esn = false, std::uint32_t replay_window = 64);

class SuitePeer {
  public:
    SuitePeer(const Suite& suite, const ChildOptions& ours);

    /// An ESP packet around `text`: inner packet, padding, pad length and next header, or anything else. CBC encrypts
    /// whole blocks only; what stands behind the last is then sent, and covered by the ICV, as zeros.
    Bytes seal(std::uint64_t sequence, ByteView text) const;
    /// One around `inner`, padded to the suite's block.
    Bytes packet(std::uint64_t sequence, ByteView inner, std::uint8_t next_header = 4) const;

    std::size_t iv_length() const { return crypto::iv_length(suite_.encr.id); }
    std::size_t icv_length() const;
    std::size_t block_length() const { return crypto::block_length(suite_.encr.id); }
    /// Octets of a packet that are not text.
    std::size_t overhead() const { return 8 + iv_length() + icv_length(); }

  private:
    Suite suite_;
    Spi spi_;
    bool esn_;
    Bytes key_material_;
};

/// Padding 1, 2, 3, ... of `padding` octets, that number, and `next_header`, behind `inner`.
Bytes text_of(ByteView inner, std::size_t padding, std::uint8_t next_header);

}  // namespace esplane::dataplane::test
