#include "ike/eap/tls_fragments.h"

#include <algorithm>
#include <utility>

#include "ike/eap/bounds.h"

namespace esplane::ike::eap::tls {

Bytes Outgoing::begin(Bytes message) {
    message_ = std::move(message);
    sent_ = 0;
    return next();
}

Bytes Outgoing::next() {
    const ByteView rest = ByteView(message_).subspan(sent_);
    const ByteView part = rest.first(std::min(rest.size(), kTlsFragment));
    const bool more = part.size() < rest.size();
    const bool first_of_several = sent_ == 0 && more;
    sent_ += part.size();
    const auto total = static_cast<std::uint32_t>(message_.size());
    return encode({false, more, first_of_several ? std::optional(total) : std::nullopt, part});
}

Incoming::State Incoming::add(const Fragment& fragment) {
    const bool first = !total_;
    // The first of several says how long they are together; later ones may say it again.
    if (first && fragment.more && !fragment.total) return State::kWrong;
    if (first) total_ = fragment.total.value_or(static_cast<std::uint32_t>(fragment.data.size()));
    const std::size_t size = message_.size() + fragment.data.size();
    if (fragment.total.value_or(*total_) != *total_ || *total_ > kLongestTlsMessage) return State::kWrong;
    if (fragment.more ? size >= *total_ : size != *total_) return State::kWrong;
    append(message_, fragment.data);
    return fragment.more ? State::kMore : State::kWhole;
}

Bytes Incoming::take() {
    total_.reset();
    return std::exchange(message_, {});
}

}  // namespace esplane::ike::eap::tls
