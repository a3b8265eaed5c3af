#include "tests/peer/scene.h"

#include <algorithm>
#include <stdexcept>

namespace esplane::peer {

namespace {

constexpr std::size_t kMostIkeSas = 40, kMostHalfOpen = 33, kMostChildren = 66, kMostTimers = 400;

bool may_carry(const dataplane::SelectorPair& selectors) {
    const auto local = sim::subnets({"10.1.0.0/16"}).front(), remote = sim::subnets({"10.2.0.0/16"}).front();
    const auto all_in = [](const auto& list, const dataplane::TrafficSelector& allowed) {
        return !list.empty() &&
               std::all_of(list.begin(), list.end(), [&](const auto& each) { return allowed.contains(each); });
    };
    return all_in(selectors.local, local) && all_in(selectors.remote, remote);
}

bool agrees(const Child& theirs, const dataplane::ChildOptions& ours) {
    const auto same = [](const Bytes& a, const crypto::Secret& b) { return to_bytes(b.view()) == a; };
    return theirs.spi_in == dataplane::to_number(ours.spi_out) && theirs.spi_out == dataplane::to_number(ours.spi_in) &&
           same(theirs.key_in, ours.key_out) && same(theirs.key_out, ours.key_in);
}

}  // namespace

Scene::Scene(Stage stage, std::uint64_t seed)
    : world(seed), engine(world.add(sim::kLeft)), peer("right.example.org", "secret", seed) {
    world.network.filter = [this](const sim::Packet& packet) {
        if (const auto* datagram = std::get_if<Bytes>(&packet.content)) heard.push_back(*datagram);
        return false;
    };
    auto options = sim::left_tunnel();
    if (stage < Stage::kCalled) options.start = ike::StartMode::kListen;
    engine.command(ike::AddTunnel{options});
    world.run_for(std::chrono::milliseconds(1));
    reach(stage);
}

void Scene::reach(Stage stage) {
    if (stage == Stage::kHalfOpen || stage == Stage::kGuest) {
        say(peer.init_request(peer.init_chain()));
        if (heard.empty() || !peer.take_init_response(heard.back())) throw std::runtime_error("no IKE_SA_INIT answer");
        next_id = 1;
        if (stage == Stage::kGuest) {
            ask(kAuthExchange, peer.auth_chain());
            if (heard_chains().size() != 1) throw std::runtime_error("no IKE_AUTH answer");
        }
    }
    if (stage <= Stage::kCalled) return;
    if (!peer.take_init_request(heard.back())) throw std::runtime_error("no IKE_SA_INIT request");
    say(peer.init_response(peer.init_answer_chain()));
    take_request();
    if (stage == Stage::kAuthenticating) return;
    answer(peer.auth_answer_chain(asked.chain));
    if (stage == Stage::kHost) return;
    heard.clear();
    engine.command(ike::Rekey{"t", stage == Stage::kIkeRekey});
    world.run_for(std::chrono::milliseconds(1));
    take_request();
}

void Scene::take_request() {
    auto request = heard.empty() ? std::nullopt : peer.open(heard.back());
    if (!request) throw std::runtime_error("the engine has not asked");
    asked = std::move(*request);
}

void Scene::say(const Bytes& datagram, const Path& path) {
    heard.clear();
    engine.receive(path, datagram);
    world.run_for(std::chrono::milliseconds(1));
}

std::vector<Chain> Scene::heard_chains() {
    std::vector<Chain> chains;
    for (const Bytes& datagram : heard) {
        const bool sealed = datagram.size() > kHeaderLength && datagram[16] == kSk;
        if (sealed) {
            if (auto message = peer.open(datagram)) chains.push_back(std::move(message->chain));
        } else if (read_header(datagram)) {
            if (auto chain = read_chain(datagram[16], ByteView(datagram).subspan(kHeaderLength)))
                chains.push_back(std::move(*chain));
        }
    }
    return chains;
}

std::string Scene::broken() {
    const auto counters = engine.engine().counters();
    if (counters.half_open > kMostHalfOpen || counters.ike_sas > kMostIkeSas || counters.child_sas > kMostChildren ||
        counters.timers > kMostTimers)
        return "counters out of bounds";
    if (!engine.dataplane().offences().empty()) return engine.dataplane().offences().front();
    for (const auto& installed : engine.dataplane().children()) {
        const dataplane::ChildOptions& child = installed.second.options;
        if (!may_carry(child.selectors)) return "a CHILD_SA with selectors that policy does not allow";
        if (child.mode != dataplane::Mode::kTunnel) return "transport mode, which policy does not allow";
        if (child.encr != crypto::Encr{crypto::EncrId::kAesGcm16, 256}) return "a cipher that is not allowed";
        const auto known = [&](const Peer& by) {
            return std::any_of(by.children.begin(), by.children.end(),
                               [&](const Child& each) { return agrees(each, child); });
        };
        if (!known(peer) && std::none_of(others_.begin(), others_.end(), known))
            return "a CHILD_SA with keys that no peer has agreed on";
    }
    return {};
}

bool connect(Scene& scene, Peer& peer, bool initial_contact) {
    scene.say(peer.init_request(peer.init_chain()));
    // A busy engine asks for a cookie first, which goes in front (2.6).
    if (!scene.heard.empty() && !peer.take_init_response(scene.heard.back())) {
        const Bytes answer = scene.heard.back();
        const auto chain = read_chain(answer[16], ByteView(answer).subspan(kHeaderLength));
        const Payload* cookie = chain ? find_notify(*chain, says::kCookie) : nullptr;
        if (cookie == nullptr) return false;
        scene.say(peer.repeat_with_cookie(*cookie));
        if (scene.heard.empty() || !peer.take_init_response(scene.heard.back())) return false;
    }
    if (scene.heard.empty()) return false;
    Chain chain = peer.auth_chain();
    if (initial_contact) chain.push_back(notify(says::kInitialContact));
    scene.say(peer.seal(kAuthExchange, false, 1, chain));
    if (scene.heard.empty()) return false;
    const auto answer = peer.open(scene.heard.front());
    return answer && find(answer->chain, kSa) != nullptr && !peer.children.empty();
}

std::string Scene::honest_peer_fails(std::uint64_t seed) {
    others_.emplace_back("right.example.org", "secret", seed);
    Peer& honest = others_.back();
    if (!connect(*this, honest, true)) return "an honest peer cannot connect";
    world.run_for(std::chrono::milliseconds(5));
    const Child& child = honest.children.back();
    const auto* out = engine.dataplane().outbound(dataplane::TunnelId{1});
    if (out == nullptr || !agrees(child, out->options)) return "traffic to an honest peer is sent on another CHILD_SA";
    sim::EspPacket packet;
    packet.spi = dataplane::Spi{child.spi_out};
    packet.key = child.key_out;
    if (!engine.dataplane().open({{sim::kRight, 0}, {sim::kLeft, 0}, packet}).ok)
        return "traffic of an honest peer is not opened";
    return {};
}

}  // namespace esplane::peer
