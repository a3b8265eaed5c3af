"""IKE messages that are longer than a packet should be (RFC 7383): a tunnel that a hundred networks share."""

import socket
import struct

import pytest

from capture import Capture
from scenario import bring_up, esplane_at, strongswan_at
from topology import Topology
from traffic import ping

LEAST_MTU = 1280
SKF = 53


class IkeCapture(Capture):
    """Notes the length of every IP packet with IKE, and how many were fragments of a message."""

    def _prepare(self):
        self.longest, self.fragments = 0, 0

    def _take(self, frame):
        super()._take(frame)
        length, udp = struct.unpack_from("!H", frame, 16)[0], 14 + (frame[14] & 15) * 4
        if frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_UDP:
            return
        message = frame[udp + 8 :]
        if message[:4] == bytes(4):
            message = message[4:]
        elif 500 not in struct.unpack_from("!HH", frame, udp):
            return
        self.longest = max(self.longest, length)
        self.fragments += message[16] == SKF


def networks(site):
    """The site's own, and ninety-nine others."""
    return [site.subnet, *(f"172.{16 + site.number}.{third}.0/24" for third in range(99))]


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_long_messages_with_strongswan(lab, initiator):
    net = Topology(lab)
    ours = networks(net.a)
    with IkeCapture(net.wan, "port-a") as capture:
        peer = strongswan_at(lab, net.b, net.a, remote_ts=ours)
        gateway = esplane_at(lab, net.a, net.b, local={"subnets": ours})
        bring_up(initiator, gateway, peer)
        (child,) = gateway.wait_established()["children"]
        assert len(child["local"]) == 100
        assert ping(net.a, net.b.host_address) == 3
    assert capture.fragments >= 4, capture.describe()
    assert capture.longest <= LEAST_MTU
