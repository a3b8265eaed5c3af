// A data plane that carries nothing: tests queue its events and read what it was told to send.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "dataplane/dataplane.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/tunnel.h"

namespace esplane {

class FakeDataplane : public dataplane::Dataplane {
  public:
    Result<void, std::string> open_port(const dataplane::ClearPortOptions&) override { return {}; }
    void close_port(dataplane::ClearPort) override {}
    dataplane::WorkerId add_tunnel(const dataplane::TunnelPolicy&) override { return {}; }
    void remove_tunnel(dataplane::TunnelId) override {}
    void install(dataplane::ChildOptions) override {}
    void activate(dataplane::ChildId) override {}
    void retire(dataplane::ChildId) override {}
    void move_path(dataplane::ChildId, const Path&, dataplane::Encapsulation) override {}

    void set_link_mtu(dataplane::TunnelId, std::uint32_t) override {}

    int event_fd() const override { return bell_.get(); }
    std::optional<dataplane::Event> poll_event() override {
        if (events_.empty()) {
            eventfd_t rung = 0;
            (void)eventfd_read(bell_.get(), &rung);
            return std::nullopt;
        }
        dataplane::Event event = std::move(events_.front());
        events_.pop_front();
        return event;
    }
    void send_ike(const Path& path, ByteView datagram) override { sent.emplace_back(path, to_bytes(datagram)); }
    void send_keepalive(const Path&) override {}

    std::optional<dataplane::ChildCounters> counters(dataplane::ChildId child) const override {
        const auto found = counted.find(child);
        return found == counted.end() ? std::nullopt : std::optional(found->second);
    }
    dataplane::DropCounts drops(dataplane::ChildId) const override { return {}; }
    dataplane::DropCounts drops(dataplane::TunnelId) const override { return {}; }
    std::vector<dataplane::WorkerStatus> workers() const override { return {}; }

    void happen(dataplane::Event event) {
        events_.push_back(std::move(event));
        eventfd_write(bell_.get(), 1);
    }
    std::size_t events_left() const { return events_.size(); }

    std::vector<std::pair<Path, Bytes>> sent;
    std::map<dataplane::ChildId, dataplane::ChildCounters> counted;

  private:
    dataplane::FileDescriptor bell_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::deque<dataplane::Event> events_;
};

}  // namespace esplane
