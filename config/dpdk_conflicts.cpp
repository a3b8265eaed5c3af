#include "config/dpdk_conflicts.h"

#include <map>
#include <string>

#include "config/dpdk_values.h"

namespace esplane::config {
namespace {

std::string written(const dataplane::PortAddress& address) {
    return quoted(address.address.to_string() + '/' + std::to_string(address.prefix_length));
}

bool share_a_side(const dataplane::PortOptions& a, const dataplane::PortOptions& b) {
    return (on_clear_side(a) && on_clear_side(b)) || (on_cipher_side(a) && on_cipher_side(b));
}

bool overlap(const Prefix& a, const Prefix& b) {
    return a.contains(b.address) || b.contains(a.address);
}

class Check {
  public:
    explicit Check(const std::vector<WrittenPort>& ports) : ports_(ports) {}

    void run() {
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            check_name(i);
            check_device(i);
            for (std::size_t j = 0; j < ports_[i].addresses.size(); ++j) {
                if (check_address(i, j)) check_link(i, j);
            }
        }
    }

  private:
    std::string name(std::size_t index) const {
        return "port " + quoted(ports_[index].options.name) + " (line " + std::to_string(ports_[index].name.line) + ")";
    }

    void check_name(std::size_t index) {
        const WrittenPort& port = ports_[index];
        const auto [first, is_new] = names_.emplace(port.options.name, index);
        if (is_new) return;
        port.section.complain(port.name, "name", name(first->second) + " has this name; give each its own");
    }

    void check_device(std::size_t index) {
        const WrittenPort& port = ports_[index];
        const std::string_view device = device_name(port.options.device);
        const auto [first, is_new] = devices_.emplace(device, index);
        if (is_new) return check_interface(index);
        const bool is_virtual = device.starts_with("net_");
        port.section.complain(port.device, "device",
                              quoted(device) + " is the device of " + name(first->second) +
                                  (is_virtual ? "; give each a name of its own, with another number at its end"
                                              : "; write each device once"));
    }

    /// Each of two devices on one interface would receive all that comes in there.
    void check_interface(std::size_t index) {
        const WrittenPort& port = ports_[index];
        const std::string_view interface = interface_of(port.options.device);
        if (interface.empty()) return;
        const auto [first, is_new] = interfaces_.emplace(interface, index);
        if (is_new) return;
        port.section.complain(
            port.device, "device",
            quoted(interface) + " is the interface of " + name(first->second) + "; give each port one of its own");
    }

    /// Whether no port has it yet.
    bool check_address(std::size_t index, std::size_t which) {
        const WrittenPort& port = ports_[index];
        const dataplane::PortAddress& address = port.options.addresses[which];
        const auto [first, is_new] = addresses_.emplace(address.address, index);
        if (is_new) return true;
        const std::string where = first->second == index ? "listed twice" : "an address of " + name(first->second);
        port.section.complain(port.addresses[which], "addresses",
                              written(address) + " is " + where + "; write each address once");
        return false;
    }

    /// A neighbour could be behind either of two ports with one link.
    void check_link(std::size_t index, std::size_t which) {
        const WrittenPort& port = ports_[index];
        const dataplane::PortAddress& address = port.options.addresses[which];
        for (std::size_t i = 0; i < index; ++i) {
            if (!share_a_side(port.options, ports_[i].options)) continue;
            for (const dataplane::PortAddress& other : ports_[i].options.addresses) {
                if (!overlap(link_of(address), link_of(other))) continue;
                return port.section.complain(port.addresses[which], "addresses",
                                             written(address) + " overlaps with " + written(other) + " of " + name(i) +
                                                 ", so that a host could be behind either; give them prefixes that are "
                                                 "apart, or the roles clear and cipher");
            }
        }
    }

    const std::vector<WrittenPort>& ports_;
    std::map<std::string_view, std::size_t> names_;
    std::map<std::string_view, std::size_t> devices_;
    std::map<std::string_view, std::size_t> interfaces_;
    std::map<IpAddress, std::size_t> addresses_;
};

}  // namespace

void check_port_conflicts(const std::vector<WrittenPort>& ports) {
    Check(ports).run();
}

}  // namespace esplane::config
