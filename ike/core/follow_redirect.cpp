// A gateway sends us to another one (RFC 5685 3, 5, 6), which has to prove the same identity as the first.

#include "ike/core/diagnosis.h"
#include "ike/core/diagnosis_words.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

/// What keeps us from following, as the end of a sentence; empty: we follow, and `redirections` say where to.
std::optional<std::string> follow(Core& core, const IkeSa& sa, Tunnel& tunnel, const RedirectTarget& target) {
    if (!target.address) return "which it does not tell by its address";
    const auto& local = tunnel.options.local_address;
    if (target.address->is_unspecified() || (local && local->family() != target.address->family()))
        return target.address->to_string() + ", which cannot be reached from " +
               diagnosis::key(tunnel.options, "local.address");
    if (!tunnel.redirections.follow(core.now, sa.path.remote.address, *target.address))
        return target.address->to_string() + ", which is once too often in five minutes";
    core.report(Severity::kInfo, &tunnel, "redirected",
                "Tunnel " + tunnel.name() + ": peer " + sa.path.remote.address.to_string() + " sends us to " +
                    target.address->to_string() + " (RFC 5685), which must prove the same identity.");
    return std::nullopt;
}

LastError refused(const IkeSa& sa, const Tunnel& tunnel, const std::string& why) {
    return diagnosis::redirect_refused(tunnel.options, sa.path.remote.address, why);
}

}  // namespace

void on_init_redirect(Core& core, IkeSa& sa, Tunnel& tunnel, const Bytes& nonce, const wire::Notify& redirect) {
    const auto target = parse_redirect(redirect);
    // Whoever has not seen our request does not know its nonce, and we did not ask for more than we said.
    if (!tunnel.options.follow_redirects || !target || target->nonce != nonce) {
        ++core.counters.not_expected;
        return;
    }
    const auto why_not = follow(core, sa, tunnel, *target);
    auto error = why_not ? std::optional(refused(sa, tunnel, *why_not)) : std::nullopt;
    core.discard(sa);
    if (error) return attempt_failed(core, tunnel, std::move(*error));
    start_init(core, tunnel);
}

bool on_auth_redirect(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& payloads) {
    const wire::Notify* redirect = payloads.find(wire::NotifyType::kRedirect);
    const auto target = redirect != nullptr ? parse_redirect(*redirect) : std::nullopt;
    if (!target || !tunnel.options.follow_redirects) return false;
    const auto why_not = follow(core, sa, tunnel, *target);
    close_ike(core, sa, std::nullopt);
    if (why_not) {
        attempt_failed(core, tunnel, refused(sa, tunnel, *why_not));
    } else {
        start_init(core, tunnel);
    }
    return true;
}

void on_redirect_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    const wire::Notify* redirect = payloads.find(wire::NotifyType::kRedirect);
    const auto target = redirect != nullptr ? parse_redirect(*redirect) : std::nullopt;
    const bool may = target && tunnel != nullptr && sa.is<Established>() && tunnel->options.follow_redirects;
    // RFC 5685 5: only the client, which began the IKE SA, is sent.
    if (!may || !sa.we_authenticated_first || !tunnel->options.remote_address) return;
    if (const auto why_not = follow(core, sa, *tunnel, *target))
        return note_error(core, *tunnel, refused(sa, *tunnel, *why_not), Severity::kWarning);
    start_reauthentication(core, sa);
}

}  // namespace esplane::ike
