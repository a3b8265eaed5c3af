// What both sides of EAP-TLS do with packets: fragments, acknowledgements, and TLS behind them.
#pragma once

#include "crypto/tls.h"
#include "ike/eap/method.h"
#include "ike/eap/tls_fragments.h"

namespace esplane::ike::eap::tls {

class TlsMethod : public Method {
  public:
    MethodStep receive(ByteView data) final;

  protected:
    using State = crypto::TlsHandshake::State;

    TlsMethod(const crypto::TlsSettings& settings, std::chrono::system_clock::time_point now,
              crypto::TlsNameCheck check)
        : handshake_(settings, now, std::move(check)) {}

    /// Of the other side; whole, and not an acknowledgement of what we have cut.
    virtual MethodStep on_fragment(const Fragment& fragment) = 0;
    /// TLS has come to its end on our side, with `last` for the other side.
    virtual MethodStep on_done(Bytes last) = 0;
    /// It has failed, and the other side has not been told, or has told us: nothing is left to send.
    virtual MethodStep on_silent_failure() = 0;

    /// A part of a message, or all of it.
    MethodStep take(const Fragment& fragment);
    /// `message` of the other side, which is empty for a client that begins.
    MethodStep advance(ByteView message);
    MethodStep send(Bytes message) { return {MethodStep::Kind::kSend, outgoing_.begin(std::move(message))}; }
    static MethodStep acknowledge() { return {MethodStep::Kind::kSend, encode({})}; }
    MethodStep finish(Bytes data);

  private:
    crypto::TlsHandshake handshake_;
    Outgoing outgoing_;
    Incoming incoming_;
};

}  // namespace esplane::ike::eap::tls
