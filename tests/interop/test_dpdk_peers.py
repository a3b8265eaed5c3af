"""DPDK's ports with each kind of peer: strongSwan, TUN devices and ports, in either role, over IPv4 and over IPv6."""

import pytest

from capture import FragmentCapture
from lab import Lab, wait_until
from ports import cipher_port, clear_port, dpdk_at, drops, plain_frames
from scenario import dual_stack, esplane_at, esplane_tunnel, strongswan_at
from sizes import headers
from topology import Topology
from traffic import EchoFlow, EchoServer, iperf, ping

RATE = 500  # packets a second of each flow


def assert_both_ways(net, count=3):
    """In both families inside."""
    for near, far in ((net.a, net.b), (net.b, net.a)):
        for destination in (far.host_address, far.host_address6):
            assert ping(near, destination, count=count) == count, f"{near.name} to {destination}"


@pytest.mark.parametrize("outside", [4, 6])
@pytest.mark.parametrize("initiator", ["ours", "peer"])
def test_strongswan(lab, initiator, outside):
    net = Topology(lab)
    changes = {"local_ts": [net.b.subnet, net.b.subnet6], "remote_ts": [net.a.subnet, net.a.subnet6]}
    if outside == 6:
        changes.update(local_address=net.b.address6, remote_address=net.a.address6)
    peer = strongswan_at(lab, net.b, net.a, **changes)
    ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b, outside))
    with net.capture() as capture:
        if initiator == "ours":
            ours.up()
        else:
            peer.initiate()
        ours.wait_established()
        assert peer.established()
        assert_both_ways(net)
    assert capture.counts["esp-udp"] == 24, capture.describe()
    assert not capture.in_clear, capture.describe()
    (child,) = ours.tunnel()["children"]
    assert (child["packets_out"], child["packets_in"]) == (12, 12)
    # An echo of ping is 84 octets, with an IPv6 header 104.
    assert (child["bytes_out"], child["bytes_in"]) == (6 * 84 + 6 * 104, 6 * 84 + 6 * 104)


@pytest.fixture(
    scope="module",
    params=[(peer, outside) for peer in (esplane_at, dpdk_at) for outside in (4, 6)],
    ids=["tun-4", "tun-6", "ports-4", "ports-6"],
)
def tunnel(request):
    """Ports at a; what the parameter says at b."""
    start_peer, outside = request.param
    with Lab() as lab:
        net = Topology(lab)
        start_peer(lab, net.b, net.a, **dual_stack(net.b, net.a, outside))
        ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b, outside))
        ours.up()
        yield lab, net, ours


def test_both_families_pass_both_ways(tunnel):
    _, net, _ = tunnel
    with net.capture() as capture:
        assert_both_ways(net)
    assert capture.counts["esp"] == 24, capture.describe()
    assert not capture.in_clear, capture.describe()


@pytest.mark.parametrize("inside", [4, 6])
def test_tcp(tunnel, inside):
    lab, net, _ = tunnel
    for near, far in ((net.a, net.b), (net.b, net.a)):
        destination = far.host_address if inside == 4 else far.host_address6
        assert iperf(lab, near, far, destination, volume="10M") > 10e6


@pytest.mark.parametrize("size", [3000, 9000])
@pytest.mark.parametrize("inside", [4, 6])
def test_fragments_from_a_host(tunnel, inside, size):
    """They are put together before they are sealed, or they pass one by one: none is on the outer link."""
    _, net, ours = tunnel
    with FragmentCapture(net.wan, "port-b") as fragments:
        for near, far in ((net.a, net.b), (net.b, net.a)):
            to = far.host_address if inside == 4 else far.host_address6
            ping(near, to, "-s", size - headers(to), count=2, timeout=0.2)  # either host may have to learn the MTU
            assert ping(near, to, "-s", size - headers(to)) == 3, drops(ours)
    assert not fragments.counts


@pytest.fixture(scope="module", params=[strongswan_at, esplane_at], ids=["strongswan", "esplane"])
def running(request):
    """A tunnel whose rekeys can be watched, with an echo server at either side."""
    with Lab() as lab:
        net = Topology(lab)
        peer = request.param(lab, net.b, net.a)
        ours = dpdk_at(lab, net.a, net.b)
        ours.up()
        servers = {site.name: EchoServer(site.host, site.host_address) for site in net.sites}
        for server in servers.values():
            lab.defer(server.close)

        def flows():
            return [
                EchoFlow(near.host, near.host_address, servers[far.name], far.host_address, RATE)
                for near, far in ((net.a, net.b), (net.b, net.a))
            ]

        yield ours, peer, flows


def child_spis(gateway):
    return {child["spi_in"] for child in gateway.tunnel()["children"]}


def ike_spis(gateway):
    ike = gateway.tunnel()["ike"]
    return {(ike["spi_i"], ike["spi_r"])} if ike else set()


@pytest.mark.parametrize("ike", [False, True], ids=["child", "ike"])
@pytest.mark.parametrize("who", ["ours", "peer"])
def test_rekeys_lose_nothing(running, who, ike):
    ours, peer, flows = running
    spis = ike_spis if ike else child_spis
    before = spis(ours)
    pair = flows()
    pair[-1].wait_for_sent(100)
    (ours if who == "ours" else peer).rekey(ike=ike)
    wait_until(lambda: spis(ours) - before, 5, "a new SA")
    pair[-1].wait_for_sent(200)
    tallies = [flow.finish() for flow in pair]
    assert all(tally.flawless for tally in tallies), tallies


def test_flows_lose_nothing_between_two_workers(lab):
    """A hub whose tunnels are shared between the workers, and flows that come out of either queue."""
    net = Topology(lab, sites=4)
    for site in net.sites[1:]:
        esplane_at(lab, site, net.a)
    tunnels = {site.name: esplane_tunnel(net.a, site) for site in net.sites[1:]}
    for site in net.sites[2:]:
        plain_frames(site.gateway, "wan")
    ports = [cipher_port(net.a, queues=2), clear_port(net.a, queues=2)]
    hub = dpdk_at(lab, net.a, net.b, tunnels, gateway={"workers": 2}, ports=ports)
    for name in tunnels:
        hub.up(name)
    servers = {site.name: EchoServer(site.host, site.host_address) for site in net.sites}
    for server in servers.values():
        lab.defer(server.close)
    ways = [way for site in net.sites[1:] for way in ((net.a, site), (site, net.a))] * 2
    flows = [
        EchoFlow(near.host, near.host_address, servers[far.name], far.host_address, rate=30) for near, far in ways
    ]
    flows[-1].wait_for_sent(60)
    tallies = [flow.finish() for flow in flows]
    assert all(tally.flawless for tally in tallies), tallies
    workers = hub.status()["workers"]
    assert [worker["packets"] > 0 for worker in workers] == [True, True]
    assert sum(worker["handed_over"] for worker in workers) > 0
    assert "handoff_full" not in drops(hub)
