#include "dataplane/dpdk/dpdk_cipher.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::ptrdiff_t kHeadroom = OuterIp::kLongest + LinkHeader::kLongest;
constexpr std::size_t kMostReports = 32;  // when there are more they are forgotten: the next packet brings another

}  // namespace

DpdkCipher::DpdkCipher(const Links& links, FrameReceiver& receiver, FrameSender& sender, Resolver& resolver,
                       rte_mempool* pool, DropCounters& drops)
    : receiver_(receiver),
      sender_(sender),
      resolver_(resolver),
      fresh_(pool),
      ways_(links),
      announcer_(links, receiver.responders(), sender, pool, drops),
      from_host_(receiver.is_first() ? links.host.get() : nullptr, links, receiver, sender, resolver, pool, drops),
      drops_(drops) {}

std::size_t DpdkCipher::rx(std::span<Received> in) {
    if (second_.is_due()) [[unlikely]]
        ways_.grow_old();
    resolver_.turn();
    if (receiver_.is_first()) announcer_.turn();
    from_host_.turn();
    receiver_.to_host().turn();
    const std::size_t count = receiver_.poll_cipher(in);
    // Answers of the link itself, and what waited for one, should not wait for other packets.
    drops_.count(DropReason::kTxFailed, sender_.flush());
    return count;
}

void DpdkCipher::slots(std::span<Slot> lent) {
    fresh_.begin();
    for (Slot& slot : lent)
        fresh_.make(slot);
}

void DpdkCipher::slot_for(const Received& received, std::size_t index, std::ptrdiff_t before, Slot& slot) {
    if (index == 0) fresh_.begin();
    if (received.frame == nullptr || !put_in_place(received, before, kHeadroom, slot)) fresh_.make(slot);
}

std::size_t DpdkCipher::tx(std::span<Slot> out) {
    std::size_t failed = 0;
    for (Slot& slot : out) {
        slot.refused = !send(slot);
        failed += slot.refused ? 1 : 0;
    }
    return failed + sender_.flush();
}

bool DpdkCipher::send(const Slot& slot) {
    const OuterIp& outer = slot.outer->header;
    const LinkWay& way = ways_.find(*slot.outer);
    if (!way.exists) return false;
    if (outer.length() + slot.length > way.mtu_bytes) [[unlikely]] {
        report_too_big(slot, way.mtu_bytes);
        return false;
    }
    outer.write({.payload_bytes = slot.length,
                 .traffic_class = slot.traffic_class,
                 .dont_fragment = slot.dont_fragment,
                 .identification = slot.dont_fragment ? std::uint16_t{0} : ++identification_},
                slot.octets);
    std::uint8_t* const packet = slot.octets - outer.length();
    way.header.write(packet);
    rte_mbuf* const frame = slot.frame->take();
    set_octets(*frame, packet - way.header.length(), way.header.length() + outer.length() + slot.length);
    if (way.has_mac) [[likely]] {
        sender_.send(way.hop.port, frame);
    } else {
        resolver_.wait_for(way.hop, frame);
    }
    return true;
}

void DpdkCipher::report_too_big(const Slot& slot, std::uint32_t mtu_bytes) {
    if (reports_.size() == kMostReports) return;
    reports_.push_back({.outer = slot.outer->path,
                        .encapsulation = slot.outer->encapsulation,
                        .spi = Spi{load_be<std::uint32_t>(slot.octets)},
                        .mtu_bytes = mtu_bytes});
}

std::optional<TooBigReport> DpdkCipher::next_report() {
    for (const TooBigReport& report : receiver_.take_reports()) {
        if (reports_.size() < kMostReports) reports_.push_back(report);
    }
    if (reports_.empty()) return std::nullopt;
    const TooBigReport report = reports_.front();
    reports_.pop_front();
    return report;
}

void DpdkCipher::send_datagram(const Path& path, ByteView datagram) {
    fresh_.begin();
    Slot slot;
    fresh_.make(slot);
    if (datagram.size() > slot.capacity) return drops_.count(DropReason::kNoBuffer);
    std::copy(datagram.begin(), datagram.end(), slot.octets);
    slot.length = static_cast<std::uint32_t>(datagram.size());
    const OuterPath outer(path, Encapsulation::kUdp);
    slot.outer = &outer;
    if (!send(slot)) drops_.count(DropReason::kTxFailed);
    drops_.count(DropReason::kTxFailed, sender_.flush());
}

}  // namespace esplane::dataplane
