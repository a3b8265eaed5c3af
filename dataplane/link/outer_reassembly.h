// Outer packets that arrive in fragments: put together before anything of IPsec looks at them (RFC 4303 3.4.1), which a
// port has no kernel for. A fragment is nobody's until then, so the memory for them is bounded, for each source as
// well.
#pragma once

#include <array>

#include "dataplane/link/port_number.h"
#include "dataplane/packet/reassembly.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

class OuterReassembly {
  public:
    /// How long a packet waits for its last fragment. Short, because at high rates IPv4's identifications soon come
    /// again (RFC 4963), and what a path tears apart arrives together.
    static constexpr std::chrono::seconds kPatience{2};

    /// `hash_seed` is random. What is dropped is counted in `drops`, which must outlive this.
    OuterReassembly(std::uint64_t hash_seed, DropCounters& drops);

    /// Takes a fragment that came in by `port`. The whole IP packet when it was the last one missing, else empty. That
    /// lies in the fragment or in this object, and is valid until the next add().
    MutableByteView add(MutableByteView fragment, PortNumber port, TimePoint now);
    /// Gives up what waits too long: to be called now and then, so that it is counted.
    void expire(TimePoint now);

  private:
    void count_drops();

    Reassembly reassembly_;
    DropCounters& drops_;
    std::array<std::uint64_t, kReassemblyDropCount> counted_{};
};

}  // namespace esplane::dataplane
