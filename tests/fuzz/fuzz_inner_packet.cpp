// Any octets as an inner packet: what is read of it stays inside it, and lowering the MSS leaves its checksum as it
// was, right or wrong.
#include <cstdlib>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/pipeline/mss.h"
#include "dataplane/sa/policy_table.h"

using namespace esplane;             // NOLINT(google-build-using-namespace)
using namespace esplane::dataplane;  // NOLINT(google-build-using-namespace)

namespace {

void hold(bool what) {
    if (!what) std::abort();
}

/// One's complement zero has two forms; they are one here.
std::uint16_t sum_of(ByteView octets) {
    const std::uint16_t sum = checksum_finish(checksum_add(0, octets));
    return sum == 0xffff ? std::uint16_t{0} : sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 65536) return 0;
    const auto most = load_be<std::uint16_t>(data);
    Bytes packet(data + 2, data + size);
    const auto inner = parse_inner(packet);
    if (!inner) return 0;
    hold(inner->length <= packet.size() && inner->transport_offset <= inner->length);

    const SelectorPair everything{
        .local = {TrafficSelector::from_prefix({IpAddress::any(inner->source.family()), 0})},
        .remote = {TrafficSelector::from_prefix({IpAddress::any(inner->source.family()), 0})}};
    hold(matches_outbound(everything, *inner) && matches_inbound(everything, *inner));

    const ByteView segment = ByteView(packet).first(inner->length).subspan(inner->transport_offset);
    const std::uint16_t before = sum_of(segment);
    const Bytes behind(packet.begin() + inner->length, packet.end());
    lower_mss(packet, *inner, most);
    hold(sum_of(segment) == before);
    hold(std::equal(behind.begin(), behind.end(), packet.begin() + inner->length));
    return 0;
}
