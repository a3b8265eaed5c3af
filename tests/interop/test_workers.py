"""Several workers: every tunnel works, whichever worker has it and wherever its packets arrive."""

import os
import re

import pytest

from esplane import Esplane
from lab import wait_until
from scenario import dual_stack, esplane_tunnel, strongswan_at
from topology import Topology
from traffic import EchoFlow, EchoServer, iperf, ping

TWO = {"workers": 2}
RATE = 60  # packets a second of each flow


def spoke(lab, own, hub, **changes):
    """An esplane of two workers as well: the only tunnel is one's, and the other has packets to hand over."""
    return Esplane(lab, own.gateway, {"net": esplane_tunnel(own, hub, **changes)}, TWO)


def strongswan_spoke(lab, own, hub, encap=None):
    del encap  # it follows ours
    return strongswan_at(lab, own, hub)


def star(lab, start_spoke=spoke, gateway=None, **changes):
    """A hub at a with a tunnel to each of three others, named after them, all up. Returns network, hub and spokes."""
    net = Topology(lab, sites=4)
    spokes = {site.name: start_spoke(lab, site, net.a, **changes) for site in net.sites[1:]}
    tunnels = {site.name: esplane_tunnel(net.a, site, **changes) for site in net.sites[1:]}
    hub = Esplane(lab, net.a.gateway, tunnels, gateway or TWO)
    for name in tunnels:
        hub.up(name)
    return net, hub, spokes


def workers(gateway):
    return gateway.status()["workers"]


def drops(gateway):
    """By reason, of all workers; but for `no_policy`, as which the kernel's own multicast into the device ends."""
    counts = {}
    for worker in workers(gateway):
        for reason, count in worker["drops"].items():
            counts[reason] = counts.get(reason, 0) + count
    counts.pop("no_policy", None)
    return counts


def handed_over(*gateways):
    return sum(worker["handed_over"] for gateway in gateways for worker in workers(gateway))


def worker_of(gateway, name):
    (child,) = gateway.tunnel(name)["children"]
    return int(child["spi_in"], 16) & 0xFF


def assert_all_carry(net):
    for site in net.sites[1:]:
        assert ping(net.a, site.host_address) == 3, site.name
        assert ping(site, net.a.host_address) == 3, site.name


def start_flows(lab, net, each):
    """Numbered echoes between the hub and every spoke, `each` from either side."""
    servers = {site.name: EchoServer(site.host, site.host_address) for site in net.sites}
    for server in servers.values():
        lab.defer(server.close)
    ways = [way for site in net.sites[1:] for way in ((net.a, site), (site, net.a))]
    return [
        EchoFlow(source.host, source.host_address, servers[sink.name], sink.host_address, RATE)
        for source, sink in ways
        for _ in range(each)
    ]


@pytest.mark.parametrize("encap", ["auto", "always"])
@pytest.mark.parametrize("start_spoke", [strongswan_spoke, spoke], ids=["strongswan", "esplane"])
def test_tunnels_are_shared_among_the_workers(lab, start_spoke, encap):
    net, hub, spokes = star(lab, start_spoke, encap=encap)
    with net.capture(net.b) as capture:
        assert_all_carry(net)
    assert not capture.in_clear, capture.describe()
    assert {worker_of(hub, name) for name in spokes} == {0, 1}
    assert [worker["packets"] > 0 for worker in workers(hub)] == [True, True]
    assert drops(hub) == {}


@pytest.mark.parametrize("encap", ["auto", "always"])
def test_ipv6_outside(lab, encap):
    net = Topology(lab)
    ends = {own.name: dual_stack(own, peer, outside=6) for own, peer in ((net.a, net.b), (net.b, net.a))}
    Esplane(lab, net.b.gateway, {"net": esplane_tunnel(net.b, net.a, **ends["b"], encap=encap)}, TWO)
    # The first tunnel goes nowhere: ours is the other worker's.
    idle = esplane_tunnel(net.a, net.b, local={"subnets": ["10.99.0.0/24"]})
    ours = esplane_tunnel(net.a, net.b, **ends["a"], encap=encap)
    hub = Esplane(lab, net.a.gateway, {"idle": idle, "net": ours}, TWO)
    hub.up()
    assert worker_of(hub, "net") == 1
    for destination in (net.b.host_address, net.b.host_address6):
        assert ping(net.a, destination) == 3
        assert iperf(lab, net.a, net.b, destination, volume="20M") > 10e6
    assert ping(net.b, net.a.host_address6) == 3


def test_many_flows_and_rekeys_lose_nothing(lab):
    net, hub, spokes = star(lab)
    running = start_flows(lab, net, each=4)
    for flow in running:
        flow.wait_for_sent(20)
    before = {name: hub.tunnel(name)["children"][0]["spi_in"] for name in spokes}
    for name, peer in spokes.items():
        hub.rekey(name)
        peer.rekey()
        hub.rekey(name, ike=True)
    for flow in running:
        flow.wait_for_sent(60)
    tallies = [flow.finish() for flow in running]
    assert all(tally.flawless for tally in tallies), tallies
    for name in spokes:
        installed = [child for child in hub.tunnel(name)["children"] if child["state"] == "installed"]
        assert before[name] not in [child["spi_in"] for child in installed], name
    # Of so many flows some came out of the wrong queue: Linux chooses by their hash before it has seen an answer.
    assert handed_over(hub, *spokes.values()) > 0
    assert "handoff_full" not in drops(hub)


def test_tcp_both_ways(lab):
    net, hub, _ = star(lab, encap="always")
    for site in net.sites[1:3]:
        assert iperf(lab, net.a, site, site.host_address) > 50e6
        assert iperf(lab, site, net.a, net.a.host_address) > 50e6
    assert [worker["packets"] > 10000 for worker in workers(hub)] == [True, True]


def test_down_and_up_again(lab):
    net, hub, spokes = star(lab)
    with net.capture(net.b) as capture:
        for name in spokes:
            hub.down(name)
        assert all(ping(net.a, site.host_address, timeout=0.2) == 0 for site in net.sites[1:])
        for name in spokes:
            hub.up(name)
        assert_all_carry(net)
    assert not capture.in_clear, capture.describe()
    # What a tunnel that is down has dropped is counted once, whichever queue it came out of.
    assert drops(hub)["no_sa"] == 9
    assert sum(hub.tunnel(name)["drops"]["no_sa"] for name in spokes) == 9


def test_tunnels_come_and_go_at_a_reload(lab):
    net, hub, spokes = star(lab)
    tunnels = {site.name: esplane_tunnel(net.a, site) for site in net.sites[1:]}
    for names in (["b"], ["b", "c", "d"]):
        hub.configure({name: tunnels[name] for name in names})
        hub.hangup()
        wait_until(lambda: [each["name"] for each in hub.status()["tunnels"]] == names, 10, f"tunnels {names}")  # noqa: B023
    for name in spokes:
        hub.up(name)
    assert_all_carry(net)
    assert {worker_of(hub, name) for name in spokes} == {0, 1}


def test_busy_workers_on_their_cpus(lab):
    cpus = sorted(os.sched_getaffinity(0))[:2]
    net, hub, _ = star(lab, gateway={"workers": cpus, "poll": "busy"})
    assert [worker["cpu"] for worker in workers(hub)] == cpus
    # Where everybody shares two cpus with them, ping would not wait long enough.
    running = start_flows(lab, net, each=1)
    for flow in running:
        flow.wait_for_sent(30)
    tallies = [flow.finish(grace=5) for flow in running]
    assert all(tally.flawless for tally in tallies), tallies


def test_a_cpu_that_is_not_there_is_said(lab):
    net = Topology(lab)
    hub = Esplane(lab, net.a.gateway, {}, {"workers": [min(os.sched_getaffinity(0)), 1023]})
    assert re.search(r"worker 1 is not pinned to cpu 1023.*gateway\.workers", hub.log())
    assert workers(hub)[1]["cpu"] is None
