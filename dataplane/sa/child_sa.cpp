#include "dataplane/sa/child_sa.h"

#include <algorithm>
#include <utility>

#include "dataplane/sa/tunnel.h"

namespace esplane::dataplane {
namespace {

EspOverhead overhead(const crypto::EspKey& key) {
    return {.iv = static_cast<std::uint32_t>(key.iv_length()),
            .icv = static_cast<std::uint32_t>(key.icv_length()),
            .alignment = static_cast<std::uint32_t>(key.block_length())};
}

/// However large the path's MTU, and whatever an operator writes. Of all ways out IPv4 with UDP carries the least.
std::uint32_t most_in_a_datagram(const EspOverhead& esp) {
    return inner_mtu(kLargestMtu, {.esp = esp, .outer = Family::kIpv4, .encapsulation = Encapsulation::kUdp});
}

}  // namespace

ChildSa::ChildSa(ChildOptions options)
    : id(options.id),
      tunnel_id(options.tunnel),
      policy_index(options.policy),
      send_at_once(options.send_at_once),
      out{.spi = options.spi_out,
          .esn = options.esn,
          .mode = options.mode,
          .sequence = SequenceSource(options.esn),
          .key = crypto::EspKey(options.encr, options.integ, options.key_out),
          .volume = Volume(options.limits),
          .outer = OuterPath(options.outer, options.encapsulation)},
      in{.spi = options.spi_in,
         .esn = options.esn,
         .mode = options.mode,
         .window = ReplayWindow(options.replay_window, options.esn),
         .key = crypto::EspKey(options.encr, options.integ, options.key_in),
         .volume = Volume(options.limits)},
      selectors(std::move(options.selectors)),
      tfc_accepted_(options.tfc_accepted) {
    options.key_out.wipe();
    options.key_in.wipe();
}

bool ChildSa::join(TunnelState& joined) {
    if (policy_index >= joined.policies.size()) return false;
    tunnel = &joined;
    policy = &joined.policies[policy_index];
    out.narrowed = selectors != *policy->selectors;
    in.port = joined.policy.port;
    out.fragment = joined.policy.fragment;
    out.df = joined.policy.df;
    out.dscp = joined.policy.dscp;
    out.pad_to_mtu = joined.policy.pad_to_mtu && tfc_accepted_ && out.mode == Mode::kTunnel;
    resize();
    return true;
}

void ChildSa::resize() {
    const TunnelPolicy& chosen = tunnel->policy;
    const PathMtu& path = tunnel->path_mtu;
    const EspOverhead esp = overhead(out.key);
    const EspForm form{.esp = esp,
                       .outer = out.outer.path.remote.address.family(),
                       .encapsulation = out.outer.encapsulation,
                       .mode = out.mode};
    std::uint32_t mtu = inner_mtu(path.bytes(), form);
    // An operator's number holds even where the outer packet has to be fragmented; but what a router has reported does
    // not go away by it.
    if (chosen.mtu_bytes != 0) mtu = path.is_lowered() ? std::min(mtu, chosen.mtu_bytes) : chosen.mtu_bytes;
    // Below this no IPv4 host needs to go (RFC 791 3.1); the outer packet is fragmented then.
    out.sizes = inner_sizes(std::clamp(mtu, kLeastPathMtuIpv4, most_in_a_datagram(esp)), chosen.mss_bytes);
}

}  // namespace esplane::dataplane
