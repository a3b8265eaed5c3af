"""What is measured. Each measure yields figures by name, and details that only the JSON has."""

import statistics
import time
from dataclasses import dataclass, field

from lab import Lab, LabError

from . import ledger
from .contenders import Gateways
from .cpu import usage
from .network import Network
from .probe import round_trips, udp_trial
from .search import highest_rate
from .tcp import WARM_UP_SECONDS, Tcp

SETTLE_SECONDS = 0.3
ECHO_INTERVAL = 0.002
LONGEST_LOAD = 60


@dataclass(frozen=True)
class Effort:
    """How long each measurement takes."""

    seconds: int = 5  # of TCP
    udp_seconds: float = 1.0  # of each rate that is tried
    udp_steps: int = 8
    echoes: int = 500
    idle_seconds: float = 5.0


@dataclass
class Bench:
    lab: Lab
    network: Network
    gateways: Gateways
    effort: Effort


@dataclass
class Taken:
    figures: dict
    details: dict = field(default_factory=dict)


def warm_up(bench):
    """Traffic both ways, so that no measurement sees a gateway touch its buffers for the first time."""
    Tcp(bench.lab, bench.network, 1, "--bidir").finish()


def idle(bench):
    """Nothing but the tunnel: what the busier of the gateways' processes takes of a core."""
    time.sleep(SETTLE_SECONDS)
    before, start = usage(bench.gateways.processes), time.monotonic()
    time.sleep(bench.effort.idle_seconds)
    used = usage(bench.gateways.processes) - before
    busiest = max(used.processes, default=0.0)
    return Taken({"idle_cpu": busiest / (time.monotonic() - start) * 100}, {"cpu_seconds": used.processes})


def latency(bench):
    return _latency(bench, "rtt")


def latency_under_load(bench):
    load = Tcp(bench.lab, bench.network, LONGEST_LOAD)
    try:
        time.sleep(WARM_UP_SECONDS)
        return _latency(bench, "rtt_load")
    finally:
        load.abandon()


def _latency(bench, name):
    times, lost = round_trips(bench.network, bench.effort.echoes, ECHO_INTERVAL)
    if len(times) < 2:
        raise LabError(f"{lost} of {lost + len(times)} echoes were lost")
    percentiles = statistics.quantiles(times, n=100, method="inclusive")
    return Taken({f"{name}_p50": percentiles[49], f"{name}_p99": percentiles[98]}, {"echoes": len(times), "lost": lost})


def tcp(name, *options, cpu=False):
    def measure(bench):
        with _Watched(bench.gateways) as watched:
            transfer = Tcp(bench.lab, bench.network, bench.effort.seconds, *options).finish()
        figures = {name: transfer.bits_per_second / 1e6}
        if cpu:
            figures["cpu_gateways"] = sum(watched.used.processes) / transfer.gigabytes
            figures["cpu_machine"] = watched.used.machine / transfer.gigabytes
        return Taken(figures, {"retransmits": transfer.retransmits, **watched.details})

    return measure


class _Watched:
    """CPU time, and esplane's books, over what happens in a `with`."""

    def __init__(self, gateways):
        self._gateways = gateways
        self.details = {}

    def _books(self):
        return [ledger.books(gateway) for gateway in self._gateways.esplanes or ()]

    def __enter__(self):
        self._books_before = self._books()
        self._before = usage(self._gateways.processes)
        return self

    def __exit__(self, *failure):
        self.used = usage(self._gateways.processes) - self._before
        if self._books_before and not any(failure):
            time.sleep(SETTLE_SECONDS)
            self.details["books"] = ledger.compare(*zip(self._books_before, self._books()))


def udp(name, size):
    def measure(bench):
        effort = bench.effort
        found = highest_rate(
            lambda rate: udp_trial(bench.lab, bench.network, size, rate, effort.udp_seconds), effort.udp_steps
        )
        rate = found.best.delivered if found.best else 0.0
        details = {
            "generator_bound": found.generator_bound,
            "packets_per_second": round(rate),
            "trials": [trial.as_dict() for trial in found.trials],
        }
        return Taken({name: rate * size * 8 / 1e6}, details)

    return measure


MEASURES = {
    "idle": idle,
    "latency": latency,
    "latency-load": latency_under_load,
    "tcp": tcp("tcp", cpu=True),
    "tcp-reverse": tcp("tcp_reverse", "--reverse"),
    "tcp8": tcp("tcp8", "--parallel", 8),
    "udp1300": udp("udp1300", 1300),
    "udp64": udp("udp64", 64),
}
