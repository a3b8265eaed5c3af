// The operator's commands. Each is answered by one CommandDone.

#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"

namespace esplane::ike {

namespace {

struct Executor {
    Core& core;
    CommandId id;

    void operator()(AddTunnel& command) const {
        const std::string name = command.options.name;
        const bool complete = !command.options.ike_proposals.empty() && !command.options.esp_proposals.empty() &&
                              (command.options.psk || command.options.certificate) && !command.options.children.empty();
        if (!complete) {
            return done(false, "incomplete",
                        "Tunnel " + name + " lacks proposals, a way to authenticate, or selectors.");
        }
        Tunnel* tunnel = core.tunnels.add(std::move(command.options));
        if (tunnel == nullptr) return done(false, "exists", "There is a tunnel " + name + " already.");
        tunnel->keep_up = tunnel->options.start == StartMode::kAuto && tunnel->options.remote_address.has_value();
        for (PolicyState& state : tunnel->policies)
            state.trapped = tunnel->options.start == StartMode::kOnDemand;
        done(true, "added", "Tunnel " + name + " is configured.");
        if (!tunnel->keep_up) return;
        want_all(core, *tunnel);
        bring_up(core, *tunnel);
    }

    void operator()(const RemoveTunnel& command) const {
        Tunnel* tunnel = find(command.name);
        if (tunnel == nullptr) return;
        take_down(*tunnel, "Tunnel " + command.name + " was removed.");
        drop_left_instances(core);
        answer_waiters(core, *tunnel, Waiter::For::kDown, true, "removed", "Tunnel " + command.name + " was removed.");
        core.tunnels.remove(tunnel->id());
        done(true, "removed", "Tunnel " + command.name + " was removed.");
    }

    void operator()(const Up& command) const {
        Tunnel* tunnel = find(command.name);
        if (tunnel == nullptr) return;
        tunnel->down = false;
        // The SAs that are being deleted may go on to be, but nobody will see the tunnel down any more.
        answer_waiters(core, *tunnel, Waiter::For::kDown, false, "up",
                       "Tunnel " + command.name + " was brought up again before it was down.");
        if (tunnel->pool) return done(true, "listening", "Tunnel " + command.name + " waits for its peers.");
        if (all_work(core, *tunnel)) return done(true, "established", "Tunnel " + command.name + " is established.");
        if (!wait(*tunnel, {id, Waiter::For::kUp})) return;
        want_all(core, *tunnel);
        bring_up(core, *tunnel);
    }

    /// Until Up: what the peer starts is refused, too, as if the tunnel were not configured.
    void operator()(const Down& command) const {
        Tunnel* tunnel = find(command.name);
        if (tunnel == nullptr) return;
        if (!tunnel->down)
            core.report(Severity::kInfo, tunnel, "down", "Tunnel " + command.name + " was taken down by command.");
        tunnel->down = true;
        take_down(*tunnel, "Tunnel " + command.name + " was taken down by command.");
        if (wait(*tunnel, {id, Waiter::For::kDown})) answer_down_waiters(core, *tunnel);
    }

    void operator()(const Rekey& command) const {
        Tunnel* tunnel = find(command.name);
        if (tunnel == nullptr) return;
        if (tunnel->pool && !tunnel->peers.empty()) return rekey_peers(command, *tunnel);
        const std::vector<dataplane::ChildId> working = working_children(*tunnel);
        if (working.empty()) {
            return done(false, "not_established",
                        "Tunnel " + command.name + " is not established: there is nothing to rekey.");
        }
        if (command.ike) {
            if (wait(*tunnel, {id, Waiter::For::kRekeyIke})) rekey_ike(*tunnel);
            return;
        }
        if (wait(*tunnel, {id, Waiter::For::kRekeyChild, working, working.size()})) rekey_children(working);
    }

    void operator()(const MoveTunnel& command) const {
        Tunnel* tunnel = find(command.name);
        if (tunnel == nullptr) return;
        const std::string address = command.local.to_string();
        if (!move_tunnel(core, *tunnel, command.local)) {
            return done(
                false, "cannot_move",
                "Tunnel " + command.name + " cannot be taken along to " + address +
                    ": the peer does not know MOBIKE, has begun the tunnel itself, or is being negotiated with.");
        }
        done(true, "moving", "Tunnel " + command.name + " goes on from " + address + ".");
    }

    void operator()(const Shutdown&) const {
        core.shutting_down = true;
        for (auto& [tunnel_id, tunnel] : core.tunnels.all())
            take_down(tunnel, "The gateway stops.");
        std::vector<IkeSa*> rest;
        for (auto& [spi, sa] : core.ike_sas) {
            if (!sa->is<Deleting>() && !sa->is<Closed>()) rest.push_back(sa.get());
        }
        for (IkeSa* sa : rest)
            core.discard(*sa);
        done(true, "shutdown", "Every tunnel is being deleted.");
    }

  private:
    void done(bool ok, const char* code, std::string message) const {
        core.emit(CommandDone{id, ok, code, std::move(message)});
    }

    Tunnel* find(const std::string& name) const {
        Tunnel* tunnel = core.tunnels.find(name);
        if (tunnel == nullptr) done(false, "unknown_tunnel", "There is no tunnel " + name + ".");
        return tunnel;
    }

    bool wait(Tunnel& tunnel, Waiter waiter) const {
        if (tunnel.waiters.size() >= kMaxWaiters) {
            done(false, "busy", "Too many commands wait for tunnel " + tunnel.name() + " already.");
            return false;
        }
        tunnel.waiters.push_back(std::move(waiter));
        return true;
    }

    std::vector<dataplane::ChildId> working_children(const Tunnel& tunnel) const {
        std::vector<dataplane::ChildId> working;
        for (const ChildSa* child : core.children_of(tunnel.id())) {
            if (child->installed && child->current() && core.ike_sa(child->ike) != nullptr)
                working.push_back(child->id);
        }
        return working;
    }

    void rekey_children(const std::vector<dataplane::ChildId>& children) const {
        for (const dataplane::ChildId child : children)
            enqueue(core, *core.ike_sa(core.child(child)->ike), RekeyChild{child});
    }

    /// There may be thousands: each comes to its end by itself, and says so in the log.
    void rekey_peers(const Rekey& command, const Tunnel& tunnel) const {
        for (const Tunnel* peer : instances_of(core, tunnel)) {
            if (command.ike)
                rekey_ike(*peer);
            else
                rekey_children(working_children(*peer));
        }
        done(true, "rekeying",
             "Tunnel " + tunnel.name() + ": " + (command.ike ? "IKE" : "CHILD") + " SAs of " +
                 std::to_string(tunnel.peers.size()) + " peers are being rekeyed.");
    }

    void rekey_ike(const Tunnel& tunnel) const {
        const std::vector<IkeSpi> spis = tunnel.ike_sas;
        for (const IkeSpi spi : spis) {
            IkeSa* sa = core.ike_sa(spi);
            if (sa->is<Established>() && sa->out.in_flight_as<IkeRekeyExchange>() == nullptr)
                enqueue(core, *sa, RekeyIke{});
        }
    }

    void take_down(Tunnel& tunnel, const std::string& why) const {
        core.timers.cancel({Timer::kTunnelRetry, dataplane::to_number(tunnel.id())});
        want_nothing(core, tunnel);
        answer_waiters(core, tunnel, Waiter::For::kUp, false, "down", why);
        rekeys_failed(core, tunnel, {"down", why});
        const std::vector<IkeSpi> spis = tunnel.ike_sas;
        for (const IkeSpi spi : spis) {
            if (IkeSa* sa = core.ike_sa(spi)) close_ike(core, *sa, std::nullopt);
        }
        for (Tunnel* peer : instances_of(core, tunnel))
            take_down(*peer, why);
    }
};

}  // namespace

void on_command(Core& core, Command command) {
    std::visit(Executor{core, command.id}, command.what);
}

}  // namespace esplane::ike
