#include "config/protection.h"

#include <algorithm>
#include <bit>

#include "config/ends.h"
#include "crypto/key_encapsulation.h"

namespace esplane::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Key kIkeKeys[] = {{"proposals"}, {"lifetime"}, {"rekey_margin"}, {"reauthentication"},
                            {"childless"}, {"redirect"}, {"mobike"}};
constexpr Key kEspKeys[] = {
    {"proposals"},     {"lifetime"}, {"rekey_margin"}, {"lifetime_bytes"}, {"lifetime_packets"}, {"mode"}, {"tfc"},
    {"replay_window"}, {"esn"},      {"pfs"},          {"verify_pfs"}};
constexpr Key kDpdKeys[] = {{"delay"}, {"timeout"}, {"action"}};

// One strong suite, one stronger, one that every peer has; and with or without PFS as the peer wants it.
constexpr std::string_view kIkeDefault[] = {"aes256gcm16-prfsha256-ecp256", "aes256gcm16-prfsha384-ecp384",
                                            "aes256-sha256-modp2048"};
constexpr std::string_view kEspDefault[] = {"aes256gcm16-ecp256", "aes256gcm16"};

constexpr Choice<dataplane::Mode> kModes[] = {{"tunnel", dataplane::Mode::kTunnel},
                                              {"transport", dataplane::Mode::kTransport}};
// A rekey takes a while, and must be done within a tenth of these.
constexpr std::uint64_t kLeastBytes = 1'000'000;
constexpr std::uint64_t kMostBytes = 1'000'000'000'000'000'000;
constexpr std::uint64_t kLeastPackets = 1'000;
constexpr std::uint64_t kMostPackets = 1'000'000'000'000'000'000;
constexpr Choice<bool> kTfc[] = {{"none", false}, {"mtu", true}};
constexpr Choice<ike::DpdAction> kActions[] = {
    {"restart", ike::DpdAction::kRestart}, {"clear", ike::DpdAction::kClear}, {"trap", ike::DpdAction::kTrap}};

constexpr Choice<ike::Childless> kChildless[] = {
    {"no", ike::Childless::kNo}, {"prefer", ike::Childless::kPrefer}, {"require", ike::Childless::kRequire}};

constexpr Choice<bool> kRedirects[] = {{"follow", true}, {"ignore", false}};

enum class Pfs { kAsWritten, kRequired, kOptional, kOff };
constexpr Choice<Pfs> kPfs[] = {{"required", Pfs::kRequired}, {"optional", Pfs::kOptional}, {"off", Pfs::kOff}};

auto between(Duration lowest, Duration highest) {
    return [=](std::string_view text) { return parse_duration(text, lowest, highest); };
}

template <typename Proposal, typename Parse, std::size_t N>
std::vector<Proposal> read_proposals(const Section& section, Parse parse, const std::string_view (&defaults)[N]) {
    std::vector<Proposal> proposals;
    const std::optional<List> list = section.list("proposals");
    if (!list) {
        for (const std::string_view text : defaults)
            proposals.push_back(parse(text).value());
        return proposals;
    }
    if (list->values.empty()) section.complain(list->place, "proposals", "at least one is needed");
    for (const Scalar& value : list->values) {
        Parsed<Proposal> proposal = parse(value.text);
        if (proposal) {
            proposals.push_back(std::move(proposal).value());
        } else {
            section.complain(value.place, "proposals", proposal.error());
        }
    }
    return proposals;
}

/// What parses may still ask for a method that not every OpenSSL has.
Parsed<ike::IkeProposal> parse_usable_ike(std::string_view text) {
    Parsed<ike::IkeProposal> proposal = ike::parse_ike_proposal(text);
    if (!proposal) return proposal;
    for (const auto& methods : proposal->additional) {
        for (const crypto::DhId method : methods) {
            if (!crypto::is_kem(method) || crypto::openssl_encapsulation().has(method)) continue;
            return Failure{std::string(crypto::name(method)) + " needs OpenSSL 3.5 or later, and this is " +
                           crypto::openssl_version() + "; use another OpenSSL, or leave it out"};
        }
    }
    return proposal;
}

/// `lifetime` and `rekey_margin`. A rekey starts up to twice the margin before the end, so that much must be there.
void read_lifetime(const Section& section, Duration longest_default_margin, Duration& lifetime, Duration& margin) {
    const std::optional<Place> lifetime_place =
        section.read("lifetime", lifetime, between(seconds(10), hours(24 * 30)));
    margin = std::min(lifetime / 10, longest_default_margin);
    const std::optional<Place> margin_place = section.read("rekey_margin", margin, between(seconds(1), hours(24 * 15)));
    const bool both_right = margin_place && (lifetime_place || !section.has("lifetime"));
    if (!both_right || section.extent() == Extent::kPart || lifetime > 2 * margin) return;
    const bool blame_margin = section.has_own("rekey_margin") || !section.has_own("lifetime");
    section.complain(
        blame_margin ? *margin_place : *lifetime_place, blame_margin ? "rekey_margin" : "lifetime",
        "a lifetime of " + to_text(lifetime) + " must be more than twice the rekey_margin of " + to_text(margin));
}

/// How long, or for ever.
Parsed<Duration> parse_reauthentication(std::string_view text) {
    if (text == "never") return Duration(0);
    const Parsed<Duration> lifetime = parse_duration(text, minutes(1), hours(24 * 365));
    return lifetime ? lifetime : Failure{lifetime.error() + "; or write never"};
}

Parsed<std::uint32_t> parse_replay_window(std::string_view text) {
    constexpr std::uint32_t kSmallest = 32;
    constexpr std::uint32_t kLargest = 65536;
    const Parsed<std::uint32_t> size = parse_number(text, 0, kLargest);
    const bool fits = size && (size.value() == 0 || (size.value() >= kSmallest && std::has_single_bit(size.value())));
    if (fits) return size.value();
    const std::string guess =
        size ? "did you mean " + std::to_string(std::max(kSmallest, std::bit_ceil(size.value()))) + "? " : "";
    return Failure{quoted(text) + " is not accepted; " + guess +
                   "write a power of 2 from 32 to 65536, or 0 for no check"};
}

bool has_group(const ike::EspProposal& proposal) {
    return !proposal.dh.empty();
}

void add_once(std::vector<ike::EspProposal>& proposals, ike::EspProposal more) {
    if (std::find(proposals.begin(), proposals.end(), more) == proposals.end()) proposals.push_back(std::move(more));
}

/// Each of `proposals` once, without its group.
std::vector<ike::EspProposal> without_groups(std::vector<ike::EspProposal> proposals) {
    std::vector<ike::EspProposal> plain;
    for (ike::EspProposal& proposal : proposals) {
        proposal.dh.clear();
        add_once(plain, std::move(proposal));
    }
    return plain;
}

/// `pfs` says of all proposals what their groups say of each.
void read_pfs(const Section& esp, std::vector<ike::EspProposal>& proposals) {
    Pfs pfs = Pfs::kAsWritten;
    const std::optional<Place> place = esp.read("pfs", pfs, one_of(kPfs));
    if (!place || proposals.empty()) return;
    const bool all = std::all_of(proposals.begin(), proposals.end(), has_group);
    const bool none = std::none_of(proposals.begin(), proposals.end(), has_group);
    const bool written = esp.has("proposals");
    if (pfs == Pfs::kRequired && written && !all)
        return esp.complain(*place, "pfs",
                            "required, but one of esp.proposals has no group; write all like aes256gcm16-ecp256");
    if (pfs == Pfs::kOptional && none)
        return esp.complain(*place, "pfs",
                            "optional, but none of esp.proposals has a group; write one like aes256gcm16-ecp256");
    if (pfs == Pfs::kRequired) std::erase_if(proposals, [](const auto& each) { return !has_group(each); });
    if (pfs == Pfs::kOff) proposals = without_groups(std::move(proposals));
    if (pfs == Pfs::kOptional) {
        for (ike::EspProposal& plain : without_groups(proposals))
            add_once(proposals, std::move(plain));
    }
}

/// Transport mode is between two known addresses, and not through UDP.
void check_transport(const Section& esp, Place place, const Section& tunnel, const ike::TunnelOptions& options) {
    if (esp.extent() == Extent::kPart) return;
    const auto refuse = [&](const std::string& why) { esp.complain(place, "mode", "transport " + why); };
    const auto says_any = [](const Section& end) {
        const std::optional<Scalar> address = end.scalar("address");
        return address && address->text == "any";
    };
    if (says_any(tunnel.section("remote", kEndKeys)))
        refuse("is between two known addresses, and remote.address is any; write it, or write mode: tunnel");
    if (!tunnel.section("local", kEndKeys).has("address"))
        refuse("is between two known addresses; write local.address, too");
    if (options.force_encap) refuse("does not go through UDP; leave encap: always out, or write mode: tunnel");
}

}  // namespace

void read_ike(const Section& tunnel, ike::TunnelOptions& into) {
    const Section section = tunnel.section("ike", kIkeKeys);
    into.ike_proposals = read_proposals<ike::IkeProposal>(section, parse_usable_ike, kIkeDefault);
    read_lifetime(section, minutes(9), into.ike_lifetime, into.ike_rekey_margin);
    section.read("reauthentication", into.reauthentication, parse_reauthentication);
    section.read("childless", into.childless, one_of(kChildless));
    section.read("redirect", into.follow_redirects, one_of(kRedirects));
    section.read("mobike", into.mobike, parse_switch);
}

void read_esp(const Section& tunnel, bool allow_insecure, gateway::TunnelOptions& gateway) {
    ike::TunnelOptions& into = gateway.ike;
    const Section section = tunnel.section("esp", kEspKeys);
    into.esp_proposals = read_proposals<ike::EspProposal>(
        section, [=](std::string_view text) { return ike::parse_esp_proposal(text, allow_insecure); }, kEspDefault);
    read_pfs(section, into.esp_proposals);
    section.read("verify_pfs", into.verify_pfs, parse_switch);
    read_lifetime(section, minutes(3), into.esp_lifetime, into.esp_rekey_margin);
    section.read("lifetime_bytes", into.esp_lifetime_bytes,
                 [](std::string_view text) { return parse_size(text, kLeastBytes, kMostBytes); });
    section.read("lifetime_packets", into.esp_lifetime_packets,
                 [](std::string_view text) { return parse_count(text, kLeastPackets, kMostPackets); });
    section.read("tfc", gateway.tfc_to_mtu, one_of(kTfc));
    const std::optional<Place> mode_place = section.read("mode", into.mode, one_of(kModes));
    if (mode_place && into.mode == dataplane::Mode::kTransport) check_transport(section, *mode_place, tunnel, into);
    const std::optional<Place> window_place = section.read("replay_window", into.replay_window, parse_replay_window);
    section.read("esn", into.esn, parse_switch);
    // RFC 4303 3.3.3: without anti-replay ESN should not be negotiated; the window yields the high-order bits.
    if (window_place && into.replay_window == 0 && into.esn && section.extent() == Extent::kWhole) {
        section.complain(*window_place, "replay_window",
                         "extended sequence numbers need a window; write esn: no as well");
    }
}

void read_dpd(const Section& tunnel, ike::TunnelOptions& into) {
    const Section section = tunnel.section("dpd", kDpdKeys);
    section.read("delay", into.dpd.delay, between(seconds(0), hours(24)));
    section.read("timeout", into.dpd.timeout, between(seconds(1), hours(24)));
    section.read("action", into.dpd.action, one_of(kActions));
}

}  // namespace esplane::config
