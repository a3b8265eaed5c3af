#include "dataplane/worker_watch.h"

#include <algorithm>

namespace esplane::dataplane {

void WorkerWatch::look(const Seen& seen, TimePoint now) {
    if (woken_ && now > last_at_) {
        stalled_ = seen.turns == last_.turns;
        load_ = std::min(1.0, std::chrono::duration<double>(seen.busy - last_.busy) / (now - last_at_));
    }
    last_ = seen;
    last_at_ = now;
    woken_ = true;
}

}  // namespace esplane::dataplane
