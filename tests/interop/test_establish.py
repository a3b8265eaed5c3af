"""A tunnel with strongSwan comes up: in either role, with either kind of IKE suite, with and without a NAT between."""

import pytest

from lab import wait_until
from scenario import IKE_CBC, IKE_GCM, esplane_at, strongswan_at
from topology import Topology
from traffic import ping

ESPLANE, STRONGSWAN = "a", "b"


def establish(lab, initiator, nat, ike=IKE_GCM, esp="aes256gcm16"):
    """esplane at site a, strongSwan at site b, the tunnel up by the initiator's command."""
    # Nobody outside can begin towards a gateway behind a NAT, unless its router passes the ports on.
    net = Topology(lab, nat=nat, forward=nat if nat != initiator else "")
    capture = net.capture()
    lab.defer(capture.close)
    peer = strongswan_at(lab, net.b, net.a, ike=ike, esp=esp)
    ours = esplane_at(lab, net.a, net.b, ike={"proposals": [ike]}, esp={"proposals": [esp]})
    if initiator == ESPLANE:
        ours.up()
    else:
        peer.initiate()
    return net, ours, peer, capture


def assert_carries(net, capture):
    """Both sites reach each other, each packet is one ESP packet in UDP, and nothing shows."""
    assert ping(net.a, net.b.host_address) == 3
    assert ping(net.b, net.a.host_address) == 3
    capture.close()
    assert capture.counts["esp-udp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()


@pytest.mark.parametrize("nat", ["", "a", "b"], ids=["no-nat", "nat-before-us", "nat-before-peer"])
@pytest.mark.parametrize("ike", [IKE_GCM, IKE_CBC])
@pytest.mark.parametrize("initiator", [ESPLANE, STRONGSWAN], ids=["we-initiate", "peer-initiates"])
def test_established_and_carries(lab, initiator, ike, nat):
    net, ours, peer, capture = establish(lab, initiator, nat, ike)
    tunnel = ours.wait_established()
    assert peer.established()
    assert tunnel["last_error"] is None
    assert_carries(net, capture)


OTHER_ESP = [
    "aes128gcm16",
    "aes192gcm16",
    "aes256-sha256-modp2048",
    "aes192-sha384",
    "aes128-sha512",
    "chacha20poly1305",
]


@pytest.mark.parametrize("esp", OTHER_ESP)
def test_other_esp_suites(lab, esp):
    """The first CHILD_SA has no group of its own (RFC 7296, section 1.2); a rekey then has."""
    net, ours, peer, capture = establish(lab, ESPLANE, "", esp=esp)
    (child,) = ours.wait_established()["children"]
    assert child["suite"] == esp.replace("-modp2048", "")
    assert peer.established()
    assert_carries(net, capture)
    ours.rekey()
    wait_until(lambda: ours.tunnel()["children"][-1]["suite"] == esp, 5, "the rekeyed CHILD_SA")
    assert ping(net.b, net.a.host_address) == 3


def test_status_says_what_was_negotiated(lab):
    net, ours, peer, _ = establish(lab, ESPLANE, "")
    tunnel = ours.wait_established()
    (sa,) = peer.established()
    assert int(tunnel["ike"]["spi_i"], 16) == int(sa["initiator-spi"], 16)
    assert int(tunnel["ike"]["spi_r"], 16) == int(sa["responder-spi"], 16)
    assert tunnel["ike"]["suite"] == IKE_GCM
    assert net.b.public in tunnel["peer"]
    (ours_child,), (their_child,) = tunnel["children"], sa["children"]
    assert int(ours_child["spi_in"], 16) == int(their_child["spi-out"], 16)
    assert int(ours_child["spi_out"], 16) == int(their_child["spi-in"], 16)
    assert ours_child["suite"].startswith("aes256gcm16")
    assert ping(net.a, net.b.host_address, count=5) == 5
    (child,) = ours.tunnel()["children"]
    assert (child["packets_out"], child["packets_in"]) == (5, 5)
    # An echo of ping is 84 octets: 56 of data, 8 of ICMP, 20 of IP.
    assert (child["bytes_out"], child["bytes_in"]) == (420, 420)
