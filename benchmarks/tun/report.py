"""The results as JSON."""

from dataclasses import asdict

from .contenders import CONTENDERS
from .figures import FIGURES
from .tcp import WARM_UP_SECONDS
from .wanted import verdicts

METHOD = (
    "Namespaces host-a - gw-a - gw-b - host-b joined by veth pairs, MTU 1500. Rounds with every contender in turn, "
    "each with fresh gateways. AES-256-GCM for esplane and strongSwan, wireguard-go with MTU 1420. TCP by iperf3; UDP "
    "by esplane-probe, payload octets a datagram, highest rate with less than 1 % lost; round trips of ICMP echoes one "
    "after the other. cpu_gateways is of the gateways' processes, cpu_machine of all cores, whoever used them, hosts "
    "and iperf3 included. Comparisons are made round by round; their median counts."
)


def as_json(results, machine, rounds, effort, changes):
    contenders = {
        name: {
            "label": CONTENDERS[name].label,
            "figures": {
                figure: {"unit": FIGURES[figure].unit, "median": results.median(name, figure), "samples": taken}
                for figure, taken in samples.items()
            },
            "details": results.details[name],
        }
        for name, samples in results.samples.items()
    }
    return {
        "machine": machine,
        "method": {
            "text": METHOD,
            "rounds": rounds,
            "tcp_warm_up_seconds": WARM_UP_SECONDS,
            **asdict(effort),
            "esplane": asdict(changes),
        },
        "contenders": contenders,
        "targets": verdicts(results),
        "failures": results.failures,
    }
