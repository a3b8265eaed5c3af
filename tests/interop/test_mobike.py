"""Addresses that change under a running tunnel (RFC 4555): the SAs stay, and what is sent meanwhile arrives."""

import contextlib

import pytest

from esplane import Esplane
from lab import wait_until
from nat import NatRouter
from scenario import esplane_at, esplane_tunnel, strongswan_at
from topology import Topology
from traffic import EchoFlow, EchoServer, ping

RATE = 100  # packets a second
MOVED = r"net: goes on from {}"
FOLLOWED = r"peer has moved from {}:\d+ to {}:"


@pytest.fixture
def net(lab):
    return Topology(lab)


def roaming_at(lab, own, peer, **changes):
    """A gateway that leaves from whatever address the host has."""
    tunnel = esplane_tunnel(own, peer, **changes)
    del tunnel["local"]["address"]
    return Esplane(lab, own.gateway, {"net": tunnel})


def encapsulation(gateway):
    (child,) = gateway.tunnel()["children"]
    return child["encapsulation"]


def spis(gateway):
    tunnel = gateway.tunnel()
    return sorted((child["spi_in"], child["spi_out"]) for child in tunnel["children"])


def ike_spis(gateway):
    ike = gateway.tunnel()["ike"]
    return ike["spi_i"], ike["spi_r"]


def up_with_ourselves(lab, net):
    """One that listens at b, one that roams at a, and the SPIs of their tunnel."""
    peer = esplane_at(lab, net.b, net.a)
    ours = roaming_at(lab, net.a, net.b)
    ours.up()
    return peer, ours, spis(ours)


@contextlib.contextmanager
def echoes(net):
    """A flow between the hosts of a and b that runs until the end of the `with`, and its tally in a list."""
    tallies = []
    with contextlib.closing(EchoServer(net.b.host, net.b.host_address)) as server:
        flow = EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address, RATE)
        try:
            flow.wait_for_sent(RATE // 4)
            yield tallies
            flow.wait_for_sent(RATE // 4)
        finally:
            tallies.append(flow.finish())


def add_route(site, peer, address):
    """`site` leaves from `address` from now on; its former one stays."""
    site.gateway.ip(f"address add {address}/24 dev wan", f"route add {peer.address}/32 dev wan src {address}")


def renumber(site, address):
    """The only outer address goes, and another comes: nothing is received at the former one from then on."""
    site.gateway.sysctl(ipv4__conf__wan__promote_secondaries=1)
    site.gateway.ip(f"address add {address}/24 dev wan", f"address delete {site.address}/24 dev wan")


def plug_into_cafe(lab, net, site):
    """A second uplink of the site, behind a NAT router. Not used until something is routed there."""
    router = lab.namespace("cafe")
    lab.link(site.gateway, "wifi", router, "lan")
    site.gateway.ip("address add 172.16.50.1/24 dev wifi")
    router.ip("address add 172.16.50.254/24 dev lan")
    lab.link(router, "wan", net.wan, "port-cafe")
    net.wan.ip("link set port-cafe master wan")
    router.ip("address add 192.0.2.50/24 dev wan")
    NatRouter(router, "172.16.50.1", forward=False)


def test_a_move_with_both_addresses_there_loses_nothing(lab, net):
    peer, ours, before = up_with_ourselves(lab, net)
    with echoes(net) as tallies:
        add_route(net.a, net.b, "192.0.2.101")
        ours.process.wait_for_line(MOVED.format("192.0.2.101"), 3)
        peer.process.wait_for_line(FOLLOWED.format(net.a.address, "192.0.2.101"), 3)
    assert tallies[0].flawless, tallies
    assert spis(ours) == before
    assert ours.tunnel()["local"] == "192.0.2.101"
    assert peer.tunnel()["peer"] == "192.0.2.101"


def test_an_address_that_is_replaced_costs_a_moment(lab, net):
    peer, ours, before = up_with_ourselves(lab, net)
    with echoes(net) as tallies:
        renumber(net.a, "192.0.2.101")
        peer.process.wait_for_line(FOLLOWED.format(net.a.address, "192.0.2.101"), 3)
    # What the workers sent between the change and its being noticed, and what was on its way to where nobody is.
    assert tallies[0].lost_there + tallies[0].lost_back < RATE / 2, tallies
    assert spis(ours) == before
    # And rekeys go on from there, whoever begins.
    ours.rekey()
    peer.rekey(ike=True)
    wait_until(lambda: spis(ours) != before and "IKE SA rekeyed" in ours.log(), 5, "rekeys at the new address")
    assert ping(net.a, net.b.host_address) == 3


def test_into_a_nat_and_out_of_it(lab, net):
    plug_into_cafe(lab, net, net.a)
    peer, ours, before = up_with_ourselves(lab, net)
    assert encapsulation(ours) == "esp"
    net.a.gateway.ip(f"route add {net.b.address}/32 via 172.16.50.254")
    peer.process.wait_for_line(FOLLOWED.format(net.a.address, "192.0.2.50"), 3)
    wait_until(lambda: encapsulation(ours) == "udp", 3, "ESP in UDP behind the NAT")
    with echoes(net) as tallies:
        position = peer.process.position()
        net.a.gateway.ip(f"route delete {net.b.address}/32")
        # From where is left open: what leaves before the change is noticed has the inner address of the cafe for its
        # source, and passes for the NAT's new mapping.
        peer.process.wait_for_line(FOLLOWED.format(".*", net.a.address), 3, since=position)
    assert tallies[0].lost_there == 0, tallies
    assert encapsulation(ours) == encapsulation(peer) == "esp"
    assert ping(net.a, net.b.host_address) == 3
    assert spis(ours) == before


def test_a_link_that_goes_down_is_left_at_once(lab, net):
    plug_into_cafe(lab, net, net.a)
    peer, ours, before = up_with_ourselves(lab, net)
    net.a.gateway.ip("route add default via 172.16.50.254 metric 900", "link set wan down")
    peer.process.wait_for_line(FOLLOWED.format(net.a.address, "192.0.2.50"), 3)
    assert ping(net.a, net.b.host_address) == 3
    assert spis(ours) == before


def test_without_mobike_it_is_negotiated_anew(lab, net):
    esplane_at(lab, net.b, net.a, remote={"address": "any"}, ike={"mobike": False})
    ours = roaming_at(lab, net.a, net.b, start="auto")
    ours.wait_established()
    before = spis(ours)
    renumber(net.a, "192.0.2.101")
    ours.process.wait_for_line("It is negotiated anew", 3)
    wait_until(lambda: spis(ours) and spis(ours) != before, 5, "new SAs")
    assert ping(net.a, net.b.host_address) == 3


def test_strongswan_follows_us(lab, net):
    peer = strongswan_at(lab, net.b, net.a)
    ours = roaming_at(lab, net.a, net.b)
    ours.up()
    before = ike_spis(ours)
    with echoes(net) as tallies:
        renumber(net.a, "192.0.2.101")
        ours.process.wait_for_line(MOVED.format("192.0.2.101"), 3)
        wait_until(lambda: peer.established()[0]["remote-host"] == "192.0.2.101", 3, "strongSwan to follow")
    assert tallies[0].lost_there + tallies[0].lost_back < RATE / 2, tallies
    assert ike_spis(ours) == before
    assert ping(net.a, net.b.host_address) == 3


def test_we_follow_strongswan(lab, net):
    """It feigns a NAT, for ESP in UDP, so that its first packet from the new address is followed already."""
    ours = esplane_at(lab, net.a, net.b)
    peer = strongswan_at(lab, net.b, net.a, local_address="%any")
    peer.initiate()
    before = ike_spis(ours)
    with echoes(net) as tallies:
        renumber(net.b, "192.0.2.102")
        ours.process.wait_for_line(r"the peer comes from 192.0.2.102:4500 now", 10)
        # Its kernel interface can't move a CHILD_SA: it rekeys it at the new address.
        ours.process.wait_for_line(r"CHILD_SA rekeyed by the peer", 10)
    # It waits a moment itself before it looks at its addresses anew.
    assert tallies[0].lost_there + tallies[0].lost_back < RATE, tallies
    assert ike_spis(ours) == before
    assert ping(net.a, net.b.host_address) == 3
