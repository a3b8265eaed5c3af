#include "dataplane/sa/child_sa.h"

#include <utility>

#include "dataplane/sa/tunnel.h"

namespace esplane::dataplane {

ChildSa::ChildSa(ChildOptions options)
    : id(options.id),
      tunnel_id(options.tunnel),
      policy_index(options.policy),
      send_at_once(options.send_at_once),
      selectors(std::move(options.selectors)),
      out{.spi = options.spi_out,
          .esn = options.esn,
          .encapsulation = options.encapsulation,
          .sequence = SequenceSource(options.esn),
          .key = crypto::EspKey(options.encr, options.integ, options.key_out),
          .path = options.outer},
      in{.spi = options.spi_in,
         .esn = options.esn,
         .window = ReplayWindow(options.replay_window, options.esn),
         .key = crypto::EspKey(options.encr, options.integ, options.key_in)} {
    options.key_out.wipe();
    options.key_in.wipe();
}

bool ChildSa::join(TunnelState& joined) {
    if (policy_index >= joined.policies.size()) return false;
    tunnel = &joined;
    policy = &joined.policies[policy_index];
    narrowed = selectors != *policy->selectors;
    return true;
}

}  // namespace esplane::dataplane
