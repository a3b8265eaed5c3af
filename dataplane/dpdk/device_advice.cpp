#include "dataplane/dpdk/device_advice.h"

#include <net/if.h>
#include <rte_devargs.h>

#include <cstdlib>
#include <filesystem>

namespace esplane::dataplane {
namespace {

/// What stands behind `key` among the arguments of a virtual device; empty when it is not there.
std::string argument(const std::string& device, const std::string& key) {
    const std::size_t at = device.find(',' + key + '=');
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 2;
    return device.substr(begin, device.find(',', begin) - begin);
}

/// Whether any driver that is loaded has devices of this name.
bool has_driver(const std::string& device) {
    rte_devargs parsed{};
    const bool known = rte_devargs_parse(&parsed, device.c_str()) == 0;
    std::free(parsed.data);
    return known;
}

std::string advice_on_virtual(const std::string& device) {
    const std::string name = device.substr(0, device.find(','));
    const std::string driver = name.substr(0, name.find_last_not_of("0123456789") + 1);
    if (!has_driver(device)) {
        return "there is no driver " + driver + ". Write the name of one, as net_af_packet0; or install it (librte_" +
               driver + ".so), or load it from elsewhere by dpdk.eal: [\"-d\", \"/PATH/librte_" + driver + ".so\"]";
    }
    const std::string interface = argument(device, "iface");
    if (driver == "net_af_packet" && if_nametoindex(interface.c_str()) == 0) {
        return "there is no interface '" + interface +
               "' in this network namespace. Write one of those that `ip link` lists as iface=";
    }
    return "the driver " + driver +
           " does not take it. Look at its arguments: whether it knows them, and whether what "
           "they name exists";
}

std::string advice_on_pci(const std::string& address) {
    const std::filesystem::path entry = "/sys/bus/pci/devices/" + address;
    std::error_code error;
    if (!std::filesystem::exists(entry, error))
        return "this host has no PCI device there. `dpdk-devbind.py --status` lists those it has";
    const std::string driver = std::filesystem::read_symlink(entry / "driver", error).filename();
    if (driver == "vfio-pci") {
        return "no driver of DPDK takes it. It is bound to vfio-pci, as it must be: look whether DPDK has a driver for "
               "it, "
               "and whether its IOMMU group (/dev/vfio) is ours alone";
    }
    const std::string bound = driver.empty() ? "no driver of the kernel's" : "the kernel's driver " + driver;
    return "it is bound to " + bound + ", and not to vfio-pci. `dpdk-devbind.py --bind=vfio-pci " + address +
           "` gives it to DPDK, and takes it from the kernel";
}

}  // namespace

std::string advice_on(const std::string& device) {
    return device.starts_with("net_") ? advice_on_virtual(device) : advice_on_pci(device);
}

}  // namespace esplane::dataplane
