"""Outer packets that arrive at a port in fragments, by a driver that hands them over as they are."""

import pytest

from capture import FragmentCapture
from lab import Lab
from ports import cipher_port, clear_port, dpdk_at, drops
from scenario import esplane_at
from topology import Topology
from traffic import ping


def pcap(number, device):
    """A driver that leaves fragments as they are, where af_packet's has the kernel put them together."""
    return f"net_pcap{number},iface={device},phy_mac=1"


@pytest.fixture(
    scope="module",
    params=[(outside, encap) for outside in (4, 6) for encap in ("auto", "always")],
    ids=["esp-4", "udp-4", "esp-6", "udp-6"],
)
def tunnel(request):
    """A peer that fragments after encryption, with a host that sends it long packets."""
    outside, encap = request.param
    with Lab() as lab:
        net = Topology(lab)
        ends = {}
        if outside == 6:
            ends = {"local": {"address": net.b.address6}, "remote": {"address": net.a.address6}}
        esplane_at(lab, net.b, net.a, fragment="after", df="clear", encap=encap, **ends)
        net.b.host.ip("link set lan mtu 9000")
        net.b.gateway.ip("link set lan mtu 9000")
        if outside == 6:
            ends = {"local": {"address": net.a.address6}, "remote": {"address": net.b.address6}}
        ports = [cipher_port(net.a, device=pcap(0, "wan")), clear_port(net.a, device=pcap(1, "lan"), mtu=1500)]
        ours = dpdk_at(lab, net.a, net.b, ports=ports, encap=encap, **ends)
        ours.up()
        yield net, ours


@pytest.mark.parametrize("octets, pieces", [(1472, 2), (3000, 3), (8000, 6)])
def test_they_are_put_together(tunnel, octets, pieces):
    """The longer ones are in fragments again on our host's link, which carries less than the peer's."""
    net, ours = tunnel
    with FragmentCapture(net.wan, "port-a") as fragments:
        assert ping(net.b, net.a.host_address, "-s", octets, "-M", "dont", count=5) == 5, drops(ours)
    # Those of the questions. The answers are fragmented before encryption.
    assert fragments.counts["fragment"] == 5 * pieces
    assert not {"bad_fragment", "overlapping_fragment", "fragment_timeout", "no_buffer"} & drops(ours).keys()


def test_a_packet_that_must_not_be_fragmented_is_too_big_for_our_link(tunnel):
    net, ours = tunnel
    before = drops(ours).get("too_big", 0)
    done = net.b.host.run("ping", "-n", "-c", 1, "-W", 1, "-M", "do", "-s", 3000, net.a.host_address, check=False)
    assert "mtu = 1500" in done.stdout or "mtu=1500" in done.stdout, done.stdout
    assert drops(ours)["too_big"] == before + 1


def test_tun_on_the_clear_side(lab):
    """The kernel there makes of a long packet what it would of any."""
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, fragment="after", df="clear")
    net.b.host.ip("link set lan mtu 9000")
    net.b.gateway.ip("link set lan mtu 9000")
    ours = dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a, device=pcap(0, "wan"))])
    ours.up()
    with FragmentCapture(net.wan, "port-a") as fragments:
        assert ping(net.b, net.a.host_address, "-s", 8000, "-M", "dont", count=5) == 5, drops(ours)
    assert fragments.counts["fragment"] == 5 * 6
