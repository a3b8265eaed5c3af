"""esplane with esplane: what a person configures is what happens."""

import pytest

from esplane import Esplane
from lab import wait_until
from scenario import IKE_GCM, esplane_at, esplane_tunnel, pair
from topology import Topology
from traffic import EchoFlow, EchoServer, ping

QUICK_DPD = {"delay": "1s", "timeout": "2s", "action": "restart"}


def test_raw_esp_without_a_nat(lab):
    net = Topology(lab)
    pair(lab, net)
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
    assert (capture.counts["esp"], capture.counts["esp-udp"]) == (6, 0), capture.describe()
    assert not capture.in_clear, capture.describe()


def test_encap_always(lab):
    net = Topology(lab)
    pair(lab, net, encap="always")
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
    assert (capture.counts["esp"], capture.counts["esp-udp"]) == (0, 6), capture.describe()


@pytest.mark.parametrize("nat", ["a", "b"])
def test_behind_a_nat(lab, nat):
    net = Topology(lab, nat=nat, forward=nat.replace("a", ""))
    pair(lab, net)
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
    assert (capture.counts["esp"], capture.counts["esp-udp"]) == (0, 6), capture.describe()


def test_several_peers_at_once(lab):
    net = Topology(lab, sites=3)
    for site in (net.b, net.c):
        esplane_at(lab, site, net.a)
    tunnels = {f"to-{site.name}": esplane_tunnel(net.a, site) for site in (net.b, net.c)}
    hub = Esplane(lab, net.a.gateway, tunnels)
    for name in tunnels:
        hub.up(name)
    assert ping(net.a, net.b.host_address) == ping(net.a, net.c.host_address) == 3
    hub.down("to-b")
    assert ping(net.a, net.c.host_address) == 3
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


def test_several_subnets_in_one_tunnel(lab):
    net = Topology(lab)
    left, right = ({"subnets": [site.subnet, site.second_subnet]} for site in net.sites)
    pair(lab, net, ours={"local": left, "remote": right}, theirs={"local": right, "remote": left})
    for source in (net.a.host_address, net.a.second_host_address):
        for destination in (net.b.host_address, net.b.second_host_address):
            assert ping(net.a, destination, source=source) == 3, (source, destination)


def test_outside_the_selectors_is_dropped(lab):
    """What a tunnel's route attracts but its selectors do not cover goes nowhere, least of all in clear."""
    net = Topology(lab)
    gateway, _ = pair(lab, net)
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address, source=net.a.second_host_address, timeout=0.2) == 0
    assert not capture.in_clear, capture.describe()
    assert sum(sum(worker["drops"].values()) for worker in gateway.status()["workers"]) >= 3


def test_ipv6_outside(lab):
    net = Topology(lab)
    pair(
        lab,
        net,
        ours={"local": {"address": net.a.address6}, "remote": {"address": net.b.address6}},
        theirs={"local": {"address": net.b.address6}, "remote": {"address": net.a.address6}},
    )
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
    assert capture.counts["esp"] == 6, capture.describe()
    assert not capture.in_clear, capture.describe()


def test_ipv6_inside(lab):
    net = Topology(lab)
    left, right = ({"subnets": [site.subnet, site.subnet6]} for site in net.sites)
    pair(lab, net, ours={"local": left, "remote": right}, theirs={"local": right, "remote": left})
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address6) == 3
        assert ping(net.b, net.a.host_address) == 3
    assert capture.counts["esp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()


def test_on_demand_starts_with_the_first_packet(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a)
    gateway = esplane_at(lab, net.a, net.b, start="on-demand")
    assert gateway.tunnel()["state"] == "down"
    server = EchoServer(net.b.host, net.b.host_address)
    lab.defer(server.close)
    with net.capture() as capture:
        flow = EchoFlow(net.a.host, net.a.host_address, server, net.b.host_address, rate=200)
        wait_until(lambda: flow.returned > 20, 5, "answers through the tunnel")
        flow.finish()
    gateway.wait_established()
    assert not capture.in_clear, capture.describe()


def test_listen_waits_and_answers(lab):
    net = Topology(lab)
    with net.capture() as capture:
        listener = esplane_at(lab, net.a, net.b, start="listen")
        assert ping(net.a, net.b.host_address, timeout=0.2) == 0
    assert capture.counts["ike"] == 0, capture.describe()
    esplane_at(lab, net.b, net.a, start="auto").wait_established()
    listener.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_any_peer_address(lab):
    net = Topology(lab, nat="b")
    listener = esplane_at(lab, net.a, net.b, remote={"address": "any"})
    esplane_at(lab, net.b, net.a, start="auto").wait_established()
    listener.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_up_and_down(lab):
    net = Topology(lab)
    gateway, peer = pair(lab, net)
    gateway.up()  # again: already there, and said so by success
    gateway.down()
    assert gateway.tunnel()["state"] == "down"
    wait_until(lambda: peer.tunnel()["state"] == "down", 2, "the peer to take the Delete")
    gateway.up()
    assert ping(net.a, net.b.host_address) == 3


def test_default_route_does_not_loop(lab):
    """Everything goes through the tunnel, except the tunnel."""
    net = Topology(lab)
    everything = {"subnets": ["0.0.0.0/0"]}
    gateway, _ = pair(lab, net, ours={"remote": everything}, theirs={"local": everything})
    with net.capture() as capture:
        assert ping(net.a, net.b.host_address) == 3
        gateway.rekey(ike=True)
        gateway.rekey()
        assert ping(net.a, net.b.host_address) == 3
    assert capture.counts["esp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()


def test_peer_crashes_and_returns(lab):
    net = Topology(lab)
    gateway, peer = pair(lab, net, ours={"start": "auto", "dpd": QUICK_DPD})
    first = gateway.tunnel()["ike"]["spi_i"]
    peer.kill()
    peer.start()
    wait_until(lambda: (gateway.tunnel()["ike"] or {}).get("spi_i") not in (None, first), 15, "a new IKE SA")
    gateway.wait_established()
    peer.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_crashed_initiator_replaces_its_old_sas(lab):
    """RFC 7296, section 2.4: INITIAL_CONTACT makes the peer forget what the crash left behind."""
    net = Topology(lab)
    gateway, peer = pair(lab, net, ours={"start": "auto"})
    gateway.kill()
    gateway.start()
    gateway.wait_established()
    assert ping(net.a, net.b.host_address) == 3
    wait_until(lambda: len(peer.wait_established()["children"]) == 1, 5, "one CHILD_SA at the peer")


def test_peer_restarts(lab):
    net = Topology(lab)
    gateway, peer = pair(lab, net, ours={"start": "auto"}, theirs={"start": "auto"})
    peer.stop()
    peer.start()
    peer.wait_established()
    gateway.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_first_common_proposal_wins(lab):
    """Several suites on both sides, and first a group that the peer refuses: INVALID_KE_PAYLOAD, then agreement."""
    net = Topology(lab)
    offered = {
        "ike": {"proposals": ["aes256-sha384-x25519", IKE_GCM]},
        "esp": {"proposals": ["aes128gcm16", "aes256gcm16"]},
    }
    accepted = {
        "ike": {"proposals": [IKE_GCM, "aes128-sha256-modp2048"]},
        "esp": {"proposals": ["aes256gcm16"]},
    }
    gateway, _ = pair(lab, net, ours=offered, theirs=accepted)
    tunnel = gateway.wait_established()
    assert tunnel["ike"]["suite"] == IKE_GCM
    assert tunnel["children"][0]["suite"].startswith("aes256gcm16")
    assert ping(net.a, net.b.host_address) == 3


def test_without_encryption_for_who_allows_it(lab):
    """Integrity alone: every packet is warned of, counted and authentic, and readable on the way."""
    net = Topology(lab)
    both = {"esp": {"proposals": ["null-sha256"]}}
    sides = [
        Esplane(lab, own.gateway, {"net": esplane_tunnel(own, peer, **both)}, gateway={"allow_insecure": True})
        for own, peer in ((net.a, net.b), (net.b, net.a))
    ]
    sides[0].up()
    assert sides[0].tunnel()["children"][0]["suite"].startswith("null-sha256")
    assert ping(net.a, net.b.host_address) == 3
    for side in sides:
        assert "[insecure]" in side.log()


def test_own_identity_kinds(lab):
    net = Topology(lab)
    left = {"id": "192.0.2.1"}
    right = {"id": "ops@example.org"}
    pair(lab, net, ours={"local": left, "remote": right}, theirs={"local": right, "remote": left})
    assert ping(net.a, net.b.host_address) == 3
