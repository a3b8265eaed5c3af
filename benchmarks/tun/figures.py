"""The figures that measures yield: how each is called, and in which unit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    label: str
    unit: str


FIGURES = {
    figure.name: figure
    for figure in (
        Figure("tcp", "one TCP flow", "Mbit/s"),
        Figure("tcp8", "eight TCP flows", "Mbit/s"),
        Figure("tcp_reverse", "one TCP flow, reverse", "Mbit/s"),
        Figure("udp1300", "UDP 1,300 B, loss < 1 %", "Mbit/s"),
        Figure("udp64", "UDP 64 B, loss < 1 %", "Mbit/s"),
        Figure("rtt_p50", "round trip, idle link, median", "us"),
        Figure("rtt_p99", "round trip, idle link, 99 %", "us"),
        Figure("rtt_load_p50", "round trip under load, median", "us"),
        Figure("rtt_load_p99", "round trip under load, 99 %", "us"),
        Figure("cpu_gateways", "CPU of both gateways", "s/GB"),
        Figure("cpu_machine", "CPU of the machine", "s/GB"),
        Figure("idle_cpu", "CPU of one idle gateway", "% of a core"),
    )
}
