// What an operator is told when a negotiation fails: what the peer said or offered, what is configured here, and which
// key of the configuration to change. One function a cause; the code of each is a contract.
#pragma once

#include <string>

#include "ike/core/actions.h"

namespace esplane::ike::diagnosis {

// --- what we see as initiator ---
LastError ike_proposals_refused(const TunnelOptions& tunnel, const IpAddress& peer);
LastError authentication_refused(const TunnelOptions& tunnel, const IpAddress& peer);
LastError group_refused(const TunnelOptions& tunnel, const IpAddress& peer, std::uint16_t asked);
LastError error_answered(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view exchange,
                         const wire::Notify& error);
LastError init_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::uint32_t transmissions);
/// The peer gives us none of the addresses that we asked for: silently, or with an error.
LastError no_address_given(const TunnelOptions& tunnel, const IpAddress& peer);
LastError address_refused(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Notify& error);
LastError auth_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::uint32_t transmissions);

// --- what we see as responder ---
LastError no_common_ike_proposal(const TunnelOptions& tunnel, const IpAddress& peer,
                                 const std::vector<wire::Proposal>& offered);
/// The peer is known, but the suite that was chosen before it said who it is belongs to another tunnel.
LastError suite_not_for_tunnel(const TunnelOptions& tunnel, const IpAddress& peer, const IkeSuite& suite);
LastError no_tunnel(const Path& path);
LastError no_address_asked(const TunnelOptions& tunnel, const IpAddress& peer, const std::string& peer_id);
LastError pool_exhausted(const TunnelOptions& tunnel, const IpAddress& peer, const std::string& peer_id,
                         std::uint32_t size);

// --- both ---
LastError wrong_psk(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id);
LastError certificate_refused(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id,
                              const CertificateFlaw& flaw);
/// `why` is the end of a sentence about the peer.
LastError cannot_sign(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view why);
/// One of the two does not have the PPK, or not under the same name, and one of them insists.
LastError ppk_refused(const TunnelOptions& tunnel, const IpAddress& peer);
LastError wrong_identity(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id);
/// The peer asked for an identity of ours that we do not have (IDr).
LastError wrong_local_identity(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& asked);
LastError unsupported_auth(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Payloads& payloads);
LastError protocol_error(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view what);
LastError request_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::string_view exchange,
                             std::uint32_t transmissions);
LastError liveness_failed(const TunnelOptions& tunnel, const Endpoint& peer);
/// It has shown the token that it made for this case (RFC 6290).
LastError peer_restarted(const TunnelOptions& tunnel, const Endpoint& peer);
LastError deleted_by_peer(const TunnelOptions& tunnel, const IpAddress& peer);
LastError ike_expired(const TunnelOptions& tunnel);
LastError authentication_expired(const TunnelOptions& tunnel);
/// `why` is the end of a sentence about where it sends us.
LastError redirect_refused(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view why);
/// It must be able to do without a CHILD_SA in IKE_AUTH.
LastError no_childless(const TunnelOptions& tunnel, const IpAddress& peer);
LastError no_peer_address(const TunnelOptions& tunnel);

// --- of EAP: diagnosis_eap.cpp ---
/// `conversation` says as whom, and by which method; `why` is the end of a sentence. As responder, and as initiator.
LastError eap_failed(const TunnelOptions& tunnel, const IpAddress& peer, const eap::Conversation& conversation,
                     std::string_view why);
LastError eap_refused(const TunnelOptions& tunnel, const IpAddress& peer, const eap::Conversation& conversation,
                      std::string_view why);
/// As initiator, before EAP: the gateway does not prove itself first.
LastError gateway_unproven(const TunnelOptions& tunnel, const IpAddress& peer);
/// AUTH at its end is by another key.
LastError wrong_eap_key(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id);
/// Whoever begins proves itself by EAP, which we only ask for.
LastError only_answers(const TunnelOptions& tunnel);
/// We prove ourselves by EAP, which takes that we begin.
LastError only_begins(const TunnelOptions& tunnel, const IpAddress& peer);

// --- of one CHILD_SA: diagnosis_child.cpp ---
LastError esp_proposals_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError selectors_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError child_error_answered(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                               std::string_view exchange, const wire::Notify& error);
LastError no_common_esp_proposal(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                                 const std::vector<wire::Proposal>& offered);
/// All but the group of a key exchange with each rekey has been agreed on, or could be: found by the peer, and by us.
LastError pfs_refused(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError no_common_pfs(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer,
                        const std::vector<wire::Proposal>& offered);
/// `peer_side` and `our_side` as the peer offers them.
LastError no_common_selector(const TunnelOptions& tunnel, const IpAddress& peer,
                             const wire::TrafficSelectors& peer_side, const wire::TrafficSelectors& our_side);
LastError child_deleted_by_peer(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
/// Why a CHILD_SA is in tunnel mode although transport mode is configured; no error, the tunnel works.
LastError transport_declined(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError transport_not_asked(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError transport_encapsulated(const TunnelOptions& tunnel, const ChildPolicy& child, const IpAddress& peer);
LastError child_lost_by_peer(const TunnelOptions& tunnel, const ChildPolicy& child);
/// By packets or bytes.
LastError child_used_up(const TunnelOptions& tunnel, const ChildPolicy& child);
LastError child_expired(const TunnelOptions& tunnel, const ChildPolicy& child);

}  // namespace esplane::ike::diagnosis
