#include "ike/core/fragments.h"

namespace esplane::ike {

void Fragments::begin(std::uint32_t message_id, std::uint16_t total) {
    forget();
    message_id_ = message_id;
    total_ = total;
    texts_.resize(total);
}

bool Fragments::add(std::uint32_t message_id, wire::Fragment fragment, FragmentAllowance* allowance) {
    if (fragment.total > kMostFragments) return false;
    // A peer that does not get through cuts its message anew, into more pieces, never fewer (RFC 7383 2.6).
    if (message_id != message_id_ || fragment.total > total_) begin(message_id, fragment.total);
    if (fragment.total < total_) return false;
    std::optional<Bytes>& place = texts_[fragment.number - 1U];
    if (place || octets_ + fragment.text.size() > kLongestFragmented) return false;
    if (allowance != nullptr && !share_.grow(*allowance, fragment.text.size())) return false;
    octets_ += fragment.text.size();
    ++present_;
    if (fragment.number == 1) first_payload_ = fragment.first_payload;
    place = std::move(fragment.text);
    return true;
}

wire::Fragment Fragments::join() {
    wire::Fragment whole;
    whole.first_payload = first_payload_;
    whole.text.reserve(octets_);
    for (const std::optional<Bytes>& text : texts_)
        append(whole.text, *text);
    forget();
    return whole;
}

}  // namespace esplane::ike
