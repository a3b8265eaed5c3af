#include "dataplane/dpdk/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "dataplane/dpdk/heard_log.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;

/// Of all sizes together, in octets, that nobody uses.
std::size_t free_hugepage_bytes() {
    std::size_t free = 0;
    std::error_code error;
    for (const auto& size : std::filesystem::directory_iterator("/sys/kernel/mm/hugepages", error)) {
        const std::string name = size.path().filename();  // hugepages-2048kB
        const std::size_t kilobytes = std::strtoull(name.c_str() + name.find('-') + 1, nullptr, 10);
        std::size_t pages = 0;
        std::ifstream(size.path() / "free_hugepages") >> pages;
        free += pages * kilobytes * 1024;
    }
    return free;
}

/// The first lcore on every cpu that this thread may use: DPDK would pin it to one otherwise.
std::string lcores() {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    sched_getaffinity(0, sizeof cpus, &cpus);
    std::string list;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &cpus)) list += (list.empty() ? "" : ",") + std::to_string(cpu);
    }
    return "--lcores=0@(" + list + ")";
}

bool is_pci(const PortOptions& port) {
    return std::isxdigit(static_cast<unsigned char>(port.device[0])) != 0;
}

std::vector<std::string> arguments(const DpdkOptions& options, std::size_t memory_bytes, bool hugepages) {
    std::vector<std::string> all{"esplane", "--no-telemetry", "--log-level=*:warning", lcores()};
    const std::string mebibytes = std::to_string(memory_bytes / kMebibyte + 1);
    if (hugepages) {
        all.emplace_back("--in-memory");
    } else {
        all.insert(all.end(), {"--no-huge", "--no-shconf", "-m", mebibytes, "--iova-mode=va"});
    }
    if (std::none_of(options.ports.begin(), options.ports.end(), is_pci)) all.emplace_back("--no-pci");
    all.insert(all.end(), options.eal.begin(), options.eal.end());
    return all;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

Result<std::unique_ptr<Eal>, std::string> Eal::start(const DpdkOptions& options, std::size_t memory_bytes) {
    const bool hugepages = free_hugepage_bytes() >= memory_bytes;
    std::vector<std::string> words = arguments(options, memory_bytes, hugepages);
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    const HeardLog log;
    if (rte_eal_init(static_cast<int>(pointers.size()), pointers.data()) < 0) {
        return Failure{"DPDK does not start: " + log.text() + " (" + rte_strerror(rte_errno) +
                       "). Its arguments were `" + joined(words) + "`; those from dpdk.eal may be wrong"};
    }
    if (hugepages) return std::unique_ptr<Eal>(new Eal({}));
    return std::unique_ptr<Eal>(new Eal(
        "DPDK runs without hugepages, of which " + std::to_string(memory_bytes / kMebibyte + 1) +
        " MiB would have to be free: NICs that need physical memory do not work, and every packet costs more misses of "
        "the TLB. `sysctl vm.nr_hugepages=" +
        std::to_string(memory_bytes / kMebibyte / 2 + 1) + "` before the start reserves them"));
}

Eal::~Eal() {
    rte_eal_cleanup();
}

}  // namespace esplane::dataplane
