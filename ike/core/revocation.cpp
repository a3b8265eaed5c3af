#include "ike/core/revocation.h"

#include "crypto/ocsp.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

void go_on(Core& core, IkeSa& sa) {
    if (auto* half = std::get_if<HalfOpen>(&sa.state); half != nullptr && half->waiting) {
        return answer_auth(core, sa, std::move(*std::exchange(half->waiting, nullptr)));
    }
    if (auto* connecting = std::get_if<Connecting>(&sa.state); connecting != nullptr && connecting->waiting) {
        const auto answer = std::exchange(connecting->waiting, nullptr);
        on_auth_response(core, sa, std::move(answer->exchange), answer->payloads);
        pump(core, sa);
    }
}

}  // namespace

Answering status_wait(Core& core, const IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& payloads) {
    if (!tunnel.certificate || !tunnel.certificate->fetches_status) return Answering::kNow;
    const auto link = undecided(*tunnel.certificate, core.statuses, core.wall_clock.now(), payloads);
    if (!link) return Answering::kNow;
    const std::string certificate = link->certificate.fingerprint();
    const std::vector<std::string> urls = link->certificate.ocsp_urls();
    if (urls.empty() || !core.statuses.may_ask(certificate, core.now)) return Answering::kNow;
    if (!sa.initiator && core.statuses.waiting() >= core.options.status_wait_limit) return Answering::kIfRepeated;
    if (core.statuses.wait(certificate, sa.local_spi()))
        core.emit(FetchStatus{certificate, urls.front(), crypto::make_ocsp_request(link->certificate, link->issuer)});
    return Answering::kLater;
}

void on_status(Core& core, const StatusFetched& event) {
    for (const IkeSpi spi : core.statuses.put(event.certificate, event.response, core.now)) {
        if (IkeSa* sa = core.ike_sa(spi)) go_on(core, *sa);
    }
}

}  // namespace esplane::ike
