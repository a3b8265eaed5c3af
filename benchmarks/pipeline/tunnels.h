// A number of tunnels, up, with all that a worker has of them; and the peers' ends.
//
//   ours 10.1.0.0/16 behind 192.0.2.1  ===  192.0.2.2 before a /26 of 10.128.0.0/9, theirs of tunnel n the n-th
#pragma once

#include <cstdint>
#include <memory>

#include "benchmarks/pipeline/suites.h"
#include "dataplane/worker/notices.h"
#include "dataplane/worker/sa_store.h"

namespace esplane::bench {

inline constexpr std::uint32_t kMostTunnels = 131'072;
inline constexpr dataplane::ClearPort kDevice{1};

IpAddress our_host();
IpAddress host_behind(std::uint32_t tunnel);

/// Our end: ESN, a replay window of 1024, ESP in UDP, TCP MSS clamped; so that no stage has nothing to do.
class Tunnels {
  public:
    /// Those with the numbers from 0 on.
    Tunnels(const Suite& suite, std::uint32_t count);

    const dataplane::PolicyTable& policies() const { return store_.policies(); }
    const dataplane::SpiTable& inbound() const { return store_.inbound(); }
    dataplane::Notices& notices() { return notices_; }
    /// Of the first.
    const dataplane::ChildSa& child() const { return *child_; }
    /// Octets of the data plane for each of them, both directions, its part of the tables and the replay window too.
    double memory_bytes() const { return memory_bytes_; }

  private:
    dataplane::Bell bell_;
    dataplane::Ring<dataplane::Event> events_{64};
    dataplane::Outbox<dataplane::Event> outbox_{events_, bell_};
    dataplane::SaStore store_{outbox_};
    dataplane::Notices notices_{outbox_};
    const dataplane::ChildSa* child_ = nullptr;
    double memory_bytes_ = 0;
};

/// Of our end of tunnel `number`.
dataplane::TunnelPolicy tunnel_policy(std::uint32_t number);
dataplane::ChildOptions child_options(const Suite& suite, std::uint32_t number);
/// The other end of tunnel `number`.
std::unique_ptr<dataplane::ChildSa> make_peer(const Suite& suite, std::uint32_t number);

}  // namespace esplane::bench
