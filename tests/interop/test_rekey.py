"""CHILD and IKE rekeys under load, begun by either side: every packet arrives, and arrives once."""

import pytest

from lab import Lab, wait_until
from scenario import esplane_at, strongswan_at
from topology import Topology
from traffic import EchoFlow, EchoServer

RATE = 1000
REKEYS = 100
BEFORE, AFTER = 300, 500  # packets of each flow before the rekey and after it


class Pair:
    """Two established gateways and an echo server behind each. esplane is at site a."""

    def __init__(self, lab, start_peer):
        self.net = Topology(lab)
        self.peer = start_peer(lab, self.net.b, self.net.a)
        self.ours = esplane_at(lab, self.net.a, self.net.b)
        self.ours.up()
        self.servers = {}
        for site in (self.net.a, self.net.b):
            self.servers[site.name] = EchoServer(site.host, site.host_address)
            lab.defer(self.servers[site.name].close)

    def flow(self, source, destination):
        server = self.servers[destination.name]
        return EchoFlow(source.host, source.host_address, server, destination.host_address, RATE)

    def under_load(self, action):
        """Runs `action` amid a flow from each side; returns what became of both flows."""
        flows = [self.flow(self.net.a, self.net.b), self.flow(self.net.b, self.net.a)]
        for flow in flows:
            flow.wait_for_sent(BEFORE)
        action()
        for flow in flows:
            flow.wait_for_sent(AFTER)
        return [flow.finish() for flow in flows]


@pytest.fixture(scope="module", params=[strongswan_at, esplane_at], ids=["strongswan", "esplane"])
def pair(request):
    with Lab() as lab:
        yield Pair(lab, request.param)


def spis(gateway):
    return {child["spi_in"] for child in gateway.tunnel()["children"]}


@pytest.mark.parametrize("who", ["ours", "peer"])
def test_child_rekey(pair, who):
    before = spis(pair.ours)

    def rekey():
        getattr(pair, who).rekey()
        wait_until(lambda: spis(pair.ours) - before, 5, "a new CHILD_SA")

    tallies = pair.under_load(rekey)
    assert all(tally.flawless for tally in tallies), tallies
    wait_until(lambda: not spis(pair.ours) & before, 15, "the old CHILD_SA to go")


@pytest.mark.parametrize("who", ["ours", "peer"])
def test_ike_rekey(pair, who):
    def identity():
        ike = pair.ours.tunnel()["ike"]
        return ike and (ike["spi_i"], ike["spi_r"])

    before, children = identity(), spis(pair.ours)

    def rekey():
        getattr(pair, who).rekey(ike=True)
        wait_until(lambda: identity() not in (None, before), 5, "a new IKE SA")

    tallies = pair.under_load(rekey)
    assert all(tally.flawless for tally in tallies), tallies
    # RFC 7296, section 2.18: the new IKE SA inherits the CHILD_SAs.
    assert spis(pair.ours) & children
    # And it works: an exchange on it changes the CHILD_SA.
    pair.ours.rekey()
    wait_until(lambda: spis(pair.ours) - children, 5, "a new CHILD_SA under the new IKE SA")


def test_both_rekey_at_once(pair):
    """RFC 7296, section 2.8.1: simultaneous rekeys leave one CHILD_SA, and lose nothing on the way to it."""
    before = spis(pair.ours)

    def rekey():
        pair.peer.rekey()
        pair.ours.rekey()
        wait_until(lambda: spis(pair.ours) - before, 5, "a new CHILD_SA")

    tallies = pair.under_load(rekey)
    assert all(tally.flawless for tally in tallies), tallies
    wait_until(lambda: len(spis(pair.ours)) == 1, 15, "a single CHILD_SA")


@pytest.mark.parametrize("ike", [False, True], ids=["child", "ike"])
@pytest.mark.parametrize("who", ["ours", "peer"])
@pytest.mark.parametrize("pair", [strongswan_at], ids=["strongswan"], indirect=True)
def test_a_hundred_rekeys_under_load(pair, who, ike):
    """One after the other as fast as they come, with traffic in both directions all the time: no packet is lost."""

    def names():
        return pair.ours.tunnel()["ike"]["spi_i"] if ike else spis(pair.ours)

    def rekey():
        for number in range(REKEYS):
            before = names()
            getattr(pair, who).rekey(ike=ike)
            wait_until(lambda before=before: renewed(before, names()), 5, f"rekey {number}")

    def renewed(before, now):
        return now != before if ike else bool(now - before)

    tallies = pair.under_load(rekey)
    assert all(tally.flawless for tally in tallies), tallies
