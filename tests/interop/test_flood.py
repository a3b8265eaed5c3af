"""IKE_SA_INIT from everywhere: established tunnels and honest peers do not notice, and memory does not grow."""

import signal
import statistics
import sys
import time
from pathlib import Path

from esplane import Esplane
from lab import wait_until
from scenario import esplane_at, esplane_tunnel
from topology import Topology
from traffic import EchoFlow, EchoServer

PROGRAM = Path(__file__).with_name("flood_program.py")
SET_UPS = 20
RATE = 100_000  # a second


def test_a_flood_of_spoofed_requests(lab, figures):
    net = Topology(lab, sites=4)
    peer = esplane_at(lab, net.b, net.a)
    anybody = {"remote": {"address": "any", "id": "*.example.net", "subnets": ["10.200.0.0/24"]}}
    ours = Esplane(
        lab,
        net.a.gateway,
        {
            "to-b": esplane_tunnel(net.a, net.b),
            "to-c": esplane_tunnel(net.a, net.c),
            "anybody": esplane_tunnel(net.a, net.b, **anybody),
        },
    )
    honest = esplane_at(lab, net.c, net.a)
    peer.up()
    server = EchoServer(net.b.host, net.b.host_address)
    lab.defer(server.close)
    before = ours.process.resident_bytes()
    flow = EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address, 500)
    flood = lab.start(net.sites[3].gateway, [sys.executable, PROGRAM, net.a.address, RATE])
    wait_until(lambda: ours.status()["ike"]["refused"].get("cookie_asked", 0) > 1000, 5, "the flood to arrive")
    took = []
    for _ in range(SET_UPS):
        begun = time.monotonic()
        honest.up(timeout=30)  # its first request may have to be repeated
        took.append(time.monotonic() - begun)
        honest.down()
    flood.signal(signal.SIGTERM)
    _, line = flood.wait_for_line("requests a second", 5)
    tally = flow.finish()
    grown = (ours.process.resident_bytes() - before) / (1 << 20)
    figures["flood of IKE_SA_INIT, requests a second"] = int(line.split()[0])
    figures["set-up meanwhile, median, ms"] = round(1000 * statistics.median(took))
    figures["set-up meanwhile, longest, ms"] = round(1000 * max(took))
    figures["memory that it takes, MiB"] = round(grown, 1)
    assert grown < 32
    assert tally.flawless, tally
    peer.rekey()
