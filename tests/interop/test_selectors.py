"""Selectors that are narrower than prefixes, and transport mode with a peer that does not do it."""

import contextlib
import socket

import pytest

from scenario import esplane_at, strongswan_at
from topology import Topology
from traffic import ping

WANTED, OTHER = 5001, 5002


@contextlib.contextmanager
def listening(site, port):
    with site.host.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind((site.host_address, port))
        server.listen()
        yield


def connects(source, destination, port):
    with source.host.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        client.bind((source.host_address, 0))
        try:
            client.connect((destination.host_address, port))
        except OSError:
            return False
        return True


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_one_tcp_port(lab, initiator):
    net = Topology(lab)
    clients, server = f"{net.a.subnet}[tcp]", f"{net.b.subnet}[tcp/{WANTED}]"
    peer = strongswan_at(lab, net.b, net.a, local_ts=[server], remote_ts=[clients])
    ours = esplane_at(lab, net.a, net.b, local={"subnets": [clients]}, remote={"subnets": [server]})
    if initiator == "a":
        ours.up()
    else:
        peer.initiate()
    (child,) = ours.wait_established()["children"]
    assert (child["local"], child["remote"]) == ([clients], [server])
    with net.capture() as capture, listening(net.b, WANTED), listening(net.b, OTHER):
        assert connects(net.a, net.b, WANTED)
        assert not connects(net.a, net.b, OTHER)
        assert ping(net.a, net.b.host_address, timeout=0.2) == 0
    assert not capture.in_clear, capture.describe()


def test_the_responder_narrows_to_a_port(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, local={"subnets": [f"{net.b.subnet}[tcp/{WANTED}]", f"{net.b.subnet}[icmp]"]})
    ours = esplane_at(lab, net.a, net.b)
    ours.up()
    (child,) = ours.wait_established()["children"]
    assert child["remote"] == [f"{net.b.subnet}[tcp/{WANTED}]", f"{net.b.subnet}[icmp]"]
    with listening(net.b, WANTED), listening(net.b, OTHER):
        assert connects(net.a, net.b, WANTED)
        assert not connects(net.a, net.b, OTHER)
    assert ping(net.a, net.b.host_address) == 3


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_transport_mode_that_the_peer_does_not_do(lab, initiator):
    """strongSwan's ESP in user space is in tunnel mode and in UDP only: the tunnel comes up all the same.

    It would not divert what goes to its peer's own address, so no packet is sent.
    """
    net = Topology(lab)
    hosts = [f"{net.a.address}/32"], [f"{net.b.address}/32"]
    peer = strongswan_at(lab, net.b, net.a, local_ts=hosts[1], remote_ts=hosts[0], policies=False)
    own, other = {"address": net.a.address, "subnets": hosts[0]}, {"subnets": hosts[1]}
    ours = esplane_at(lab, net.a, net.b, local=own, remote=other, esp={"mode": "transport"}, routes="none")
    if initiator == "a":
        ours.up()
    else:
        peer.initiate()
    tunnel = ours.wait_established()
    assert [child["mode"] for child in tunnel["children"]] == ["tunnel"]
    assert tunnel["last_error"] is None
    assert "[transport_encapsulated]" in ours.log()
