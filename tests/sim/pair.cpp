// Left and right with one tunnel between them, and when all is well with them.

#include <algorithm>

#include "tests/sim/sim.h"

namespace esplane::sim {

namespace {

/// Rekey, end and liveness check of an IKE SA that nothing is under way on; rekey and end of a CHILD_SA.
constexpr std::size_t kIkeDeadlines = 3;
constexpr std::size_t kChildDeadlines = 2;

bool same_octets(const crypto::Secret& a, const crypto::Secret& b) {
    return std::equal(a.view().begin(), a.view().end(), b.view().begin(), b.view().end());
}

bool same_keys(const Node& left, dataplane::ChildId here, const Node& right, dataplane::ChildId there) {
    const auto a = left.dataplane().children().find(here);
    const auto b = right.dataplane().children().find(there);
    if (a == left.dataplane().children().end() || b == right.dataplane().children().end()) return false;
    return same_octets(a->second.options.key_in, b->second.options.key_out) &&
           same_octets(a->second.options.key_out, b->second.options.key_in);
}

}  // namespace

std::vector<ike::ChildPolicy> several_children(std::size_t count) {
    std::vector<ike::ChildPolicy> made;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        const std::string local = "10.1." + number + ".0/24";
        const std::string remote = "10.2." + number + ".0/24";
        made.push_back(
            {std::string(1, static_cast<char>('a' + i)), {subnets({local.c_str()}), subnets({remote.c_str()})}});
    }
    return made;
}

ike::TunnelOptions left_with(std::size_t count) {
    auto options = left_tunnel();
    options.children = several_children(count);
    return options;
}

ike::TunnelOptions right_with(std::size_t count) {
    auto options = right_tunnel();
    options.children = mirrored(several_children(count));
    return options;
}

Pair::Pair(std::uint64_t seed, ike::Options options)
    : world(seed), left(world.add(kLeft, options)), right(world.add(kRight, options)) {
    world.watch.emplace();
}

void Pair::add(ike::TunnelOptions left_options, ike::TunnelOptions right_options) {
    right.command(ike::AddTunnel{std::move(right_options)});
    left.command(ike::AddTunnel{std::move(left_options)});
}

std::vector<ike::ChildStatus> current_children(const Node& node, const std::string& tunnel) {
    std::vector<ike::ChildStatus> current;
    for (auto& child : node.status(tunnel).children) {
        if (child.state == "installed") current.push_back(child);
    }
    return current;
}

bool Pair::up(std::uint32_t policies) {
    const auto here = current_children(left);
    const auto there = current_children(right);
    if (here.size() != policies || there.size() != policies) return false;
    for (const ike::ChildStatus& child : here) {
        const bool mirrored = std::any_of(there.begin(), there.end(), [&](const ike::ChildStatus& other) {
            return other.name == child.name && other.spi_in == child.spi_out && other.spi_out == child.spi_in &&
                   same_keys(left, child.id, right, other.id);
        });
        if (!mirrored) return false;
    }
    for (std::uint32_t policy = 0; policy < policies; ++policy) {
        if (!world.ping(left, right, policy)) return false;
    }
    return left.status().state == ike::TunnelState::kEstablished &&
           right.status().state == ike::TunnelState::kEstablished;
}

bool Pair::establish(ike::TunnelOptions left_options, ike::TunnelOptions right_options) {
    add(std::move(left_options), std::move(right_options));
    const bool reached = world.run_until(
        [&] { return !current_children(left).empty() && !current_children(right).empty(); }, milliseconds(20'000));
    return reached && up();
}

std::string Pair::leftover(std::uint32_t policies) const {
    std::string found;
    for (const Node* side : {&left, &right}) {
        const ike::Counters counters = side->engine().counters();
        const bool behind_nat = side->status().ike && side->status().ike->local_nat;
        const auto compare = [&](const char* what, std::size_t is, std::size_t should) {
            if (is != should) found += side->name() + " has " + std::to_string(is) + " " + what + "; ";
        };
        compare("IKE SAs", counters.ike_sas, 1);
        compare("half-open IKE SAs", counters.half_open, 0);
        compare("CHILD_SAs", counters.child_sas, policies);
        compare("CHILD_SAs in the data plane", side->dataplane().children().size(), policies);
        compare("deadlines", counters.timers, kIkeDeadlines + (behind_nat ? 1 : 0) + policies * kChildDeadlines);
        compare("commands without an answer", side->unanswered(), 0);
        for (const std::string& offence : side->dataplane().offences())
            found += side->name() + ": " + offence + "; ";
    }
    for (const std::string& offence : world.watch->offences())
        found += offence + "; ";
    return found;
}

}  // namespace esplane::sim
