"""DPDK's ports with addresses of their own, with tags, and on the cipher side alone."""

from ports import TaggedLink, cipher_port, clear_port, dpdk_at
from scenario import dual_stack, esplane_at
from topology import Topology
from traffic import iperf, ping


def test_the_ports_answer_on_their_links_and_through_the_tunnel(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b))
    ours.up()
    port = next(port for port in ours.status()["ports"] if port["name"] == "lan")
    for address in ("10.1.0.1", "fd00:1::1"):
        assert ping(net.a, address) == 3
        assert port["mac"] in net.a.host.run("ip", "neighbour", "show", address).stdout
        assert ping(net.b, address) == 3


def test_tun_on_the_clear_side(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ours = dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a)], **dual_stack(net.a, net.b))
    ours.up()
    for to in (net.b.host_address, net.b.host_address6):
        ping(net.a, to, "-s", 3000)  # the first may be what the sender learns the MTU by
        assert ping(net.a, to, "-s", 3000) == 3
    assert iperf(lab, net.a, net.b, net.b.host_address) > 50e6


def test_a_tagged_port(lab):
    """Its frames alone: the kernel here may not know of tags, so a raw socket asks and looks."""
    net = Topology(lab)
    dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a), clear_port(net.a, vlan=7)])
    with TaggedLink(net.a.host, "lan") as link:
        for vlan, answers in ((None, False), (8, False), (7, True)):
            link.ask(vlan, "10.1.0.2", "10.1.0.1")
            assert link.answer(7, "10.1.0.1", timeout=1 if answers else 0.2) == answers
