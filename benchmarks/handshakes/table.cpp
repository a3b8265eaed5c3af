#include "benchmarks/handshakes/table.h"

#include <fmt/format.h>

namespace esplane::bench {

std::string handshakes_heading(const Machine& machine, int cpu) {
    return fmt::format(
        "{}, {}, {}, cpu {}\n"
        "IKE_SA with CHILD_SA as responder, pre-shared key, aes256gcm16-prfsha256-ecp256: CPU time of the engine's\n"
        "calls, without sockets and data plane. `public key` is generating a key and deriving the secret alone, in\n"
        "turn with the set-ups; octets are on the heap of the control side.\n",
        machine.cpu_model, machine.kernel, machine.compiler, cpu);
}

std::string set_ups_heading() {
    return fmt::format("\n{:>9}  {:>7}  {:>9}  {:>7}  {:>13}  {:>5}  {:>8}  {:>13}  {:>15}\n", "already up", "set-ups",
                       "median us", "mean us", "public key us", "ratio", "a second", "octets an SA", "octets a tunnel");
}

std::string line(const SetUpCost& cost) {
    return fmt::format("{:>10}  {:>7}  {:>9.1f}  {:>7.1f}  {:>13.1f}  {:>5.2f}  {:>8.0f}  {:>13.0f}  {:>15.0f}\n",
                       cost.established, cost.set_ups, cost.median_us, cost.mean_us, cost.public_key_us, cost.ratio(),
                       cost.per_second(), cost.octets_each, cost.octets_tunnel);
}

std::string line(const ColdStart& start) {
    return fmt::format(
        "\nCold start of {} tunnels: {:.2f} s by the responder's CPU, {:.2f} s with all peers on the same; {} asked "
        "for\n"
        "a cookie, {} dropped above the limit of half-open SAs\n",
        start.tunnels, start.seconds, start.wall_seconds, start.cookies_asked, start.dropped);
}

std::string line(const Flood& flood) {
    return fmt::format(
        "\nFlood of {} spoofed IKE_SA_INIT a second for {} s: {:.2f} us each ({:.0f} % of a cpu), heap grown by {:.0f} "
        "KiB;\n{} of {} honest set-ups succeeded, and {} of {} rekeys of tunnels that were up\n",
        flood.rate, flood.seconds, flood.spoofed_us, flood.cpu_share() * 100, flood.memory_octets / 1024,
        flood.honest_up, flood.honest, flood.rekeys_done, flood.rekeys);
}

}  // namespace esplane::bench
