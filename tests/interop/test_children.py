"""Tunnels of several CHILD_SAs: each carries its own traffic, and is rekeyed and refused for itself."""

import pytest

from lab import wait_until
from scenario import esplane_at, strongswan_at
from topology import Topology
from traffic import ping


def pairs(own, peer):
    """Subnet to subnet, twice, as `local` and `remote`."""
    return {
        "one": {"local": [own.subnet], "remote": [peer.subnet]},
        "two": {"local": [own.second_subnet], "remote": [peer.second_subnet]},
    }


def esplane(lab, own, peer, **changes):
    return esplane_at(lab, own, peer, children=pairs(own, peer), **changes)


def strongswan(lab, own, peer):
    children = {name: (child["local"], child["remote"]) for name, child in pairs(own, peer).items()}
    return strongswan_at(lab, own, peer, children=children)


PEERS = pytest.mark.parametrize("start_peer", [strongswan, esplane], ids=["strongswan", "esplane"])


def by_name(gateway):
    return {child["name"]: child for child in gateway.tunnel()["children"] if child["state"] == "installed"}


def spis(gateway):
    return {name: child["spi_in"] for name, child in by_name(gateway).items()}


def assert_each_carries_its_own(net, ours):
    before = by_name(ours)
    assert ping(net.a, net.b.host_address) == 3
    assert ping(net.b, net.a.second_host_address, source=net.b.second_host_address) == 3
    after = by_name(ours)
    for name in ("one", "two"):
        assert after[name]["packets_in"] - before[name]["packets_in"] == 3, name
        assert after[name]["packets_out"] - before[name]["packets_out"] == 3, name
    # From the one's subnet to the other's: routed into the device, but no CHILD_SA carries it.
    assert ping(net.a, net.b.second_host_address, timeout=0.2) == 0


@PEERS
def test_we_initiate(lab, start_peer):
    net = Topology(lab)
    peer = start_peer(lab, net.b, net.a)
    ours = esplane(lab, net.a, net.b)
    with net.capture() as capture:
        ours.up()
        assert sorted(by_name(ours)) == ["one", "two"]
        assert ours.tunnel()["missing"] == []
        assert_each_carries_its_own(net, ours)

        before = spis(ours)
        peer.rekey("two") if start_peer is strongswan else peer.rekey()
        changed = {"two"} if start_peer is strongswan else {"one", "two"}
        wait_until(lambda: {name for name, spi in spis(ours).items() if spi != before.get(name)} == changed, 5, "a rekey")
        assert_each_carries_its_own(net, ours)

        before = spis(ours)
        ours.rekey()
        assert all(spi != before[name] for name, spi in spis(ours).items())
        assert_each_carries_its_own(net, ours)
    assert not capture.in_clear, capture.describe()


def test_strongswan_initiates(lab):
    net = Topology(lab)
    peer = strongswan(lab, net.b, net.a)
    ours = esplane(lab, net.a, net.b)
    peer.initiate("two")
    assert sorted(by_name(ours)) == ["two"]
    assert ours.tunnel()["missing"] == ["one"]
    peer.initiate("one")
    assert sorted(by_name(ours)) == ["one", "two"]
    assert_each_carries_its_own(net, ours)


def test_both_start_at_once(lab):
    net = Topology(lab)
    sides = [esplane(lab, own, peer, start="auto") for own, peer in ((net.a, net.b), (net.b, net.a))]
    for side in sides:
        wait_until(lambda: len(side.tunnel()["children"]) == 2 and not side.tunnel()["missing"], 15, "one of each")
    assert_each_carries_its_own(net, sides[0])


def test_the_peer_refuses_one(lab):
    net = Topology(lab)
    only = pairs(net.b, net.a)["one"]
    peer = strongswan_at(lab, net.b, net.a, children={"one": (only["local"], only["remote"])})
    ours = esplane(lab, net.a, net.b, start="auto")
    error = ours.wait_error()
    assert error["code"] == "no_common_selector", error
    assert "Tunnel net, child two" in error["message"] and "tunnels.net.children.two.local" in error["message"], error
    assert sorted(by_name(ours)) == ["one"]
    assert ours.tunnel()["state"] == "established"
    assert len(peer.established()) == 1
    assert ping(net.a, net.b.host_address) == 3


def test_on_demand_brings_up_the_child_that_is_wanted(lab):
    net = Topology(lab)
    esplane(lab, net.b, net.a)
    ours = esplane(lab, net.a, net.b, start="on-demand")
    assert ping(net.a, net.b.second_host_address, source=net.a.second_host_address, count=10) > 0
    assert sorted(by_name(ours)) == ["two"]
    assert ping(net.a, net.b.host_address, count=10) > 0
    assert sorted(by_name(ours)) == ["one", "two"]
