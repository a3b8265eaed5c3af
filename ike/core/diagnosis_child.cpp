// Why a CHILD_SA was not agreed on, or is gone.

#include "ike/core/diagnosis.h"
#include "ike/core/diagnosis_words.h"
#include "ike/core/notify_names.h"

namespace esplane::ike::diagnosis {

namespace {

/// Of so many children at most the selectors are told in one sentence.
constexpr std::size_t kMostChildren = 8;

/// "tunnels.t.remote.subnets [10.2.0.0/16], tunnels.t.local.subnets [10.1.0.0/16]", for each child.
std::string configured_selectors(const TunnelOptions& tunnel) {
    std::string text;
    std::size_t told = 0;
    for (const ChildPolicy& child : tunnel.children) {
        if (told == kMostChildren) return text + ", and " + std::to_string(tunnel.children.size() - told) + " more";
        text += (told++ == 0 ? "" : ", ") + selectors_key(tunnel, child, "remote") + " " +
                in_braces(child.selectors.remote) + ", " + selectors_key(tunnel, child, "local") + " " +
                in_braces(child.selectors.local);
    }
    return text;
}

}  // namespace

LastError esp_proposals_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"no_common_esp_proposal",
            who(tunnel, child, peer) +
                " accepted our identity but refused every ESP proposal of ours (NO_PROPOSAL_CHOSEN). Offered: " +
                joined(tunnel.esp_proposals) + (tunnel.esn ? ", with and without ESN" : ", without ESN") + ". Set " +
                key(tunnel, "esp.proposals") + " to what the peer has configured."};
}

LastError selectors_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"no_common_selector",
            who(tunnel, child, peer) + " refused our traffic selectors (TS_UNACCEPTABLE). Offered: local " +
                in_braces(child.selectors.local) + ", remote " + in_braces(child.selectors.remote) + ". Make " +
                selectors_key(tunnel, child, "local") + " and " + selectors_key(tunnel, child, "remote") +
                " the mirror image of what the peer has configured."};
}

LastError child_error_answered(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                               std::string_view exchange, const wire::Notify& error) {
    return {"protocol_error", who(tunnel, child, peer) + " answered " + std::string(exchange) + " with " +
                                  notify_name(error.type) + ". Configured here: ESP " + joined(tunnel.esp_proposals) +
                                  " (" + key(tunnel, "esp.proposals") + "). The peer's log says why."};
}

LastError no_common_esp_proposal(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                                 const std::vector<wire::Proposal>& offered) {
    return {"no_common_esp_proposal",
            who(tunnel, child, peer) + " offers no ESP proposal that is configured here. It offers: " +
                to_string(offered) + ". Configured: " + joined(tunnel.esp_proposals) + ". Add one of the peer's to " +
                key(tunnel, "esp.proposals") + ", or change the peer."};
}

LastError pfs_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"pfs_mismatch",
            who(tunnel, child, peer) +
                " refused the key exchange of a rekey (PFS), all else having been agreed on. Offered: " +
                joined(tunnel.esp_proposals) + ". What is up carries packets until " + key(tunnel, "esp.lifetime") +
                " is over. Give " + key(tunnel, "esp.proposals") +
                " the group that the peer has for PFS, or, where it has none, set " + key(tunnel, "esp.pfs") +
                " to optional or off."};
}

LastError no_common_pfs(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                        const std::vector<wire::Proposal>& offered) {
    return {"pfs_mismatch",
            who(tunnel, child, peer) +
                " rekeys without a key exchange (PFS) that is configured here. It offers: " + to_string(offered) +
                ". Configured: " + joined(tunnel.esp_proposals) + ". Give " + key(tunnel, "esp.proposals") +
                " the peer's group, or, where it has none, set " + key(tunnel, "esp.pfs") + " to optional or off."};
}

LastError no_common_selector(const TunnelOptions& tunnel, const IpAddress& peer,
                             const wire::TrafficSelectors& peer_side, const wire::TrafficSelectors& our_side) {
    return {"no_common_selector",
            who(tunnel, peer) +
                " offers traffic selectors that have nothing in common with ours. It offers: its side " +
                in_braces(peer_side.entries) + ", our side " + in_braces(our_side.entries) + ". Configured: " +
                configured_selectors(tunnel) + ". Make them overlap with the peer's, or change the peer."};
}

LastError child_deleted_by_peer(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"deleted_by_peer", who(tunnel, child, peer) + " deleted the CHILD_SA. Its log says why; " +
                                   key(tunnel, "start") + " says whether we bring it up again."};
}

LastError child_expired(const TunnelOptions& tunnel, const ChildPolicy& child) {
    return {"expired", subject(tunnel, child) +
                           ": the CHILD_SA reached the end of its lifetime without having been replaced. Look for the "
                           "rekey that failed before this, and compare " +
                           key(tunnel, "esp.proposals") + " (PFS group included) with the peer's."};
}

LastError child_lost_by_peer(const TunnelOptions& tunnel, const ChildPolicy& child) {
    return {"lost_by_peer", subject(tunnel, child) +
                                ": the peer gets ESP of this CHILD_SA and says that it has none such (INVALID_SPI). "
                                "What was sent meanwhile is lost; a new one is negotiated."};
}

LastError child_used_up(const TunnelOptions& tunnel, const ChildPolicy& child) {
    return {"expired",
            subject(tunnel, child) +
                ": the CHILD_SA has carried as much as it may, and was not replaced in time. If a rekey failed "
                "before this, that is why; otherwise make " +
                key(tunnel, "esp.lifetime_bytes") + " and " + key(tunnel, "esp.lifetime_packets") +
                " larger: a rekey has the last tenth of them to come to its end."};
}

LastError transport_declined(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"transport_declined", who(tunnel, child, peer) + " declined transport mode, so the CHILD_SA is in " +
                                      "tunnel mode: the same packets, each 20 octets longer (IPv6: 40). Set the peer " +
                                      "to transport mode, or " + key(tunnel, "esp.mode") + " to tunnel."};
}

LastError transport_not_asked(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"transport_not_asked", who(tunnel, child, peer) + " did not ask for transport mode, so the CHILD_SA is " +
                                       "in tunnel mode. Set the peer to transport mode, or " + key(tunnel, "esp.mode") +
                                       " to tunnel."};
}

LastError transport_encapsulated(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer) {
    return {"transport_encapsulated",
            who(tunnel, child, peer) + " is reached through a NAT, or one of the two ends wants ESP in UDP, so the " +
                "CHILD_SA is in tunnel mode: transport mode does not go through UDP here. Set " +
                key(tunnel, "esp.mode") + " to tunnel on both sides."};
}

}  // namespace esplane::ike::diagnosis
