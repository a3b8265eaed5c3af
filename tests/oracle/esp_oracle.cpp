// Takes packets through the gateway's ESP, so that other people's implementations can judge what comes out:
//
//   esp_oracle seal ... PLAIN.pcap OUTER.pcap
//   esp_oracle open ... OUTER.pcap PLAIN.pcap
//   esp_oracle suites
//
// A line on standard output for each packet that went nowhere: its number in the input, from 0, and the drop reason.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "crypto/esp_key.h"
#include "tests/oracle/pcap.h"
#include "tests/oracle/stages.h"

namespace esplane::oracle {
namespace {

struct Arguments {
    std::string suite, key, local, remote, in, out;
    std::uint32_t spi = 0;
    bool udp = false;
    SaOptions sa;
};

IpAddress address(const std::string& text) {
    const auto parsed = IpAddress::parse(text);
    if (!parsed) throw std::runtime_error("not an address: " + text);
    return *parsed;
}

SaOptions sa_options(Arguments& arguments) {
    SaOptions sa = std::move(arguments.sa);
    const auto suite = find_suite(arguments.suite);
    if (!suite) throw std::runtime_error("no such suite: " + arguments.suite);
    sa.suite = *suite;
    sa.key = crypto::Secret(from_hex(arguments.key));
    const std::size_t length = crypto::EspKey::material_length(suite->encr, suite->integ);
    if (sa.key.size() != length) throw std::runtime_error("the key must have " + std::to_string(length) + " octets");
    sa.spi = dataplane::Spi{arguments.spi};
    sa.encapsulation = arguments.udp ? dataplane::Encapsulation::kUdp : dataplane::Encapsulation::kNone;
    const std::uint16_t port = arguments.udp ? 4500 : 0;
    sa.path = {{address(arguments.local), port}, {address(arguments.remote), port}};
    return sa;
}

void add_sa(CLI::App& command, Arguments& arguments) {
    command.add_option("--suite", arguments.suite, "As in a proposal: see `suites`")->required();
    command.add_option("--key", arguments.key, "Hexadecimal: cipher key, salt, integrity key")->required();
    command.add_option("--spi", arguments.spi)->required();
    command.add_flag("--esn", arguments.sa.esn, "Extended sequence numbers");
    command.add_option("--first", arguments.sa.first, "The sequence number that is next")->check(CLI::PositiveNumber);
    command.add_option("--selector", arguments.sa.selectors, "What the SA may carry, on both sides: prefixes");
    command.add_option("--batch", arguments.sa.batch, "Packets that go through the stages together")
        ->check(CLI::Range(std::size_t{1}, dataplane::kBurst));
    command.add_option("IN", arguments.in)->required();
    command.add_option("OUT", arguments.out)->required();
}

void add_path(CLI::App& command, Arguments& arguments) {
    command.add_option("--local", arguments.local, "Outer source")->required();
    command.add_option("--remote", arguments.remote, "Outer destination")->required();
    command.add_flag("--udp", arguments.udp, "ESP in UDP, port 4500 on both sides");
}

void list_suites() {
    for (const Suite& suite : suites())
        std::cout << suite.name() << ' ' << crypto::EspKey::material_length(suite.encr, suite.integ) << '\n';
}

int main(int argc, char** argv) {
    Arguments arguments;
    arguments.local = arguments.remote = "0.0.0.0";
    arguments.sa.selectors = {"0.0.0.0/0", "::/0"};
    CLI::App app("Takes packets through esplane's ESP, for others to judge");
    app.require_subcommand(1);
    CLI::App& seal = *app.add_subcommand("seal", "Plain packets to outer packets");
    CLI::App& open = *app.add_subcommand("open", "Outer packets to plain packets");
    CLI::App& list = *app.add_subcommand("suites", "Every suite with the octets of its key material");
    add_sa(seal, arguments);
    add_path(seal, arguments);
    add_sa(open, arguments);
    CLI11_PARSE(app, argc, argv);
    if (list) {
        list_suites();
        return 0;
    }
    const auto packets = read_pcap(arguments.in);
    const Outcome outcome = seal ? seal_all(sa_options(arguments), packets) : open_all(sa_options(arguments), packets);
    write_pcap(arguments.out, outcome.packets);
    for (const auto& [index, reason] : outcome.refused)
        std::cout << index << ' ' << reason << '\n';
    return 0;
}

}  // namespace
}  // namespace esplane::oracle

int main(int argc, char** argv) {
    try {
        return esplane::oracle::main(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "esp_oracle: " << error.what() << '\n';
        return 1;
    }
}
