// What a worker owns: tunnels and CHILD_SAs, by number, by SPI and by policy; and how commands change them.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "dataplane/packet/icmp_report.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/policy_table.h"
#include "dataplane/sa/spi_table.h"
#include "dataplane/worker/mailbox.h"

namespace esplane::dataplane {

class SaStore {
  public:
    explicit SaStore(Outbox<Event>& events) : events_(events) {}

    void apply(AddTunnel& command);
    void apply(RemoveTunnel& command);
    /// Answers Installed, or Returned when its tunnel or policy is gone or its SPI is taken.
    void apply(Install& command);
    void apply(Activate& command);
    void apply(Retire& command);
    void apply(MovePath& command);
    void apply(SetLinkMtu& command);

    /// A router's word on the size of our packets. It counts only if it quotes one of a live SA (RFC 4301 8.2.1): false
    /// when it does not.
    bool apply(const TooBigReport& report, TimePoint now);
    /// Forgets what routers have reported long ago.
    void wear_off(TimePoint now);

    /// The first authentic packet of a CHILD_SA: the peer has it, so we send on it from now on (RFC 7296 2.8).
    void heard(ChildSa& child);

    const PolicyTable& policies() const { return policies_; }
    const SpiTable& inbound() const { return inbound_; }

  private:
    ChildSa* find(ChildId id);
    ChildSa* find_outbound(const TooBigReport& report);
    void retire(ChildId id);
    void forget_outbound(const ChildSa& child);
    void send_on(ChildSa& child);
    void resize(TunnelState& tunnel);
    void tell_sizes(TunnelState& tunnel);

    Outbox<Event>& events_;
    std::unordered_map<TunnelId, std::unique_ptr<TunnelState>> tunnels_;
    std::unordered_map<ChildId, std::unique_ptr<ChildSa>> children_;
    PolicyTable policies_;
    SpiTable inbound_;
    std::unordered_multimap<Spi, ChildSa*> outbound_;  // chosen by peers, hence not unique
    std::optional<TimePoint> wear_off_at_;             // the earliest of any tunnel
};

}  // namespace esplane::dataplane
