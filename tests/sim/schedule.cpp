#include "tests/sim/schedule.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace esplane::sim {

using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr const char* kActNames[] = {"rekey_child", "rekey_ike", "end_child", "restart", "initiate"};
constexpr const char* kMishapNames[] = {"none", "lost", "repeated", "overtaken", "late"};
constexpr std::uint8_t kLow = 0x00;
constexpr std::uint8_t kHigh = 0x80;

bool has(const Scene& scene, Act act) {
    return scene.left == act || scene.right == act;
}

ike::TunnelOptions options_of(ike::TunnelOptions options, const Scene& scene) {
    // Neither PFS nor many liveness checks: they would change nothing here but the time that it takes.
    options.esp_proposals = esp_proposals({"aes256gcm16"});
    options.dpd.delay = seconds(60);
    if (!has(scene, Act::kEndChild)) return options;
    const bool is_left = options.local_address == kLeft;
    options.children.clear();
    for (const char* number : {"1", "2"}) {
        const std::string left = std::string("10.1.") + number + ".0/24";
        const std::string right = std::string("10.2.") + number + ".0/24";
        options.children.push_back({number, {subnets({left.c_str()}), subnets({right.c_str()})}});
    }
    if (!is_left) options.children = mirrored(options.children);
    return options;
}

ike::TunnelOptions options_of(const Node& side, const Scene& scene) {
    return options_of(side.address == kLeft ? left_tunnel() : right_tunnel(), scene);
}

template <std::size_t kCount>
std::optional<std::size_t> find_name(const char* const (&names)[kCount], const std::string& name) {
    const auto found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) return std::nullopt;
    return static_cast<std::size_t>(found - std::begin(names));
}

char digit(std::size_t number) {
    return static_cast<char>(number < 10 ? '0' + number : 'a' + (number - 10));
}

std::size_t number_of(char digit) {
    return static_cast<std::size_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

std::string to_string(const Script& script) {
    const Scene& scene = script.scene;
    std::ostringstream text;
    text << kActNames[static_cast<int>(scene.left)] << '/' << kActNames[static_cast<int>(scene.right)] << '/'
         << static_cast<int>(scene.lowest) << '/' << kMishapNames[static_cast<int>(scene.mishap)] << '-'
         << (scene.of_left ? "left" : "right") << '-' << scene.number << '/' << script.choices;
    return text.str();
}

std::optional<Script> parse_script(const std::string& text) {
    std::string copy = text;
    std::replace(copy.begin(), copy.end(), '/', ' ');
    std::replace(copy.begin(), copy.end(), '-', ' ');
    std::istringstream in(copy);
    std::string left, right, mishap, side, choices;
    unsigned lowest = 0, number = 0;
    if (!(in >> left >> right >> lowest >> mishap >> side >> number)) return std::nullopt;
    in >> choices;
    const auto left_act = find_name(kActNames, left);
    const auto right_act = find_name(kActNames, right);
    const auto what = find_name(kMishapNames, mishap);
    if (!left_act || !right_act || !what || lowest > 3) return std::nullopt;
    return Script{Scene{static_cast<Act>(*left_act), static_cast<Act>(*right_act), static_cast<Lowest>(lowest),
                        static_cast<Mishap>(*what), side == "left", number},
                  choices};
}

History::History(const Scene& scene) : scene_(scene) {
    const bool from_nothing = scene.left == Act::kInitiate && scene.right == Act::kInitiate;
    if (!from_nothing) {
        pair_.add(options_of(pair_.left, scene), options_of(pair_.right, scene));
        if (!pair_.world.run_until([&] { return pair_.leftover(policies()).empty(); }) || !pair_.up(policies()))
            throw std::logic_error("the tunnel does not come up on a network without faults");
    }
    // Old enough not to be taken for one that crosses those to come.
    pair_.world.run_for(seconds(20));
    const auto lead = [&](Lowest which) { return scene.lowest == which ? kLow : kHigh; };
    pair_.world.network.filter = [this](const Packet& packet) {
        keep(packet);
        return false;
    };
    pair_.left.random().lead = lead(Lowest::kLeftRequest);
    pair_.right.random().lead = lead(Lowest::kRightRequest);
    begin(pair_.left, scene.left);
    begin(pair_.right, scene.right);
    pair_.world.run_for(milliseconds(0));
    pair_.left.random().lead = lead(Lowest::kAnswerToRight);
    pair_.right.random().lead = lead(Lowest::kAnswerToLeft);
}

std::uint32_t History::policies() const {
    return has(scene_, Act::kEndChild) ? 2 : 1;
}

void History::begin(Node& side, Act act) {
    switch (act) {
        case Act::kRekeyChild:
            // The command would rekey all of them.
            if (policies() > 1) return side.event(ike::ChildSoftLimit{current_children(side).front().id});
            side.command(ike::Rekey{"t", false});
            return;
        case Act::kRekeyIke:
            side.command(ike::Rekey{"t", true});
            return;
        case Act::kEndChild:
            return side.event(ike::ChildHardLimit{current_children(side).front().id});
        case Act::kRestart:
            side.command(ike::Down{"t"});
            side.command(ike::Up{"t"});
            return;
        case Act::kInitiate: {
            side.crash();
            auto options = options_of(side, scene_);
            options.start = ike::StartMode::kAuto;
            side.command(ike::AddTunnel{std::move(options)});
            return;
        }
    }
}

void History::keep(const Packet& packet) {
    if (!std::holds_alternative<Bytes>(packet.content)) return;
    Name name{packet.source.address == kLeft, 0, 0};
    name.number = ++(name.from_left ? sent_by_left_ : sent_by_right_);
    const bool struck = name.from_left == scene_.of_left && name.number == scene_.number;
    const Mishap mishap = struck ? scene_.mishap : Mishap::kNone;
    if (mishap == Mishap::kNone || mishap == Mishap::kRepeated) {
        in_flight_.emplace(name, packet);
        if (mishap == Mishap::kRepeated) in_flight_.emplace(Name{name.from_left, name.number, 1}, packet);
        return;
    }
    owed_ = true;
    if (mishap != Mishap::kLost) held_.emplace(name, packet);
}

void History::wait_for_repetition() {
    owed_ = false;
    pair_.world.run_until([&] { return !in_flight_.empty(); }, seconds(3));
    pair_.world.run_for(milliseconds(0));
    if (!held_ || scene_.mishap == Mishap::kLate) return;
    in_flight_.insert(std::move(*held_));
    held_.reset();
}

std::vector<History::Name> History::choices() {
    if (in_flight_.empty() && owed_) wait_for_repetition();
    std::vector<Name> names;
    for (const auto& [name, packet] : in_flight_) {
        // Two copies are alike, so one of them goes first.
        const bool second = name.copy == 1 && in_flight_.count({name.from_left, name.number, 0}) != 0;
        if (!second) names.push_back(name);
    }
    return names;
}

void History::deliver(std::size_t choice) {
    const std::vector<Name> names = choices();
    made_ += digit(choice);
    const auto packet = in_flight_.extract(names.at(choice)).mapped();
    arrived_.push_back(names[choice]);
    Node& side = names[choice].from_left ? pair_.right : pair_.left;
    side.receive({packet.destination, packet.source}, std::get<Bytes>(packet.content));
    pair_.world.run_for(milliseconds(0));
}

std::string History::outcome() {
    constexpr seconds kLate{20};
    World& world = pair_.world;
    choices();  // time may still have to pass
    world.network.filter = nullptr;
    for (auto& [name, packet] : in_flight_)
        world.transmit(std::move(packet));
    if (held_) {
        world.run_for(kLate);
        world.transmit(std::move(held_->second));
    }
    // An engine that was done a moment ago has not seen yet what is under way.
    world.run_for(milliseconds(2));
    world.run_until([&] { return pair_.leftover(policies()).empty(); }, minutes(10));
    // That it lasts: unless a liveness check is under way just now.
    world.run_for(seconds(10));
    world.run_until([&] { return pair_.leftover(policies()).empty(); }, seconds(1));
    std::string wrong = pair_.leftover(policies());
    if (!pair_.up(policies())) wrong += "the two ends do not have the same CHILD_SAs";
    return wrong;
}

namespace {

/// One delivery of a schedule. `asleep`: those that need not come first here, because a schedule that was played
/// already differs from that only in the order of deliveries to different sides (sleep sets; Godefroid 1996).
struct Step {
    std::vector<History::Name> choices;
    std::set<History::Name> asleep;
    std::size_t choice = 0;

    const History::Name& chosen() const { return choices[choice]; }
    /// The first from `choice` on that is awake; false when there is none.
    bool find_awake() {
        while (choice < choices.size() && asleep.count(choices[choice]) != 0)
            ++choice;
        return choice < choices.size();
    }
    bool next() {
        asleep.insert(chosen());
        return find_awake();
    }
    std::set<History::Name> asleep_behind() const {
        std::set<History::Name> still;
        for (const History::Name& name : asleep) {
            if (name.from_left != chosen().from_left) still.insert(name);
        }
        return still;
    }
};

/// Goes on from the end of `path` with what is awake; false when nothing is, so that this is no schedule of its own.
bool go_down(History& history, std::vector<Step>& path, std::size_t longest) {
    while (path.size() < longest) {
        Step step{history.choices(), path.empty() ? std::set<History::Name>() : path.back().asleep_behind()};
        if (step.choices.empty()) return true;
        if (!step.find_awake()) return false;
        history.deliver(step.choice);
        path.push_back(std::move(step));
    }
    return true;
}

}  // namespace

void play_all(const Scene& scene, std::size_t longest, const std::function<bool(History&)>& judge) {
    std::vector<Step> path;
    do {
        History history(scene);
        for (const Step& step : path)
            history.deliver(step.choice);
        if (go_down(history, path, longest) && !judge(history)) return;
        while (!path.empty() && !path.back().next())
            path.pop_back();
    } while (!path.empty());
}

std::string replay(const Script& script) {
    History history(script.scene);
    for (const char choice : script.choices)
        history.deliver(number_of(choice));
    return history.outcome();
}

}  // namespace esplane::sim
