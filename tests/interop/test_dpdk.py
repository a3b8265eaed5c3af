"""DPDK's ports on both sides of the gateway, or on the cipher side alone, with real kernels and peers on their links."""

import pytest

from lab import Lab, wait_until
from ports import TaggedLink, cipher_port, clear_port, dpdk_at
from scenario import dual_stack, esplane_at, esplane_tunnel, strongswan_at
from topology import Topology
from traffic import EchoFlow, EchoServer, iperf, ping


def destinations(site):
    return site.host_address, site.host_address6


@pytest.fixture(scope="module", params=[4, 6], ids=["outside-ipv4", "outside-ipv6"])
def beside_tun(request):
    """esplane on ports at a, over TUN at b."""
    with Lab() as lab:
        net = Topology(lab)
        peer = esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a, request.param))
        ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b, request.param))
        ours.up()
        yield lab, net, ours, peer


def test_both_families_pass_both_ways(beside_tun):
    _, net, ours, _ = beside_tun
    with net.capture() as capture:
        for to in destinations(net.b):
            assert ping(net.a, to) == 3
        for to in destinations(net.a):
            assert ping(net.b, to) == 3
    assert capture.counts["esp"] == 24, capture.describe()
    assert not capture.in_clear, capture.describe()
    (child,) = ours.tunnel()["children"]
    assert child["packets_in"] == child["packets_out"] >= 12


@pytest.mark.parametrize("size", [1400, 3000, 9000])
def test_large_datagrams_pass(beside_tun, size):
    _, net, _, _ = beside_tun
    for to in destinations(net.b):
        ping(net.a, to, "-s", size)  # the first may be what the sender learns the MTU by
        assert ping(net.a, to, "-s", size) == 3


def test_tcp(beside_tun):
    lab, net, _, _ = beside_tun
    assert iperf(lab, net.a, net.b, net.b.host_address) > 50e6


def test_the_ports_answer_on_their_links_and_through_the_tunnel(beside_tun):
    _, net, ours, _ = beside_tun
    port = next(port for port in ours.status()["ports"] if port["name"] == "lan")
    for address in ("10.1.0.1", "fd00:1::1"):
        assert ping(net.a, address) == 3
        assert port["mac"] in net.a.host.run("ip", "neighbour", "show", address).stdout
        assert ping(net.b, address) == 3


def test_a_host_that_moves_to_another_mac_address_is_followed(beside_tun):
    _, net, _, _ = beside_tun
    assert ping(net.b, net.a.host_address) == 3
    net.a.host.ip("link set lan address 02:00:00:00:00:77")
    assert ping(net.a, net.b.host_address) == 3
    assert ping(net.b, net.a.host_address) == 3


def test_a_link_that_comes_back_carries_on(beside_tun):
    """Pulled for a moment on either side, while a tunnel is up; nobody starts anything anew."""
    _, net, _, _ = beside_tun
    net.a.host.ip("link set lan down")
    net.wan.ip("link set port-a down")
    assert ping(net.b, net.a.host_address, timeout=0.2) == 0
    net.wan.ip("link set port-a up")
    net.a.host.ip(
        "link set lan up",
        "address replace fd00:1::2/64 dev lan nodad",
        "route replace default via 10.1.0.1",
        "route replace ::/0 via fd00:1::1",
    )
    wait_until(lambda: ping(net.a, net.b.host_address, timeout=0.2) == 3, 5, "pings to pass again")
    assert ping(net.b, net.a.host_address) == 3


@pytest.mark.parametrize("initiator", ["ours", "peer"])
def test_strongswan(lab, initiator):
    net = Topology(lab)
    peer = strongswan_at(lab, net.b, net.a)
    ours = dpdk_at(lab, net.a, net.b)
    if initiator == "ours":
        ours.up()
    else:
        peer.initiate()
    ours.wait_established()
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
        assert ping(net.b, net.a.host_address) == 3
    assert capture.counts["esp-udp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()


@pytest.mark.parametrize("ike", [False, True], ids=["child", "ike"])
def test_rekeys_lose_nothing(lab, ike):
    net = Topology(lab)
    peer = strongswan_at(lab, net.b, net.a)
    ours = dpdk_at(lab, net.a, net.b)
    ours.up()
    server = EchoServer(net.b.host, net.b.host_address)
    lab.defer(server.close)
    flow = EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address, 1000)
    for gateway in (ours, peer):
        sent = flow.sent
        flow.wait_for_sent(sent + 200)
        gateway.rekey(ike=ike)
    flow.wait_for_sent(flow.sent + 300)
    assert flow.finish().flawless


def test_ports_at_both_ends(lab):
    net = Topology(lab)
    dpdk_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b))
    ours.up()
    for to in destinations(net.b):
        assert ping(net.a, to) == 3
    assert ping(net.a, net.b.host_address, "-s", 9000) == 3


def test_tun_on_the_clear_side(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ours = dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a)], **dual_stack(net.a, net.b))
    ours.up()
    for to in destinations(net.b):
        ping(net.a, to, "-s", 3000)  # the first may be what the sender learns the MTU by
        assert ping(net.a, to, "-s", 3000) == 3
    assert iperf(lab, net.a, net.b, net.b.host_address) > 50e6


def test_two_workers(lab):
    """A tunnel each; the driver spreads frames as it likes, and the workers hand each other what is not theirs."""
    net = Topology(lab, sites=3)
    for site in (net.b, net.c):
        esplane_at(lab, site, net.a)
    tunnels = {site.name: esplane_tunnel(net.a, site) for site in (net.b, net.c)}
    ports = [cipher_port(net.a, queues=2), clear_port(net.a, queues=2)]
    ours = dpdk_at(lab, net.a, net.b, tunnels, gateway={"workers": 2}, ports=ports)
    for site in (net.b, net.c):
        ours.up(site.name)
        assert ping(net.a, site.host_address) == 3
        assert ping(site, net.a.host_address) == 3
    assert all(worker["packets"] > 0 for worker in ours.status()["workers"])


def test_a_tagged_port(lab):
    """Its frames alone: the kernel here may not know of tags, so a raw socket asks and looks."""
    net = Topology(lab)
    dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a), clear_port(net.a, vlan=7)])
    with TaggedLink(net.a.host, "lan") as link:
        for vlan, answers in ((None, False), (8, False), (7, True)):
            link.ask(vlan, "10.1.0.2", "10.1.0.1")
            assert link.answer(7, "10.1.0.1", timeout=1 if answers else 0.2) == answers
