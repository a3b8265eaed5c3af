// The one impure part of ike/: carries datagrams, events and time to the engine, and the engine's actions to where they
// belong. It decides nothing.
//
//   UDP 500 ----------\                     /--> UDP 500, or the data plane's UDP 4500
//   data plane events --> Engine --> actions --> data plane: install, activate, retire, move
//   timer, commands --/                     \--> observer: what happened; whoever gave a command: its outcome
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "crypto/random.h"
#include "dataplane/dataplane.h"
#include "ike/core/engine.h"
#include "ike/runtime/event_loop.h"
#include "ike/runtime/system_clock.h"
#include "ike/runtime/traffic.h"
#include "ike/runtime/udp_transport.h"

namespace esplane::ike {

/// Called on the control thread. May give commands.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void on_happened(const Happened& happened) = 0;
    /// The kernel would not send to the peer; `error` is errno. May come often.
    virtual void on_send_failed(const Path& path, int error) = 0;
    virtual void on_resized(const dataplane::Resized& event) = 0;
    /// The data plane is to have its policy when this returns.
    virtual void on_instance_added(const AddInstance& instance) = 0;
    virtual void on_instance_removed(dataplane::TunnelId instance) = 0;
    virtual void on_virtual_addresses(const UseVirtualAddresses& use) = 0;
    /// Answered by Runtime::status_fetched, whatever becomes of it; not before this returns.
    virtual void on_status_wanted(const FetchStatus& wanted) = 0;
};

class Runtime {
  public:
    using WhenDone = std::function<void(const CommandDone&)>;

    /// What is taken by reference must outlive the runtime. Without a transport the data plane carries all of IKE.
    Runtime(EventLoop& loop, std::optional<UdpTransport> transport, dataplane::Dataplane& dataplane,
            crypto::Random& random, const Options& options, Observer& observer);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    /// `when_done` may be called before this returns. It is not called any more once the runtime ends.
    void command(decltype(Command::what) what, WhenDone when_done);

    void status_fetched(const StatusFetched& fetched);

    std::vector<TunnelStatus> status() const { return engine_.status(); }
    Counters counters() const { return engine_.counters(); }
    bool idle() const { return engine_.idle(); }
    Traffic& traffic() { return traffic_; }

  private:
    void on_transport(int fd);
    void on_dataplane();
    void carry_actions();
    void flush();

    void receive(const dataplane::Installed& event) { tell(ChildInstalled{event.child}); }
    void receive(const dataplane::FirstInbound& event) { tell(ChildFirstInbound{event.child}); }
    void receive(const dataplane::SoftLimit& event) { tell(ChildSoftLimit{event.child}); }
    void receive(const dataplane::HardLimit& event) { tell(ChildHardLimit{event.child}); }
    void receive(const dataplane::Acquire& event) { tell(TunnelWanted{event.tunnel, event.policy}); }
    void receive(const dataplane::Punted& event);
    void receive(const dataplane::PeerMoved& event) { tell(ChildPeerMoved{event.child, event.seen}); }
    void receive(const dataplane::UnknownSpi& event) { tell(UnknownEsp{event.seen, event.spi}); }
    // The data plane's own affairs, which it keeps to itself.
    void receive(const dataplane::Resized& event) { observer_.on_resized(event); }
    void receive(const dataplane::Returned&) {}
    void receive(const dataplane::TunnelReturned&) {}
    void receive(const dataplane::PortClosed&) {}
    void receive(const dataplane::ForeignReport&) {}
    void tell(const DataplaneEvent& event);

    void carry(Send& action);
    void carry(SendKeepalive& action);
    void carry(InstallChild& action);
    void carry(ActivateChild& action) { dataplane_.activate(action.child); }
    void carry(RetireChild& action);
    void carry(MoveChildPath& action) { dataplane_.move_path(action.child, action.outer, action.encapsulation); }
    void carry(AddInstance& action);
    void carry(RemoveInstance& action);
    void carry(UseVirtualAddresses& action) { observer_.on_virtual_addresses(action); }
    void carry(FetchStatus& action) { observer_.on_status_wanted(action); }
    void carry(Happened& action) { observer_.on_happened(action); }
    void carry(CommandDone& action);

    std::optional<UdpTransport> transport_;
    dataplane::Dataplane& dataplane_;
    Options options_;
    Observer& observer_;
    Traffic traffic_;
    SystemClock wall_clock_;
    Engine engine_;
    std::uint64_t last_command_ = 0;
    std::unordered_map<std::uint64_t, WhenDone> waiting_;
    bool carrying_ = false;
    bool in_burst_ = false;  ///< what is sent waits for its end
    EventLoop::Timer engine_timer_;
    EventLoop::Timer again_timer_;  // set when a turn ended before the data plane's events did
    std::vector<EventLoop::Watch> watches_;
};

}  // namespace esplane::ike
