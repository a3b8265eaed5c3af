// What the subcommands that send packets have in common on the command line: two ports, and what is sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/ethdev/stations.h"
#include "benchmarks/generate/traffic.h"

namespace CLI {
class App;
}

namespace esplane::bench::ethdev {

struct Arguments {
    std::string send;
    std::string receive;
    std::vector<std::string> send_addresses;
    std::vector<std::string> receive_addresses;
    std::string via;
    std::string via_mac;
    std::uint32_t mtu = 1500;
    std::vector<std::string> eal;
    int cpu = 0;

    std::string from;  ///< empty: the first address of the port that sends
    std::string to;    ///< empty: the first address of the port that receives
    std::uint32_t from_count = 1;
    std::uint32_t to_count = 1;
    std::uint32_t to_step = 1;
    std::uint32_t flows = 1;
    std::string transport = "udp";
};

/// `arguments` outlives the parsing.
void add_arguments(CLI::App& command, Arguments& arguments);

/// These throw CLI::ValidationError that names the option.
StationsOptions stations_of(const Arguments& arguments);
generate::Traffic traffic_of(const Arguments& arguments, const std::string& size);

}  // namespace esplane::bench::ethdev
