#include "ike/wire/message.h"

#include <algorithm>

namespace esplane::ike::wire {
namespace {

template <typename Predicate>
const Notify* find_notify(const std::vector<Notify>& notifies, Predicate predicate) {
    const auto found = std::find_if(notifies.begin(), notifies.end(), predicate);
    return found == notifies.end() ? nullptr : &*found;
}

}  // namespace

const Notify* Payloads::find(NotifyType type) const {
    return find_notify(notifies, [type](const Notify& notify) { return notify.is(type); });
}

const Notify* Payloads::first_error() const {
    return find_notify(notifies, [](const Notify& notify) { return notify.is_error(); });
}

}  // namespace esplane::ike::wire
