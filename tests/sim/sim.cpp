#include "tests/sim/sim.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ike/wire/codec.h"

namespace esplane::sim {

namespace {

/// Of a data plane with ESP that it has no SA for.
constexpr milliseconds kPatience{200};

std::string describe(const Bytes& datagram) {
    const auto header = ike::wire::parse_header(datagram);
    if (!header) return "no IKE message";
    const auto spi = [](ike::IkeSpi value) { return std::to_string(ike::to_number(value) % 10'000); };
    return spi(header->spi_i) + "/" + spi(header->spi_r) + (header->from_initiator ? " i" : " r") + " exchange " +
           std::to_string(static_cast<int>(header->exchange)) + (header->is_response ? " response " : " request ") +
           std::to_string(header->message_id);
}

struct Describer {
    std::string operator()(const ike::Send& send) const { return "sends " + describe(send.datagram); }
    std::string operator()(const ike::SendKeepalive&) const { return "sends a keepalive"; }
    std::string operator()(const ike::InstallChild& order) const {
        return "installs child " + number(order.child.id) + " in " + spi(order.child.spi_in) + " out " +
               spi(order.child.spi_out) + (order.child.send_at_once ? "" : ", waits to send");
    }
    std::string operator()(const ike::ActivateChild& order) const { return "activates child " + number(order.child); }
    std::string operator()(const ike::RetireChild& order) const { return "retires child " + number(order.child); }
    std::string operator()(const ike::MoveChildPath& order) const { return "moves child " + number(order.child); }
    std::string operator()(const ike::AddInstance& order) const { return "adds instance " + order.name; }
    std::string operator()(const ike::RemoveInstance&) const { return "removes an instance"; }
    std::string operator()(const ike::UseVirtualAddresses&) const { return "uses virtual addresses"; }
    std::string operator()(const ike::FetchStatus& action) const { return "asks " + action.url; }
    std::string operator()(const ike::Happened& note) const { return note.code + ": " + note.message; }
    std::string operator()(const ike::CommandDone& done) const {
        return "command " + std::to_string(static_cast<std::uint64_t>(done.id)) + " done: " + done.code;
    }

  private:
    static std::string number(dataplane::ChildId id) { return std::to_string(dataplane::to_number(id)); }
    static std::string spi(dataplane::Spi value) { return std::to_string(dataplane::to_number(value) % 10'000); }
};

}  // namespace

Node::Node(World& world, std::size_t number, IpAddress own, std::uint64_t seed, ike::Options options)
    : address(own), world_(world), number_(number), options_(std::move(options)), random_(seed) {
    engine_ = std::make_unique<ike::Engine>(options_, random_, dataplane_, world.wall_clock, world.now);
}

std::uint64_t Node::command(decltype(ike::Command::what) what) {
    const std::uint64_t id = ++last_command_;
    unanswered_.insert(id);
    if (World::traces())
        world_.trace(*this, "gets command " + std::to_string(id) + " of kind " + std::to_string(what.index()));
    engine_->on_command(world_.now, ike::Command{ike::CommandId{id}, std::move(what)});
    drain();
    return id;
}

void Node::receive(const Path& path, ByteView datagram) {
    if (World::traces()) world_.trace(*this, "gets " + describe(to_bytes(datagram)));
    engine_->on_datagram(world_.now, path, datagram);
    drain();
}

void Node::event(const ike::DataplaneEvent& event) {
    engine_->on_dataplane(world_.now, event);
    drain();
}

void Node::fetched(const ike::StatusFetched& fetched) {
    engine_->on_status(world_.now, fetched);
    drain();
}

void Node::timeout() {
    engine_->on_timeout(world_.now);
    drain();
}

void Node::crash() {
    ++life_;
    unanswered_.clear();
    dataplane_.lose_all();
    engine_ = std::make_unique<ike::Engine>(options_, random_, dataplane_, world_.wall_clock, world_.now);
    world_.reschedule(*this);
}

void Node::drain() {
    while (auto action = engine_->poll_action())
        act(std::move(*action));
    world_.reschedule(*this);
}

void Node::act(ike::Action action) {
    if (World::traces()) world_.trace(*this, std::visit(Describer{}, action));
    if (auto* send = std::get_if<ike::Send>(&action)) {
        if (send->path.local.address.is_unspecified()) send->path.local.address = address;
        return world_.transmit({send->path.local, send->path.remote, std::move(send->datagram)});
    }
    if (auto* question = std::get_if<ike::FetchStatus>(&action)) return asked.push_back(std::move(*question));
    if (auto* note = std::get_if<ike::Happened>(&action)) return happened.push_back(std::move(*note));
    if (auto* answer = std::get_if<ike::CommandDone>(&action)) {
        const auto id = static_cast<std::uint64_t>(answer->id);
        unanswered_.erase(id);
        done[id] = std::move(*answer);
        return;
    }
    if (std::holds_alternative<ike::SendKeepalive>(action)) {
        ++keepalives;
        return;
    }
    if (const auto* order = std::get_if<ike::InstallChild>(&action); order != nullptr && world_.watch)
        world_.watch->installed(address, order->child);
    auto order = std::make_shared<ike::Action>(std::move(action));
    world_.at(dataplane_latency, [this, order, life = life_] {
        if (life != life_) return;
        const auto answer = dataplane_.apply(std::move(*order));
        if (answer && dataplane_answers) event(*answer);
    });
}

const ike::CommandDone* Node::answer(std::uint64_t command) const {
    const auto found = done.find(command);
    return found == done.end() ? nullptr : &found->second;
}

ike::TunnelStatus Node::status(const std::string& tunnel) const {
    for (auto& status : engine_->status()) {
        if (status.name == tunnel) return status;
    }
    return {};
}

std::size_t Node::count(const std::string& code) const {
    return static_cast<std::size_t>(
        std::count_if(happened.begin(), happened.end(), [&](const ike::Happened& note) { return note.code == code; }));
}

std::string Node::last_error() const {
    const auto found = status().last_error;
    return found ? found->code + ": " + found->message : std::string();
}

World::World(std::uint64_t seed) : now(std::chrono::hours(1)), network(seed * 7 + 3), seed_(seed) {}

Node& World::add(IpAddress address, const ike::Options& options) {
    const std::size_t number = nodes_.size();
    nodes_.push_back(std::make_unique<Node>(*this, number, address, seed_ * 1000 + number, options));
    by_address_[address] = nodes_.back().get();
    return *nodes_.back();
}

void World::lend(Node& node, IpAddress address) {
    by_address_[address] = &node;
}

void World::withdraw(IpAddress address) {
    by_address_.erase(address);
}

void World::reschedule(Node& node) {
    const auto next = node.engine_->next_deadline();
    if (next == node.deadline_) return;
    if (node.deadline_) deadlines_.erase({*node.deadline_, node.number_});
    node.deadline_ = next;
    if (next) deadlines_.emplace(*next, node.number_);
}

bool World::traces() {
    static const bool wanted = std::getenv("ESPLANE_SIM_TRACE") != nullptr;
    return wanted;
}

void World::trace(const Node& node, const std::string& what) const {
    const auto since = std::chrono::duration_cast<milliseconds>(now.time_since_epoch() - std::chrono::hours(1));
    std::fprintf(stderr, "%8lld ms  %s  %s\n", static_cast<long long>(since.count()), node.address.to_string().c_str(),
                 what.c_str());
}

void World::at(milliseconds after, std::function<void()> act) {
    events_.emplace(now + after, std::move(act));
}

void World::transmit(Packet packet) {
    if (const auto* datagram = std::get_if<Bytes>(&packet.content); datagram != nullptr && watch)
        watch->sent(*datagram);
    for (auto& delivery : network.transmit(std::move(packet))) {
        auto parcel = std::make_shared<Packet>(std::move(delivery.packet));
        at(delivery.after, [this, parcel] { deliver(std::move(*parcel)); });
    }
}

void World::deliver(Packet packet) {
    if (!network.arrive(packet)) return;
    const auto found = by_address_.find(packet.destination.address);
    if (found == by_address_.end()) return;
    Node& node = *found->second;
    if (const auto* datagram = std::get_if<Bytes>(&packet.content))
        return node.receive({packet.destination, packet.source}, *datagram);
    const auto opened = node.dataplane().open(packet);
    if (opened.ok) ++node.payloads_received;
    if (opened.event) node.event(*opened.event);
    if (opened.known) return;
    // As the worker does it, which waits a moment for the SA.
    at(kPatience, [&node, packet = std::move(packet)] {
        const auto& esp = std::get<EspPacket>(packet.content);
        if (!node.dataplane().has(esp.spi)) node.event(ike::UnknownEsp{{packet.destination, packet.source}, esp.spi});
    });
}

bool World::step(TimePoint limit) {
    std::optional<TimePoint> next;
    if (!events_.empty()) next = events_.begin()->first;
    // What happens at the same time as a deadline comes first.
    Node* due = nullptr;
    if (!deadlines_.empty() && (!next || deadlines_.begin()->first < *next)) {
        next = deadlines_.begin()->first;
        due = nodes_[deadlines_.begin()->second].get();
    }
    if (!next || *next > limit) {
        now = limit;
        return false;
    }
    now = std::max(now, *next);
    if (due != nullptr) {
        due->timeout();
        return true;
    }
    auto act = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    act();
    return true;
}

void World::run_for(milliseconds time) {
    const TimePoint limit = now + time;
    while (step(limit)) {
    }
}

bool World::run_until(const std::function<bool()>& reached, milliseconds limit) {
    const TimePoint end = now + limit;
    while (!reached()) {
        if (!step(end)) return reached();
    }
    return true;
}

bool World::send_payload(Node& from, std::uint32_t policy, dataplane::TunnelId tunnel) {
    auto packet = from.dataplane().seal(tunnel, policy, ++payloads_sent_);
    if (!packet) return false;
    if (packet->source.address.is_unspecified()) packet->source.address = from.address;
    transmit(std::move(*packet));
    return true;
}

bool World::ping(Node& a, Node& b, std::uint32_t policy) {
    const auto at_a = a.payloads_received;
    const auto at_b = b.payloads_received;
    if (!send_payload(a, policy) || !send_payload(b, policy)) return false;
    run_for(network.faults.delay + network.faults.jitter + milliseconds(1));
    return a.payloads_received > at_a && b.payloads_received > at_b;
}

std::shared_ptr<const crypto::Secret> psk(std::string_view text) {
    return std::make_shared<const crypto::Secret>(as_bytes(text));
}

std::vector<ike::IkeProposal> ike_proposals(std::initializer_list<const char*> texts) {
    std::vector<ike::IkeProposal> proposals;
    for (const char* text : texts)
        proposals.push_back(ike::parse_ike_proposal(text).value());
    return proposals;
}

std::vector<ike::EspProposal> esp_proposals(std::initializer_list<const char*> texts) {
    std::vector<ike::EspProposal> proposals;
    for (const char* text : texts)
        proposals.push_back(ike::parse_esp_proposal(text, true).value());
    return proposals;
}

std::vector<dataplane::TrafficSelector> subnets(std::initializer_list<const char*> texts) {
    std::vector<dataplane::TrafficSelector> selectors;
    for (const char* text : texts)
        selectors.push_back(dataplane::TrafficSelector::from_prefix(Prefix::parse(text).value()));
    return selectors;
}

std::vector<ike::ChildPolicy> mirrored(std::vector<ike::ChildPolicy> children) {
    for (ike::ChildPolicy& child : children)
        std::swap(child.selectors.local, child.selectors.remote);
    return children;
}

ike::TunnelOptions left_tunnel() {
    ike::TunnelOptions options;
    options.id = dataplane::TunnelId{1};
    options.name = "t";
    options.local_address = kLeft;
    options.remote_address = kRight;
    options.local_id = ike::Identity::parse("left.example.org").value();
    options.remote_id = ike::IdentityPattern::parse("right.example.org").value();
    options.psk = psk("secret");
    options.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-x25519"});
    options.esp_proposals = esp_proposals({"aes256gcm16-x25519"});
    options.children = {{"", {subnets({"10.1.0.0/16"}), subnets({"10.2.0.0/16"})}}};
    return options;
}

ike::TunnelOptions right_tunnel() {
    ike::TunnelOptions options = left_tunnel();
    options.local_address = kRight;
    options.remote_address = kLeft;
    options.children = mirrored(options.children);
    options.local_id = ike::Identity::parse("right.example.org").value();
    options.remote_id = ike::IdentityPattern::parse("left.example.org").value();
    options.start = ike::StartMode::kListen;
    return options;
}

}  // namespace esplane::sim
