#include "tests/sim/sim_watch.h"

#include <optional>

#include "ike/wire/codec.h"

namespace esplane::sim {

namespace {

/// Where the IV of a protected message stands; empty for others (RFC 7296 3.14, RFC 7383 2.5).
std::optional<std::size_t> find_iv(const ike::wire::Header& header) {
    constexpr std::size_t kGenericHeader = 4;
    constexpr std::size_t kFragmentNumbers = 4;
    const std::size_t at = ike::wire::kHeaderLength + kGenericHeader;
    if (header.first_payload == ike::wire::PayloadType::kSk) return at;
    if (header.first_payload == ike::wire::PayloadType::kSkf) return at + kFragmentNumbers;
    return std::nullopt;
}

}  // namespace

void ReuseWatch::sent(const Bytes& datagram) {
    const auto header = ike::wire::parse_header(datagram);
    const auto iv_at = header ? find_iv(*header) : std::nullopt;
    if (!iv_at || datagram.size() < *iv_at + 8) return;
    const auto iv = load_be<std::uint64_t>(datagram.data() + *iv_at);
    const auto [at, fresh] =
        datagrams_.try_emplace({header->spi_i, header->spi_r, header->from_initiator, iv}, datagram);
    if (!fresh && at->second != datagram) offences_.push_back("IV " + std::to_string(iv) + " of an IKE SA used twice");
}

void ReuseWatch::installed(const IpAddress& by, const dataplane::ChildOptions& child) {
    for (const crypto::Secret* key : {&child.key_in, &child.key_out}) {
        if (!keys_.emplace(by, to_bytes(key->view())).second)
            offences_.push_back("a key of ESP used twice, under SPI " +
                                std::to_string(dataplane::to_number(child.spi_in)));
    }
}

}  // namespace esplane::sim
