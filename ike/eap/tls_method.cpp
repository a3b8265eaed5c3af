#include "ike/eap/tls_method.h"

#include <utility>

#include "ike/eap/conversation.h"

namespace esplane::ike::eap::tls {
namespace {

constexpr std::string_view kKeyLabel = "client EAP encryption";  // RFC 5216 2.3

}  // namespace

MethodStep TlsMethod::receive(ByteView data) {
    const auto fragment = parse(data);
    if (!why_.empty()) return {};  // the alert has been sent; whatever answers it
    if (!fragment) return fail("its packet of EAP-TLS is malformed");
    if (!outgoing_.goes_on()) return on_fragment(*fragment);
    if (!fragment->is_acknowledgement()) return fail("it does not acknowledge a fragment of EAP-TLS");
    return {MethodStep::Kind::kSend, outgoing_.next()};
}

MethodStep TlsMethod::take(const Fragment& fragment) {
    if (fragment.start) return fail("it begins EAP-TLS where it is under way");
    switch (incoming_.add(fragment)) {
        case Incoming::State::kMore:
            return acknowledge();
        case Incoming::State::kWhole:
            return advance(incoming_.take());
        case Incoming::State::kWrong:
            break;
    }
    return fail("its fragments of EAP-TLS do not add up to a message, or to one that is too long");
}

MethodStep TlsMethod::advance(ByteView message) {
    const State state = handshake_.advance(message);
    Bytes output = handshake_.take_output();
    if (state == State::kDone) return on_done(std::move(output));
    if (state == State::kFailed) why_ = handshake_.why();
    if (!output.empty()) return send(std::move(output));
    return state == State::kFailed ? on_silent_failure() : fail("its message of TLS is not a whole one");
}

MethodStep TlsMethod::finish(Bytes data) {
    msk_ = handshake_.export_key(kKeyLabel, kMskSize);
    return {MethodStep::Kind::kDone, std::move(data)};
}

}  // namespace esplane::ike::eap::tls
