#include "dataplane/dpdk/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/dpdk/heard_log.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;
constexpr const char* kNoHuge = "--no-huge";

std::size_t mebibytes(std::size_t bytes) {
    return bytes / kMebibyte + 1;
}

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

bool says(const DpdkOptions& options, std::string_view option) {
    return std::any_of(options.eal.begin(), options.eal.end(),
                       [&](const std::string& argument) { return argument.starts_with(option); });
}

/// The operator's word goes before ours.
std::vector<std::string> arguments(const DpdkOptions& options, std::size_t memory_bytes, bool hugepages) {
    std::vector<std::string> all{"esplane", "--no-telemetry", "--log-level=*:warning", lcores()};
    if (hugepages) {
        all.emplace_back("--in-memory");
    } else {
        all.emplace_back("--no-shconf");
        if (!says(options, kNoHuge)) all.emplace_back(kNoHuge);
        if (!says(options, "-m") && !says(options, "--socket-mem"))
            all.insert(all.end(), {"-m", std::to_string(mebibytes(memory_bytes))});
        if (!says(options, "--iova-mode")) all.emplace_back("--iova-mode=va");
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

std::string failure_text(const DpdkOptions& options, const std::string& heard, const std::string& error,
                         const std::vector<std::string>& words) {
    const std::string reason = "DPDK does not start: " + (heard.empty() ? error : heard);
    if (options.eal.empty()) return reason + ". Its arguments were `" + joined(words) + "`";
    return options.eal_at.prefix() + reason + ". Of its arguments, `" + joined(options.eal) +
           "` are from dpdk.eal: look at those first. All of them were `" + joined(words) + "`";
}

constexpr const char* kHugepagesFailed =
    ". Enough hugepages were free, but may be on another NUMA node, or withheld by a cgroup: dpdk: {eal: [--no-huge]} "
    "does without";

std::string without_hugepages(std::size_t wanted_bytes, std::size_t free_bytes) {
    return "DPDK runs without hugepages, of which " + std::to_string(mebibytes(wanted_bytes)) +
           " MiB would have to be free, and " + std::to_string(free_bytes / kMebibyte) +
           " MiB are: NICs that need physical memory do not work, and every packet costs more misses of the TLB. "
           "`sysctl vm.nr_hugepages=" +
           std::to_string(mebibytes(wanted_bytes) / 2 + 1) + "` before the start reserves them";
}

}  // namespace

Result<std::unique_ptr<Eal>, std::string> Eal::start(const DpdkOptions& options, std::size_t memory_bytes) {
    const std::size_t free = says(options, kNoHuge) ? 0 : free_hugepage_bytes();
    const bool hugepages = free >= memory_bytes;
    std::vector<std::string> words = arguments(options, memory_bytes, hugepages);
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    const HeardLog log;
    if (rte_eal_init(static_cast<int>(pointers.size()), pointers.data()) < 0)
        return Failure{failure_text(options, log.text(), rte_strerror(rte_errno), words) +
                       (hugepages ? kHugepagesFailed : "")};
    if (hugepages || says(options, kNoHuge)) return std::unique_ptr<Eal>(new Eal({}));
    return std::unique_ptr<Eal>(new Eal(without_hugepages(memory_bytes, free)));
}

Eal::~Eal() {
    rte_eal_cleanup();
}

}  // namespace esplane::dataplane
