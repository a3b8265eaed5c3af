// The acts of the protocol, by the file that holds them. All work on the Core and end in actions, deadlines and states.
#pragma once

#include "ike/core/core.h"

namespace esplane::ike {

/// What could not be agreed on: said to the peer, and to the operator.
struct Refusal {
    wire::NotifyType notify;
    LastError error;
    Bytes data;
};

// --- requests.cpp: one request at a time on each IKE SA ---
void enqueue(Core& core, IkeSa& sa, Task task);
/// Starts the next queued task unless a request is in flight.
void pump(Core& core, IkeSa& sa);
void send_request(Core& core, IkeSa& sa, wire::ExchangeType type, const wire::Payloads& payloads, Exchange exchange);
/// A request that is built already, with its first transmission.
void launch(Core& core, IkeSa& sa, InFlight flight);
/// What is in flight once more, with all its tries before it: the way to the peer has changed.
void resend(Core& core, IkeSa& sa);
void on_retransmit_timer(Core& core, IkeSa& sa);
void send(Core& core, const Path& path, const Bytes& datagram);
void send(Core& core, const Path& path, const Datagrams& datagrams);
/// In fragments where the peer takes them, and the message is long (RFC 7383).
Datagrams seal(Core& core, IkeSa& sa, wire::ExchangeType type, bool is_response, std::uint32_t id,
               const wire::Payloads& payloads);

wire::Header header_of(const IkeSa& sa, wire::ExchangeType type, bool is_response, std::uint32_t id);

// --- init_initiator.cpp, init_responder.cpp: IKE_SA_INIT ---
void start_init(Core& core, Tunnel& tunnel);
void on_init_response(Core& core, const Path& path, const wire::Header& header, ByteView datagram);
void on_init_request(Core& core, const Path& path, const wire::Header& header, ByteView datagram);
/// An unprotected answer of nothing but notifies. Whoever calls limits how many.
void answer_unprotected(Core& core, const Path& path, const wire::Header& request, std::vector<wire::Notify> notifies);
/// The same with an error, rate limited.
void answer_stranger(Core& core, const Path& path, const wire::Header& request, std::vector<wire::Notify> notifies);

// --- unprotected.cpp: what is no more than a hint ---
/// `sa` is what its SPIs say.
void on_unprotected_answer(Core& core, IkeSa& sa, const wire::Header& header, ByteView datagram);
/// Of SPIs that no IKE SA has, protected or not.
void on_unknown_ike_sa(Core& core, const Path& path, const wire::Header& header, ByteView datagram);
/// ESP came that there is no SA for. Whoever sent it is told, inside an IKE SA with it if there is one (RFC 7296 1.5).
void on_unknown_esp(Core& core, const Path& path, dataplane::Spi spi);

// --- intermediate.cpp: additional key exchanges before IKE_AUTH (RFC 9242, RFC 9370) ---
/// As many as were agreed on in IKE_SA_INIT, none mostly; then IKE_AUTH.
void begin_intermediates(Core& core, IkeSa& sa, Transcript transcript);
void on_intermediate_response(Core& core, IkeSa& sa, IntermediateExchange exchange, const wire::Header& header,
                              const Opened& opened);
/// Only of a half-open IKE SA that waits for one.
Reply on_intermediate_request(Core& core, IkeSa& sa, const wire::Header& header, const Opened& opened);

// --- auth_initiator.cpp, auth_responder.cpp: IKE_AUTH ---
void send_auth(Core& core, IkeSa& sa, Transcript transcript);
void on_auth_response(Core& core, IkeSa& sa, AuthExchange exchange, const wire::Payloads& payloads);
/// Puts AUTH by `means` (the tunnel, or after_eap() of it) into `payloads`, with what goes along of a PPK. The error is
/// that there is no AUTH, or no PPK where one must be.
std::optional<LastError> prove_ourselves(const IkeSa& sa, const TunnelOptions& means, const Transcript& transcript,
                                         wire::Payloads& payloads, AuthExchange& exchange);
/// Whether `payloads` prove by `means` that the peer is `id`; empty when they do. Takes the keys with the PPK, where
/// both have it.
std::optional<LastError> verify_responder(const Core& core, IkeSa& sa, const TunnelOptions& means,
                                          AuthExchange& exchange, const wire::Id& id, const wire::Payloads& payloads);
LastError explain_auth_error(const IkeSa& sa, const Tunnel& tunnel, const AuthExchange& exchange,
                             const wire::Notify& error);
/// The peer holds the IKE SA for established, so it is told that we do not.
void reject_responder(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error);
/// It has proven that it is `id`, and so have we.
void accept_responder(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Id& id,
                      const wire::Payloads& payloads);
Reply on_auth_request(Core& core, IkeSa& sa, const wire::Payloads& payloads);
/// The answer stays for repeated requests until the half-open time is up, and counts as half-open as long.
Reply refuse_peer(Core& core, IkeSa& sa);
/// Whether AUTH proves by `means` that the peer is who it says in IDi; empty when it does. Takes the keys with the PPK,
/// where both have it.
std::optional<LastError> verify_initiator(Core& core, IkeSa& sa, const TunnelOptions& means,
                                          const wire::Payloads& payloads);
/// The peer has proven itself. Our own proof, by `means`, goes with the answer, so it is made first: without it nothing
/// comes of all.
Reply accept_peer(Core& core, IkeSa& sa, Tunnel& tunnel, const TunnelOptions& means, const wire::Payloads& payloads);

// --- auth_eap_initiator.cpp, auth_eap_responder.cpp: IKE_AUTH in which the initiator proves itself by EAP ---
EapRounds begin_rounds(Core& core, const TunnelOptions& tunnel);
void on_eap_response(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Payloads& payloads);
/// The first request, which lacks AUTH, was meant for `tunnel`.
Reply begin_eap(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& payloads);
/// All further ones.
Reply on_eap_request(Core& core, IkeSa& sa, const wire::Payloads& payloads);
/// The peer ends it by INFORMATIONAL, as some do that are refused.
Reply on_eap_given_up(Core& core, IkeSa& sa);

// --- create_child_initiator.cpp, create_child_responder.cpp, rekey_ike.cpp: CREATE_CHILD_SA ---
void start_new_child(Core& core, IkeSa& sa, std::uint32_t policy);
void start_child_rekey(Core& core, IkeSa& sa, dataplane::ChildId replaces);
void on_child_response(Core& core, IkeSa& sa, ChildExchange exchange, const wire::Payloads& payloads);
/// create_child_refused.cpp: the peer answered with `error`.
void on_child_error(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, const wire::Notify& error);
/// An error that trying again soon does not mend; a rekey is tried again all the same, until the lifetime ends.
void child_refused(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, LastError error);
/// Null also for one that is on its way out.
ChildSa* still_in_use(Core& core, std::optional<dataplane::ChildId> id);
Reply on_child_request(Core& core, IkeSa& sa, const wire::Payloads& payloads);
void start_ike_rekey(Core& core, IkeSa& sa);
void on_ike_rekey_response(Core& core, IkeSa& sa, IkeRekeyExchange exchange, const wire::Payloads& payloads);
Reply on_ike_rekey_request(Core& core, IkeSa& sa, const wire::Payloads& payloads);
/// Ours will not be answered any more. True when the peer's own, which crossed it, takes over.
bool inherit_rival(Core& core, IkeSa& sa, const IkeRekeyExchange& exchange);
/// The peer works with an IKE SA that its crossing rekey made: for it, that one has won.
void accept_heir(Core& core, IkeSa& heir);
/// Children, tasks and tunnel of `from` go on under `to` (2.18).
void adopt(Core& core, IkeSa& from, IkeSa& to);

// --- informational.cpp: deletes, liveness ---
void start_child_deletion(Core& core, IkeSa& sa, const DeleteChild& task);
void start_ike_deletion(Core& core, IkeSa& sa, const DeleteIke& task);
void start_liveness_check(Core& core, IkeSa& sa);
void on_liveness_response(Core& core, IkeSa& sa, const LivenessExchange& exchange, const wire::Payloads& payloads);
void tell_invalid_spi(Core& core, IkeSa& sa, const TellInvalidSpi& task);
/// After a rekey of the IKE SA by us: only now its token can be made (RFC 6290 4.3).
void tell_crash_token(Core& core, IkeSa& sa);
void on_child_deletion_response(Core& core, const ChildDeletion& exchange);
/// `path`: that it came on.
Reply on_informational_request(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads);
void on_liveness_timer(Core& core, IkeSa& sa);
void on_keepalive_timer(Core& core, IkeSa& sa);

// --- follow_redirect.cpp: to another gateway (RFC 5685) ---
/// In the place of an IKE_SA_INIT response to our request, whose nonce is `nonce`; unprotected.
void on_init_redirect(Core& core, IkeSa& sa, Tunnel& tunnel, const Bytes& nonce, const wire::Notify& redirect);
/// By an authenticated gateway, in its IKE_AUTH response. False: it does not send us away.
bool on_auth_redirect(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& payloads);
/// By the peer of an IKE SA that is up.
void on_redirect_request(Core& core, IkeSa& sa, const wire::Payloads& payloads);

// --- reauthentication.cpp: an IKE SA from the ground up in the place of another ---
/// It ends `lifetime` from now at the latest, unless that is 0.
void limit_authentication(Core& core, IkeSa& sa, std::chrono::milliseconds lifetime);
/// Sets the deadline of one that is established.
void watch_authentication(Core& core, IkeSa& sa);
/// What we hold the peer to, and it us (RFC 4478).
void put_authentication_lifetime(const TunnelOptions& tunnel, wire::Payloads& payloads);
void take_authentication_lifetime(Core& core, IkeSa& sa, const wire::Payloads& payloads);
void on_reauthenticate_timer(Core& core, IkeSa& sa);
/// Nothing when another attempt is under way, or may not be made.
void start_reauthentication(Core& core, IkeSa& sa);
/// Whoever waits for a rekey on an IKE SA whose place another one has taken would wait for ever. It has what it wanted
/// where that one was made for that.
void answer_rekeys_of_replaced(Core& core, Tunnel& tunnel, const IkeSa& replaced, const IkeSa& by);

// --- ike_life.cpp: from establishment to the end of an IKE SA ---
/// AUTH is verified, or `sa` was made inside a verified one.
void establish(Core& core, IkeSa& sa, Bytes lowest_nonce);
/// Tells the peer by Delete; children end at once.
void close_ike(Core& core, IkeSa& sa, std::optional<wire::NotifyType> reason);
/// Without a word to the peer; our last answer can still be repeated for some seconds.
void end_ike(Core& core, IkeSa& sa);
/// What a failed exchange in flight, or an error that ends the SA, means for its tunnel.
void on_silence(Core& core, IkeSa& sa, InFlight flight);
void on_fatal_error(Core& core, IkeSa& sa, std::string_view what);
/// The peer asserts that its other IKE SAs with us are gone (2.4).
void on_initial_contact(Core& core, IkeSa& sa);
/// Where two IKE SAs with one peer serve one tunnel, all but one go.
void settle_doubles(Core& core, Tunnel& tunnel);
/// Whether the policy has a CHILD_SA on this very IKE SA, which works.
bool serves(Core& core, const IkeSa& sa, std::uint32_t policy);
/// Another IKE SA with the peer of `sa` that serves the tunnel; null when there is none.
const IkeSa* double_of(Core& core, const Tunnel& tunnel, const IkeSa& sa);
/// Its Delete is answered, or nobody answers.
void finish_deletion(Core& core, IkeSa& sa);
void follow_path(Core& core, IkeSa& sa, const Path& path);

// --- peer_instances.cpp: a tunnel with a pool serves each peer by a tunnel of its own (RFC 7296 2.19) ---
struct PeerPlace {
    Tunnel* tunnel;                  ///< that the peer's IKE SA serves: an instance, or the configured one
    std::optional<Refusal> refusal;  ///< why there is no CHILD_SA for it
};
/// For the peer of `sa`, which is authenticated, by the request that has SA, TSi and TSr. A peer that is there already,
/// as it comes back or negotiates anew, has its instance already.
PeerPlace place_peer(Core& core, Tunnel& configured, const IkeSa& sa, const wire::Payloads& request);
/// What that request asked for by CFG_REQUEST, into the reply that has SA, TSi and TSr.
void put_assignment(Core& core, const Tunnel& tunnel, const wire::Payloads& request, wire::Payloads& reply);
/// Null when the peer has none.
Tunnel* find_instance(Core& core, const Tunnel& configured, const std::string& peer);
/// The instances of a configured tunnel, in no order.
std::vector<Tunnel*> instances_of(Core& core, const Tunnel& configured);
/// Those that no IKE SA serves any more go, with whatever lingers of them, and their addresses are free.
void drop_left_instances(Core& core);

// --- virtual_address.cpp: addresses that the peer gives us (2.19) ---
/// In IKE_AUTH; the traffic selectors leave all of them open.
void ask_for_address(const Tunnel& tunnel, ChildOffer& offer, wire::Payloads& payloads);
/// Narrows `offer` to what the peer has given; false when it has given nothing that was asked for.
bool take_address(Core& core, Tunnel& tunnel, ChildOffer& offer, const wire::Payloads& payloads);

// --- child_negotiation.cpp: SA, TSi and TSr, in IKE_AUTH and CREATE_CHILD_SA alike ---
Bytes spi_octets(dataplane::Spi spi);
ChildOffer make_child_offer(Core& core, const IkeSa& sa, const Tunnel& tunnel, std::uint32_t policy, bool with_dh);
void put_child_offer(wire::Payloads& payloads, const ChildOffer& offer);
struct ChildChoice {
    std::uint32_t policy = 0;
    EspSuite suite;
    wire::Proposal answer;  ///< SA payload of a response; its SPI is still the peer's
    dataplane::Spi spi_out{};
    dataplane::SelectorPair selectors;
    dataplane::Mode mode = dataplane::Mode::kTunnel;
    bool tfc_accepted = true;  ///< by the peer
};
/// Which of the tunnel's policies the peer's selectors mean: the one that they say exactly, else the first that they
/// narrow to; empty when they have nothing in common with any.
std::optional<std::uint32_t> match_policy(const TunnelOptions& tunnel, const wire::Payloads& payloads);
/// `policy` empty: none matches.
Result<ChildChoice, Refusal> choose_child(const Tunnel& tunnel, const IkeSa& sa, const wire::Payloads& payloads,
                                          std::optional<std::uint32_t> policy, bool with_dh);
/// As responder: the peer is the initiator, so its side goes into TSi.
void put_child_answer(wire::Payloads& payloads, const ChildChoice& choice, dataplane::Spi spi_in);
/// What the peer chose of our offer.
Result<ChildChoice, LastError> accept_child(const Tunnel& tunnel, const IkeSa& sa, const ChildOffer& offer,
                                            const wire::Payloads& payloads);

// --- child_life.cpp: a CHILD_SA comes into use ---
struct NewChild {
    SpiLease spi_in;
    ChildChoice choice;
    ChildKeys keys;
    bool we_asked = false;
    std::optional<dataplane::ChildId> replaces;
};
/// Where ESP goes: the path of IKE, without ports unless it travels in UDP; while that is not proven, the last that
/// was.
Path outer_path(const IkeSa& sa);
dataplane::Encapsulation encapsulation_of(const IkeSa& sa);
ChildSa& install_child(Core& core, IkeSa& sa, NewChild made);
void on_child_installed(Core& core, dataplane::ChildId id);
void on_child_first_inbound(Core& core, dataplane::ChildId id);
/// From now on the packets of its policy take this one.
void mark_sending(Core& core, ChildSa& child);
/// When a rekey that failed is tried again: soon if the peer was only busy, otherwise it would be said over and over.
enum class Again : std::uint8_t { kSoon, kLater };
std::chrono::milliseconds rekey_back_off(Core& core, Again again);
/// When to rekey: the margin before the end, up to one more margin earlier by chance, never in the first half.
std::chrono::milliseconds soft_lifetime(Core& core, std::chrono::milliseconds lifetime,
                                        std::chrono::milliseconds margin);

// --- child_end.cpp: and goes ---
enum class Farewell : std::uint8_t {
    kAtOnce,
    kLinger,  ///< the inbound half stays some seconds if another CHILD_SA takes over
};
void retire_child(Core& core, ChildSa& child, Farewell farewell);
/// Those that linger, too.
void forget_children(Core& core, dataplane::TunnelId tunnel);
void on_child_retire_timer(Core& core, ChildSa& child);
void on_child_expire_timer(Core& core, ChildSa& child);
/// The peer, authenticated, says that it has no SA for what we send.
void on_child_lost_by_peer(Core& core, ChildSa& child);
/// The data plane sends and receives nothing on it any more.
void on_child_used_up(Core& core, ChildSa& child);

// --- tunnel_life.cpp: what we want of a tunnel, and what comes after a failure ---
/// Negotiates what is missing, one CHILD_SA after the other, unless that is under way already.
void bring_up(Core& core, Tunnel& tunnel);
/// Whether an attempt of ours at an IKE SA is under way.
bool connects(Core& core, const Tunnel& tunnel);
/// The same, now that `sa` serves the tunnel: who made the IKE SA makes the rest at once; the other side makes what is
/// missing after a while, so that the two do not ask for the same at once.
void fill_up(Core& core, Tunnel& tunnel, const IkeSa& sa);
void note_error(Core& core, Tunnel& tunnel, LastError error, Severity severity = Severity::kError);
/// The same, caused by a peer that has not proven itself: `said` false keeps it out of the log.
void note_stranger_error(Core& core, Tunnel& tunnel, LastError error, bool said);
/// An attempt of ours came to nothing.
void attempt_failed(Core& core, Tunnel& tunnel, LastError error);
enum class Next : std::uint8_t {
    kByStart,  ///< `start: auto` tries again after a while
    kAtOnce,   ///< `start: auto` tries again now
    kByDpdAction,
};
/// An IKE SA is gone, and all CHILD_SAs with it.
void connection_lost(Core& core, Tunnel& tunnel, LastError error, Next next);
/// A CHILD_SA works that replaced none.
void tunnel_works(Core& core, Tunnel& tunnel);
/// After the first failure the interval, then twice as long each time, up to a minute; a quarter more by chance, so
/// that many tunnels to one peer do not come at once.
std::chrono::milliseconds retry_wait(Core& core, std::uint32_t failures);

// --- policy_life.cpp: the same for each CHILD_SA that the tunnel is made of ---
/// For each policy, whether it has a CHILD_SA that is neither replaced nor on its way out.
std::vector<bool> served_policies(const Core& core, const Tunnel& tunnel);
/// The first that is wanted, has no CHILD_SA and need not wait.
std::optional<std::uint32_t> next_missing(const Core& core, const Tunnel& tunnel);
bool all_work(const Core& core, const Tunnel& tunnel);
/// By command or configuration; what failed before does not count any more.
void want_all(Core& core, Tunnel& tunnel);
void want_nothing(Core& core, Tunnel& tunnel);
/// A packet of the policy has no CHILD_SA.
void on_policy_wanted(Core& core, Tunnel& tunnel, std::uint32_t policy);
/// A CHILD_SA works that replaced none.
void policy_works(Core& core, Tunnel& tunnel, const IkeSa& sa, const ChildSa& child);
/// The peer does not grant it; the IKE SA and its other CHILD_SAs go on.
void policy_refused(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error);
/// Its CHILD_SA is gone, the IKE SA is not. Not for Next::kByDpdAction.
void policy_lost(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error, Next next);
/// RFC 7296 2.25: the peer has something else to do first.
void policy_busy(Core& core, Tunnel& tunnel, std::uint32_t policy);
void note_policy_error(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error, Severity severity);

// --- waiters.cpp: commands whose outcome comes later ---
void answer_waiters(Core& core, Tunnel& tunnel, Waiter::For what, bool ok, const std::string& code,
                    const std::string& message);
/// Down is done when nothing is left of the tunnel.
void answer_down_waiters(Core& core, Tunnel& tunnel);
/// `old` is replaced. Rekey is done when all are that it was asked for.
void child_rekeyed(Core& core, Tunnel& tunnel, dataplane::ChildId old, const std::string& message);
void child_rekey_failed(Core& core, Tunnel& tunnel, dataplane::ChildId old, const LastError& error);
void rekeys_failed(Core& core, Tunnel& tunnel, const LastError& error);

// --- incoming_requests.cpp ---
void on_request(Core& core, IkeSa& sa, const Path& path, const wire::Header& header, ByteView datagram);
/// One of IKE_AUTH that has waited.
void answer_auth(Core& core, IkeSa& sa, WaitingRequest request);

// --- datagrams.cpp, timeouts.cpp, commands.cpp, status.cpp: what the engine is called with and asked for ---
void on_datagram(Core& core, const Path& path, ByteView datagram);
void on_timeouts(Core& core);
void on_command(Core& core, Command command);
std::vector<TunnelStatus> status_of(const Core& core);

}  // namespace esplane::ike
