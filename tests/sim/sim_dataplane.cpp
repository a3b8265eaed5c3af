#include "tests/sim/sim_dataplane.h"

#include <algorithm>

namespace esplane::sim {

void SimDataplane::lose_all() {
    children_.clear();
    instances_.clear();
    senders_.clear();
    highest_id_ = 0;
}

std::optional<ike::DataplaneEvent> SimDataplane::apply(ike::Action action) {
    if (auto* order = std::get_if<ike::InstallChild>(&action)) {
        const dataplane::ChildId id = order->child.id;
        install(std::move(order->child));
        return ike::DataplaneEvent(ike::ChildInstalled{id});
    }
    if (const auto* order = std::get_if<ike::AddInstance>(&action)) add(*order);
    if (const auto* order = std::get_if<ike::RemoveInstance>(&action)) remove(order->id);
    if (const auto* order = std::get_if<ike::ActivateChild>(&action)) activate(order->child);
    if (const auto* order = std::get_if<ike::RetireChild>(&action)) retire(order->child);
    if (const auto* order = std::get_if<ike::MoveChildPath>(&action)) {
        if (Child* child = known(order->child, "move")) {
            child->options.outer = order->outer;
            child->options.encapsulation = order->encapsulation;
        }
    }
    return std::nullopt;
}

void SimDataplane::add(const ike::AddInstance& order) {
    for (const auto& [id, other] : instances_) {
        for (const dataplane::TrafficSelector& address : order.selectors.remote) {
            const auto& taken = other.selectors.remote;
            if (std::find(taken.begin(), taken.end(), address) != taken.end())
                offences_.push_back("address " + address.to_string() + " of two peers");
        }
    }
    if (!instances_.emplace(order.id, order).second) offences_.push_back("instance " + order.name + " added twice");
}

void SimDataplane::remove(dataplane::TunnelId instance) {
    if (instances_.erase(instance) == 0) offences_.emplace_back("removal of an unknown instance");
    for (const auto& [id, child] : children_) {
        if (child.options.tunnel == instance) offences_.emplace_back("an instance removed before its children");
    }
}

const ike::AddInstance* SimDataplane::instance_for(const IpAddress& address) const {
    for (const auto& [id, instance] : instances_) {
        for (const dataplane::TrafficSelector& remote : instance.selectors.remote) {
            if (remote.first == address && remote.last == address) return &instance;
        }
    }
    return nullptr;
}

void SimDataplane::install(dataplane::ChildOptions options) {
    const std::uint64_t id = dataplane::to_number(options.id);
    if (id <= highest_id_) offences_.push_back("child id " + std::to_string(id) + " used again");
    highest_id_ = std::max(highest_id_, id);
    if (dataplane::to_number(options.spi_in) < dataplane::kLowestSpi) offences_.push_back("reserved inbound SPI");
    if (options.key_in.empty() || options.key_out.empty()) offences_.push_back("child without keys");
    const bool is_instance = dataplane::to_number(options.tunnel) >> 31U == 1;
    if (is_instance && !instances_.contains(options.tunnel)) offences_.emplace_back("a child of an unknown instance");
    for (const auto& [other, child] : children_) {
        if (child.options.spi_in == options.spi_in) offences_.push_back("inbound SPI used twice");
    }
    if (options.send_at_once) senders_[{options.tunnel, options.policy}].push_back(options.id);
    Child child{.options = std::move(options)};
    child.asked_by_peer = !child.options.send_at_once;
    const dataplane::ChildId key = child.options.id;
    children_[key] = std::move(child);
}

void SimDataplane::activate(dataplane::ChildId id) {
    Child* child = known(id, "activate");
    if (child == nullptr) return;
    // As in the worker: it has had its turn, and its first packet, if late, does not take it back from a successor.
    child->options.send_at_once = true;
    send_on(*child);
}

void SimDataplane::send_on(const Child& child) {
    auto& senders = senders_[policy_of(child)];
    std::erase(senders, child.options.id);
    senders.push_back(child.options.id);
}

void SimDataplane::retire(dataplane::ChildId id) {
    const Child* child = known(id, "retire");
    if (child == nullptr) return;
    // The one that sends is gone for good; an older one does not come back by itself.
    auto& senders = senders_[policy_of(*child)];
    if (!senders.empty() && senders.back() == id)
        senders.clear();
    else
        std::erase(senders, id);
    children_.erase(id);
}

SimDataplane::Child* SimDataplane::known(dataplane::ChildId id, const char* order) {
    const auto found = children_.find(id);
    if (found != children_.end()) return &found->second;
    offences_.push_back(std::string(order) + " of unknown child " + std::to_string(dataplane::to_number(id)));
    return nullptr;
}

const SimDataplane::Child* SimDataplane::outbound(dataplane::TunnelId tunnel, std::uint32_t policy) const {
    const auto found = senders_.find({tunnel, policy});
    if (found == senders_.end() || found->second.empty()) return nullptr;
    const auto child = children_.find(found->second.back());
    return child == children_.end() ? nullptr : &child->second;
}

std::optional<Packet> SimDataplane::seal(dataplane::TunnelId tunnel, std::uint32_t policy, std::uint64_t number) {
    const Child* sender = outbound(tunnel, policy);
    if (sender == nullptr) return std::nullopt;
    ++children_[sender->options.id].packets_out;
    const auto& options = sender->options;
    return Packet{options.outer.local, options.outer.remote,
                  EspPacket{options.spi_out, to_bytes(options.key_out.view()), options.encapsulation, number}};
}

SimDataplane::Opened SimDataplane::open(const Packet& packet) {
    const auto& esp = std::get<EspPacket>(packet.content);
    for (auto& [id, child] : children_) {
        if (child.options.spi_in != esp.spi) continue;
        const ByteView key = child.options.key_in.view();
        if (!std::equal(key.begin(), key.end(), esp.key.begin(), esp.key.end())) return {false, true, {}, std::nullopt};
        Opened opened{true, true, child.options.tunnel, std::nullopt};
        if (child.packets_in++ > 0) return opened;
        opened.event = ike::DataplaneEvent(ike::ChildFirstInbound{id});
        // As the worker does it: the first inbound packet proves that the peer receives on it, too.
        if (!child.options.send_at_once) send_on(child);
        return opened;
    }
    return {};
}

bool SimDataplane::has(dataplane::Spi spi) const {
    return std::any_of(children_.begin(), children_.end(),
                       [&](const auto& entry) { return entry.second.options.spi_in == spi; });
}

std::uint64_t SimDataplane::packets_in(dataplane::ChildId child) const {
    const auto found = children_.find(child);
    return found == children_.end() ? 0 : found->second.packets_in;
}

std::uint64_t SimDataplane::packets_out(dataplane::ChildId child) const {
    const auto found = children_.find(child);
    return found == children_.end() ? 0 : found->second.packets_out;
}

}  // namespace esplane::sim
