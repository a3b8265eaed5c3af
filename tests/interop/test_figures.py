"""The figures to reach. The summary prints them; with ESPLANE_FIGURES=PATH they are written there as JSON."""

import statistics
import time

from lab import Lab
from scenario import esplane_at, strongswan_at
from topology import Topology
from traffic import iperf

ROUNDS = 3
SECONDS = 3


def test_starts_and_establishes_quickly(lab, figures):
    """Medians of five starts. `up` returns once the tunnel is established, so its own start is part of the time."""
    net = Topology(lab)
    esplane_at(lab, net.b, net.a)
    ours = esplane_at(lab, net.a, net.b, start="auto")
    ready, established = [], []
    for _ in range(5):
        ours.stop()
        ours.start(wait=False)
        at = ours.wait_ready()
        ours.up()
        established.append((time.monotonic() - at) * 1000)
        ready.append((at - ours.process.started_at) * 1000)
    figures["run to ready, ms"] = round(statistics.median(ready), 1)
    figures["ready to established, ms"] = round(statistics.median(established), 1)
    assert figures["run to ready, ms"] < 300
    assert figures["ready to established, ms"] < 100


def test_idle_gateway_is_small(lab, figures):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a)
    ours = esplane_at(lab, net.a, net.b)
    ours.up()
    resident = ours.process.resident_bytes() / (1 << 20)
    figures["resident, MiB"] = round(resident, 1)
    assert resident < 64


def throughput(start, begin, **both):
    """One fresh pair of gateways at a time: an idle one must not take CPU from the other's measurement."""
    with Lab() as lab:
        net = Topology(lab)
        start(lab, net.b, net.a, **both)
        begin(start(lab, net.a, net.b, **both))
        return iperf(lab, net.a, net.b, net.b.host_address, SECONDS) / 1e6


def test_faster_than_strongswan_in_user_space(figures):
    rates = {"strongSwan kernel-libipsec": [], "esplane, raw ESP": [], "esplane, ESP in UDP": []}
    for _ in range(ROUNDS):
        for name, samples in rates.items():
            if name.startswith("strongSwan"):
                samples.append(throughput(strongswan_at, lambda gateway: gateway.initiate()))
            else:
                encap = "always" if name.endswith("UDP") else "auto"
                samples.append(throughput(esplane_at, lambda gateway: gateway.up(), encap=encap))
    medians = {name: statistics.median(samples) for name, samples in rates.items()}
    for name, median in medians.items():
        figures[f"{name}, Mbit/s"] = round(median)
    theirs = medians.pop("strongSwan kernel-libipsec")
    for name, median in medians.items():
        figures[f"{name}, ratio"] = round(median / theirs, 2)
        assert median / theirs >= 2, rates
