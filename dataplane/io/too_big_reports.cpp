#include "dataplane/io/too_big_reports.h"

namespace esplane::dataplane {

void TooBigReports::collect_marked() {
    const std::uint32_t marks = sockets_.error_marks().take();
    const auto all = sockets_.all();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if ((marks >> i & 1U) == 0 || !all[i].fd.is_open()) continue;
        if (!drain(all[i])) sockets_.error_marks().mark(i);
    }
}

bool TooBigReports::drain(const CipherSocket& socket) {
    for (std::size_t i = 0; i < kMostAtOnce; ++i) {
        const auto queued = next_error(socket, sockets_.natt_port());
        if (!queued) return true;
        take(socket, *queued);
    }
    return false;
}

void TooBigReports::take(const CipherSocket& socket, const QueuedError& queued) {
    switch (queued.kind) {
        case QueuedError::Kind::kTooBigForPath:
            // Every raw socket is told, whichever sent the packet: once is enough.
            if (socket.encapsulation == Encapsulation::kUdp || !socket.dont_fragment) keep(queued.report);
            break;
        case QueuedError::Kind::kTooBigForDevice:
            if (!refused_ || refused_->encapsulation != socket.encapsulation) break;
            if (refused_->outer.remote.address != queued.report.outer.remote.address) break;
            refused_->mtu_bytes = queued.report.mtu_bytes;
            keep(*refused_);
            refused_.reset();
            break;
        case QueuedError::Kind::kOther:
            break;
    }
}

void TooBigReports::refused(const Slot& slot) {
    refused_ = {.outer = slot.outer->path, .encapsulation = slot.outer->encapsulation};
    if (slot.length >= 4) refused_->spi = Spi{load_be<std::uint32_t>(slot.octets)};
}

void TooBigReports::keep(const TooBigReport& report) {
    if (count_ == kept_.size()) return;
    kept_[(first_ + count_++) % kept_.size()] = report;
}

std::optional<TooBigReport> TooBigReports::next() {
    if (count_ == 0) return std::nullopt;
    const TooBigReport& report = kept_[first_];
    first_ = (first_ + 1) % kept_.size();
    --count_;
    return report;
}

}  // namespace esplane::dataplane
