#include "dataplane/dpdk/local_delivery.h"

#include "dataplane/link/echo.h"

namespace esplane::dataplane {

LocalDelivery::LocalDelivery(const Links& links, FrameReceiver& receiver, DropCounters& drops)
    : receiver_(receiver), drops_(drops) {
    for (const PortSetup& port : links.setups)
        own_.insert(own_.end(), port.addresses.begin(), port.addresses.end());
}

void LocalDelivery::take(rte_mbuf* frame) {
    const MutableByteView packet = octets_of(*frame);
    if (!is_echo_request(packet, own_)) return receiver_.to_host().take_from_tunnel(frame, packet);
    const bool answered = answer_echo(packet, own_) > 0;
    if (answered && receiver_.add_to_clear(frame, packet)) return;
    drops_.count(answered ? DropReason::kTxFailed : DropReason::kNotForUs);
    rte_pktmbuf_free(frame);
}

}  // namespace esplane::dataplane
