#include "config/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

#include "config/conflicts.h"
#include "config/document.h"
#include "config/dpdk_section.h"
#include "config/gateway_section.h"
#include "config/problems.h"
#include "config/section.h"
#include "config/text.h"
#include "config/tunnel.h"

namespace esplane::config {
namespace {

constexpr Key kRootKeys[] = {{"gateway"}, {"dpdk"}, {"defaults"}, {"tunnels"}};
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

void read_tunnels(const Entry& tunnels, const YamlNode* defaults, const Surroundings& around, gateway::Options& into,
                  Problems& problems) {
    std::vector<Place> places;
    std::map<std::string_view, int> lines;
    for (const Entry& tunnel : tunnels.value->entries) {
        if (problems.full()) return;
        const auto [first, is_new] = lines.emplace(tunnel.key, tunnel.key_place.line);
        if (!is_new) {
            problems.add(tunnel.key_place, "duplicate tunnel " + quoted(tunnel.key) + "; it is already at line " +
                                               std::to_string(first->second));
            continue;
        }
        const std::size_t before = problems.count();
        gateway::TunnelOptions options = read_tunnel(tunnel, defaults, around, problems);
        if (problems.count() != before) continue;  // half-read tunnels would look alike without being so
        into.tunnels.push_back(std::move(options));
        places.push_back(tunnel.key_place);
    }
    check_conflicts(into.tunnels, places, around.dpdk, problems);
}

void read_root(const YamlNode& document, const std::string& name, const std::string& directory, gateway::Options& into,
               Problems& problems) {
    const Section root(&document, nullptr, document.place, kRootKeys, problems);
    const std::optional<Backend> backend = read_gateway(root, name, into);
    const std::size_t before = problems.count();
    read_dpdk(root, backend, name, into, problems);
    const bool ports_known = into.dataplane.dpdk && problems.count() == before;
    const Surroundings around{directory, into.allow_insecure, ports_known ? &*into.dataplane.dpdk : nullptr};
    const Entry* defaults = root.map("defaults");
    if (defaults != nullptr) check_defaults(*defaults, around, problems);
    const Entry* tunnels = root.map("tunnels");
    if (tunnels != nullptr) {
        const YamlNode* beneath = defaults != nullptr ? defaults->value.get() : nullptr;
        read_tunnels(*tunnels, beneath, around, into, problems);
    } else if (!root.has("tunnels")) {
        root.missing("tunnels", "write 'tunnels: {}' if there are none");
    }
}

/// At most one octet more than a file may have, or why not.
Result<std::string, std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    char chunk[1U << 16];
    while (file && text.size() <= kLargestFile) {
        file.read(chunk, sizeof chunk);
        text.append(chunk, static_cast<std::size_t>(file.gcount()));
    }
    if (file.is_open() && !file.bad()) return text;
    return Failure{std::string("cannot read the file: ") + std::strerror(errno)};
}

}  // namespace

Result<gateway::Options, std::vector<Problem>> load_file(const std::string& path) {
    const Result<std::string, std::string> text = read_file(path);
    if (!text) return Failure{std::vector<Problem>{{path, 1, 1, text.error()}}};
    const std::size_t slash = path.rfind('/');
    return load_text(text.value(), path,
                     slash == std::string::npos ? "" : path.substr(0, std::max<std::size_t>(slash, 1)));
}

Result<gateway::Options, std::vector<Problem>> load_text(std::string_view yaml, const std::string& name,
                                                         const std::string& directory) {
    if (yaml.substr(0, kByteOrderMark.size()) == kByteOrderMark) yaml.remove_prefix(kByteOrderMark.size());
    Problems problems;
    gateway::Options options;
    if (const std::optional<Flaw> flaw = find_flaw(yaml)) {
        problems.add(flaw->place, flaw->message);
    } else if (const NodePtr document = parse_document(yaml, problems)) {
        read_root(*document, name, directory, options, problems);
    }
    if (!problems.empty()) return Failure{problems.in_order(name)};
    return options;
}

}  // namespace esplane::config
