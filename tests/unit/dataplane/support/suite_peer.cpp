#include "tests/unit/dataplane/support/suite_peer.h"

#include "tests/unit/dataplane/support/children.h"

namespace esplane::dataplane::test {

using crypto::EncrId;
using crypto::IntegId;

const std::vector<Suite>& suite_of_each_kind() {
    static const std::vector<Suite> suites{
        {{EncrId::kAesGcm16, 256}},
        {{EncrId::kChaCha20Poly1305, 256}},
        {{EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128},
        {{EncrId::kNull, 0}, IntegId::kHmacSha256_128},
    };
    return suites;
}

ChildOptions child_options_of(const Suite& suite, bool esn, std::uint32_t replay_window) {
    ChildOptions options = with_suite(child_options(), suite.encr, suite.integ);
    options.esn = esn;
    options.replay_window = replay_window;
    return options;
}

SuitePeer::SuitePeer(const Suite& suite, const ChildOptions& ours)
    : suite_(suite), spi_(ours.spi_in), esn_(ours.esn), key_material_(to_bytes(ours.key_in.view())) {}

std::size_t SuitePeer::icv_length() const {
    return crypto::is_aead(suite_.encr.id) ? crypto::icv_length(suite_.encr.id) : crypto::icv_length(suite_.integ);
}

Bytes SuitePeer::seal(std::uint64_t sequence, ByteView text) const {
    Bytes iv(iv_length());
    if (!iv.empty()) store_be(iv.data(), sequence * 0x9e3779b97f4a7c15U);
    return crypto::test::oracle_packet(suite_, key_material_,
                                       {.spi = to_number(spi_), .sequence = sequence, .esn = esn_}, iv, text);
}

Bytes SuitePeer::packet(std::uint64_t sequence, ByteView inner, std::uint8_t next_header) const {
    std::size_t padding = 0;
    while ((inner.size() + padding + 2) % block_length() != 0)
        ++padding;
    return seal(sequence, text_of(inner, padding, next_header));
}

Bytes text_of(ByteView inner, std::size_t padding, std::uint8_t next_header) {
    Bytes text = to_bytes(inner);
    text.resize(inner.size() + padding + 2);
    std::uint8_t* const behind = text.data() + inner.size();
    for (std::size_t i = 0; i < padding; ++i)
        behind[i] = static_cast<std::uint8_t>(i + 1);
    behind[padding] = static_cast<std::uint8_t>(padding);
    behind[padding + 1] = next_header;
    return text;
}

}  // namespace esplane::dataplane::test
