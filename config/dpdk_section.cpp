#include "config/dpdk_section.h"

#include <algorithm>
#include <vector>

#include "config/dpdk_conflicts.h"
#include "config/dpdk_port.h"
#include "config/dpdk_values.h"
#include "config/written_at.h"

namespace esplane::config {
namespace {

constexpr Key kDpdkKeys[] = {{"eal"}, {"host_interface"}, {"ports"}};
constexpr std::size_t kMostPorts = 32;  // RTE_MAX_ETHPORTS, as DPDK is built unless told otherwise

void read_eal(const Section& dpdk, const std::string& file, dataplane::DpdkOptions& into) {
    const std::optional<List> list = dpdk.list("eal");
    if (!list) return;
    into.eal_at = written_at(file, list->place);
    bool after_option = false;
    for (const Scalar& value : list->values) {
        const Parsed<std::string> argument = parse_eal_argument(value.text);
        const bool is_option = value.text.starts_with('-');
        if (!argument) {
            dpdk.complain(value.place, "eal", argument.error());
        } else if (!is_option && !after_option) {
            dpdk.complain(value.place, "eal",
                          quoted(value.text) + " stands behind no option; write them as [\"-m\", \"512\"]");
        } else {
            into.eal.push_back(*argument);
        }
        after_option = is_option;
    }
}

void check_sides(const Section& dpdk, Place place, const std::vector<dataplane::PortOptions>& ports) {
    if (std::any_of(ports.begin(), ports.end(), on_cipher_side)) return;
    dpdk.complain(place, "ports", "none is on the cipher side, where the peers are; give one role: cipher or both");
}

void read_ports(const Section& dpdk, std::size_t workers, const std::string& file,
                std::vector<dataplane::PortOptions>& into, Problems& problems) {
    const std::size_t at_first = problems.count();
    if (!dpdk.has("ports")) dpdk.missing("ports", "list them, each with name, device and addresses");
    const YamlNode* list = dpdk.maps("ports");
    if (list == nullptr) return;
    if (list->items.empty() || list->items.size() > kMostPorts) {
        return dpdk.complain(list->place, "ports", "from 1 to " + std::to_string(kMostPorts) + " are possible");
    }
    std::vector<WrittenPort> sound;
    for (const NodePtr& item : list->items) {
        const std::size_t before = problems.count();
        WrittenPort port = read_port(dpdk.section_of("ports", *item, kPortKeys), workers);
        if (problems.count() != before) continue;  // what is wrong there may be what two seem to have in common
        port.options.device_at = written_at(file, port.device);
        into.push_back(port.options);
        sound.push_back(std::move(port));
    }
    check_port_conflicts(sound);
    if (problems.count() == at_first) check_sides(dpdk, list->place, into);
}

}  // namespace

void read_dpdk(const Section& root, std::optional<Backend> backend, const std::string& file, gateway::Options& into,
               Problems& problems) {
    if (!root.has("dpdk")) return;
    const Section dpdk = root.section("dpdk", kDpdkKeys);
    if (backend == Backend::kTun) {
        root.complain(dpdk.place(), "dpdk",
                      "gateway.dataplane is tun, which uses nothing of this; write gateway: {dataplane: dpdk}, or "
                      "leave it out");
    }
    dataplane::DpdkOptions options;
    read_eal(dpdk, file, options);
    dpdk.read("host_interface", options.host_interface, parse_interface_name);
    read_ports(dpdk, into.dataplane.cpus.size(), file, options.ports, problems);
    if (backend == Backend::kDpdk) into.dataplane.dpdk = std::move(options);
}

}  // namespace esplane::config
