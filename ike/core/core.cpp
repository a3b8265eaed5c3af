#include "ike/core/core.h"

#include <algorithm>

#include "crypto/prf.h"

namespace esplane::ike {

namespace {

constexpr std::uint32_t kStrangerBurst = 20;
/// A thousand certificates with their chains.
constexpr std::size_t kHalfOpenFragments = std::size_t{8} << 20;
constexpr std::chrono::milliseconds kStrangerRefill{200};
// After a restart every peer asks at once or at its next liveness check; an answer is no longer than the question.
constexpr std::uint32_t kTokenBurst = 1'000;
constexpr std::chrono::milliseconds kTokenRefill{1};
// Thousands of tunnels that start at once are common, and those that are dropped come again later and later. As many as
// may be half-open, by default.
constexpr std::uint32_t kSecondsAtOnce = 2;
constexpr std::uint32_t kHintBurst = 5;
constexpr std::chrono::milliseconds kHintRefill{1'000};

constexpr std::uint32_t kFirstInstance = 1U << 31U;

constexpr Timer kIkeTimers[] = {Timer::kRetransmit, Timer::kDiscard,   Timer::kIkeRekey,      Timer::kIkeExpire,
                                Timer::kLiveness,   Timer::kKeepalive, Timer::kReauthenticate};

}  // namespace

Core::Core(const Options& chosen, crypto::Random& randomness, const TrafficView& view, const WallClock& clock,
           TimePoint start)
    : options(chosen),
      random(randomness),
      traffic(view),
      wall_clock(clock),
      now(start),
      cookies(randomness, start),
      half_open_fragments(kHalfOpenFragments),
      stranger_replies(kStrangerBurst, kStrangerRefill),
      crash_tokens(kTokenBurst, kTokenRefill),
      stranger_reports(kStrangerBurst, kStrangerRefill),
      stranger_hints(kHintBurst, kHintRefill),
      stranger_keys(kSecondsAtOnce * chosen.handshakes_per_second,
                    std::chrono::nanoseconds(std::chrono::seconds(1)) / chosen.handshakes_per_second),
      fingerprint_key(randomness.bytes(32)),
      next_instance_id(kFirstInstance) {}

void Core::report(Severity severity, const Tunnel* tunnel, std::string code, std::string message) {
    emit(Happened{severity, tunnel != nullptr ? tunnel->name() : std::string(), std::move(code), std::move(message)});
}

IkeSpi Core::fresh_ike_spi() {
    for (;;) {
        const std::uint64_t candidate = random.u64();
        // 0 means "not yet known" (RFC 7296 3.1).
        if (candidate != 0 && ike_sas.count(candidate) == 0) return IkeSpi{candidate};
    }
}

IkeSa* Core::ike_sa(IkeSpi local) {
    const auto found = ike_sas.find(to_number(local));
    return found == ike_sas.end() ? nullptr : found->second.get();
}

IkeSa& Core::add_ike_sa(std::unique_ptr<IkeSa> sa) {
    const auto key = to_number(sa->local_spi());
    return *(ike_sas[key] = std::move(sa));
}

void Core::become(IkeSa& sa, IkeState next) {
    const auto* half = std::get_if<HalfOpen>(&sa.state);
    const auto* refused = std::get_if<Refused>(&sa.state);
    if (half != nullptr && half->eap) --eap_guests;
    if (half != nullptr && !std::holds_alternative<Refused>(next)) half_open.remove(half->init_request);
    if (refused != nullptr) half_open.remove(refused->init_request);
    sa.state = std::move(next);
}

void Core::discard(IkeSa& sa) {
    for (const Timer timer : kIkeTimers)
        cancel(timer, sa);
    become(sa, Closed{});
    sa.out.land();
    sa.out.take_queue();
    leave_tunnel(sa);
    const auto found = ike_sas.find(to_number(sa.local_spi()));
    if (found == ike_sas.end()) return;
    graveyard.push_back(std::move(found->second));
    ike_sas.erase(found);
}

dataplane::TunnelId Core::fresh_instance_id() {
    for (;;) {
        const dataplane::TunnelId id{next_instance_id++};
        next_instance_id = std::max(next_instance_id, kFirstInstance);
        if (tunnels.find(id) == nullptr) return id;
    }
}

void Core::leave_tunnel(IkeSa& sa) {
    Tunnel* tunnel = tunnel_of(sa);
    if (tunnel == nullptr) return;
    std::erase(tunnel->ike_sas, sa.local_spi());
    if (!tunnel->instance) return;
    sa.tunnel = tunnel->instance->of;
    if (tunnel->ike_sas.empty()) left_instances.push_back(tunnel->id());
}

ChildSa* Core::child(dataplane::ChildId id) {
    const auto found = children.find(id);
    return found == children.end() ? nullptr : &found->second;
}

ChildSa& Core::add_child(dataplane::TunnelId tunnel, std::uint32_t policy) {
    const dataplane::ChildId id{++last_child_id};
    children_by_tunnel[tunnel].push_back(id);
    ChildSa& added = children[id];
    added.id = id;
    added.tunnel = tunnel;
    added.policy = policy;
    return added;
}

void Core::erase_child(const ChildSa& child) {
    const dataplane::ChildId id = child.id;
    const auto siblings = children_by_tunnel.find(child.tunnel);
    if (siblings != children_by_tunnel.end()) {
        std::erase(siblings->second, id);
        if (siblings->second.empty()) children_by_tunnel.erase(siblings);
    }
    children.erase(id);
}

std::vector<ChildSa*> Core::children_of(dataplane::TunnelId tunnel) {
    std::vector<ChildSa*> found;
    const auto siblings = children_by_tunnel.find(tunnel);
    if (siblings == children_by_tunnel.end()) return found;
    for (const dataplane::ChildId id : siblings->second)
        found.push_back(child(id));
    return found;
}

std::vector<const ChildSa*> Core::children_of(dataplane::TunnelId tunnel) const {
    std::vector<const ChildSa*> found;
    const auto siblings = children_by_tunnel.find(tunnel);
    if (siblings == children_by_tunnel.end()) return found;
    for (const dataplane::ChildId id : siblings->second)
        found.push_back(&children.at(id));
    return found;
}

bool Core::has_current_child(dataplane::TunnelId tunnel, std::uint32_t policy) const {
    const std::vector<const ChildSa*> all = children_of(tunnel);
    return std::any_of(all.begin(), all.end(),
                       [&](const ChildSa* each) { return each->current() && each->policy == policy; });
}

std::chrono::milliseconds Core::jitter(std::chrono::milliseconds most) {
    if (most.count() <= 0) return {};
    return std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(most.count()) + 1));
}

Fingerprint Core::fingerprint(ByteView datagram, ByteView context) const {
    const crypto::Secret hash = crypto::prf(crypto::PrfId::kHmacSha256, fingerprint_key.view(), {context, datagram});
    Fingerprint made{};
    std::copy_n(hash.view().begin(), made.size(), made.begin());
    return made;
}

}  // namespace esplane::ike
