"""Runs `esplane-probe`, which sends, counts and times packets, in a host's namespace."""

import itertools
import json
from pathlib import Path

from esplane import BINARY
from lab import LabError

from .search import Trial

PROBE = Path(BINARY).parents[1] / "benchmarks" / "esplane-probe"
DRAIN_SECONDS = 10  # the sink waits for silence, but not longer than half of that
_runs = itertools.count(1)


def missing():
    """Why nothing can be measured, or None."""
    return None if PROBE.exists() else f"has no {PROBE}: run scripts/build bench-tun"


def udp_trial(lab, network, size, rate, seconds):
    """Datagrams of `size` octets from host-a to host-b at `rate` a second, counted at both ends."""
    run = ["--run", next(_runs)]
    sink = lab.start(network.b.host, [PROBE, "sink", network.b.host_address, *run])
    sink.wait_for_line("^ready$", 5)
    options = [*run, "--size", size, "--rate", rate, "--seconds", seconds]
    try:
        sent = _told(network.a.host.run(PROBE, "send", network.b.host_address, *options, timeout=seconds + 20).stdout)
    finally:
        sink.stop(DRAIN_SECONDS)
    received = _told(sink.log())
    return Trial(rate, sent["sent"], received["received"], max(sent["seconds"], received["seconds"]))


def round_trips(network, count, interval):
    """Microseconds of each echo between the hosts that came back, and how many did not."""
    options = ["--count", count, "--interval", interval]
    told = _told(network.a.host.run(PROBE, "ping", network.b.host_address, *options, timeout=count * 2 + 10).stdout)
    return told["microseconds"], told["sent"] - len(told["microseconds"])


def _told(output):
    lines = output.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        raise LabError(f"esplane-probe told nothing: {output.strip()}")
    return json.loads(lines[-1])
