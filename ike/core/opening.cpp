#include "ike/core/opening.h"

namespace esplane::ike {

namespace {

/// Whether it may have come from anybody.
bool is_unauthenticated(const wire::ParseError& error) {
    return error.kind == wire::ParseErrorKind::kBadIcv || error.kind == wire::ParseErrorKind::kMissingSk ||
           error.kind == wire::ParseErrorKind::kBadFragment;
}

/// The message, if it is whole; empty while fragments of it are missing.
Result<std::optional<wire::Chain>, wire::ParseError> open_whole(Core& core, IkeSa& sa, const wire::Header& header,
                                                                ByteView datagram) {
    const crypto::SkCipher& cipher = *sa.protection->open;
    if (!is_fragment(header)) {
        auto chain = wire::open_chain(header, datagram, cipher);
        if (!chain) return Failure{chain.error()};
        return std::optional(*std::move(chain));
    }
    Fragments& fragments = header.is_response ? sa.response_fragments : sa.request_fragments;
    auto fragment = open_fragment(sa, header, datagram, cipher);
    if (!fragment) return Failure{fragment.error()};
    fragments.add(header.message_id, *std::move(fragment), sa.is<HalfOpen>() ? &core.half_open_fragments : nullptr);
    if (!fragments.are_complete()) return std::optional<wire::Chain>();
    wire::Fragment whole = fragments.join();
    return std::optional(wire::Chain{whole.first_payload, std::move(whole.text)});
}

}  // namespace

bool is_fragment(const wire::Header& header) {
    return header.first_payload == wire::PayloadType::kSkf;
}

Result<wire::Fragment, wire::ParseError> open_fragment(const IkeSa& sa, const wire::Header& header, ByteView datagram,
                                                       const crypto::SkCipher& cipher) {
    if (!sa.fragmentation)
        return Failure{wire::ParseError{wire::ParseErrorKind::kBadFragment, "fragments were not agreed on"}};
    return wire::open_fragment(header, datagram, cipher);
}

std::optional<Result<Opened, wire::ParseError>> open(Core& core, IkeSa& sa, const wire::Header& header,
                                                     ByteView datagram) {
    using Result = esplane::Result<Opened, wire::ParseError>;
    auto chain = open_whole(core, sa, header, datagram);
    if (!chain && is_unauthenticated(chain.error())) {
        ++core.counters.bad_icv;
        return std::nullopt;
    }
    if (!chain) return Result(Failure{chain.error()});
    if (!*chain) return std::nullopt;
    auto payloads = wire::parse_payloads((*chain)->first, (*chain)->text);
    if (!payloads) return Result(Failure{payloads.error()});
    return Result(Opened{*std::move(payloads), **std::move(chain)});
}

}  // namespace esplane::ike
