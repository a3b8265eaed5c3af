// A CHILD_SA as the control side knows it. Its keys are not here: they went to the data plane with InstallChild.
//
//   kInstalling ── ChildInstalled ──▶ kInstalled ── our rekey starts ──▶ kRekeying
//                                         │                                  │ replaced
//                                         ├── replaced by the peer's rekey ──┤
//                                         │                                  ▼
//                                         │       waits for a Delete ──▶ kReplaced
//                                         ├── our Delete is queued ────▶ kDeleting
//                                         ▼                                  │ Delete either way
//                                     kRetiring ◀────────────────────────────┘
//                                         │ the inbound half has lingered
//                                         ▼
//                                     RetireChild, forgotten
#pragma once

#include <optional>

#include "ike/core/actions.h"
#include "ike/core/spi_pool.h"

namespace esplane::ike {

enum class ChildPhase : std::uint8_t { kInstalling, kInstalled, kRekeying, kReplaced, kDeleting, kRetiring };

struct ChildSa {
    dataplane::ChildId id{};
    dataplane::TunnelId tunnel{};
    std::uint32_t policy = 0;  ///< which of the tunnel's children it is
    IkeSpi ike{};              ///< local SPI of the IKE SA that it belongs to
    SpiLease spi_in;
    dataplane::Spi spi_out{};
    EspSuite suite;
    dataplane::SelectorPair selectors;
    dataplane::Mode mode = dataplane::Mode::kTunnel;
    bool tfc_accepted = true;  ///< the peer takes padding behind the inner packet (3.10.1)
    dataplane::Encapsulation encapsulation = dataplane::Encapsulation::kNone;
    ChildPhase phase = ChildPhase::kInstalling;
    bool installed = false;                         ///< the data plane has confirmed it
    bool sending = false;                           ///< the tunnel's outbound packets take it
    bool used_up = false;                           ///< it carries nothing any more
    bool we_asked = false;                          ///< created by an exchange of ours
    std::optional<dataplane::ChildId> replaces;     ///< what is deleted once this one works
    std::optional<dataplane::ChildId> replaced_by;  ///< who takes over when this one goes
    TimePoint created_at;
    TimePoint rekey_at;

    bool in_use() const { return phase != ChildPhase::kRetiring; }
    /// Neither on its way out nor replaced.
    bool current() const { return phase <= ChildPhase::kRekeying; }
};

}  // namespace esplane::ike
