#include "ike/core/nat_detection.h"

#include <algorithm>
#include <array>

#include "crypto/prf.h"

namespace esplane::ike {
namespace {

using wire::NotifyType;

wire::Notify notify(NotifyType type, Bytes hash) {
    wire::Notify result;
    result.type = static_cast<std::uint16_t>(type);
    result.data = std::move(hash);
    return result;
}

/// Whether the peer sent hashes of this type, and whether one of them is that of the endpoint we see.
struct Comparison {
    bool sent = false;
    bool fits = false;
};

Comparison compare(const wire::Payloads& payloads, NotifyType type, const Bytes& seen) {
    Comparison result;
    for (const wire::Notify& candidate : payloads.notifies) {
        if (!candidate.is(type)) continue;
        result.sent = true;
        result.fits = result.fits || candidate.data == seen;
    }
    return result;
}

}  // namespace

Bytes nat_detection_hash(IkeSpi spi_i, IkeSpi spi_r, const Endpoint& endpoint) {
    std::array<std::uint8_t, 16> spis;
    store_be(spis.data(), to_number(spi_i));
    store_be(spis.data() + 8, to_number(spi_r));
    std::array<std::uint8_t, 2> port;
    store_be(port.data(), endpoint.port);
    return crypto::sha1({spis, endpoint.address.octets(), port});
}

std::vector<wire::Notify> nat_detection_notifies(IkeSpi spi_i, IkeSpi spi_r, const Path& path, bool force_encap,
                                                 crypto::Random& random) {
    Bytes source = nat_detection_hash(spi_i, spi_r, path.local);
    if (force_encap) source = random.bytes(source.size());
    return {notify(NotifyType::kNatDetectionSourceIp, std::move(source)),
            notify(NotifyType::kNatDetectionDestinationIp, nat_detection_hash(spi_i, spi_r, path.remote))};
}

// RFC 7296 2.23: the peer hashed what it sent from and to; where that is not what arrived here, something in between
// has rewritten it.
NatFinding detect_nat(const wire::Payloads& payloads, IkeSpi spi_i, IkeSpi spi_r, const Path& path) {
    const auto source =
        compare(payloads, NotifyType::kNatDetectionSourceIp, nat_detection_hash(spi_i, spi_r, path.remote));
    const auto destination =
        compare(payloads, NotifyType::kNatDetectionDestinationIp, nat_detection_hash(spi_i, spi_r, path.local));
    NatFinding finding;
    finding.supported = source.sent && destination.sent;
    finding.remote_nat = finding.supported && !source.fits;
    finding.local_nat = finding.supported && !destination.fits;
    return finding;
}

}  // namespace esplane::ike
