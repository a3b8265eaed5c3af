"""Hops: each gateway counts one, and says so to the sender of a packet that has none left."""

import select
import socket
import struct

import pytest

from capture import MARKER
from frames import Recording
from lab import Lab, wait_until
from ports import cipher_port, dpdk_at, drops
from scenario import dual_stack, esplane_at
from topology import Topology
from traffic import ECHO_PORT, EchoServer, ping

IP_RECVERR, IPV6_RECVERR = 11, 25
TIME_EXCEEDED = {socket.AF_INET: 11, socket.AF_INET6: 3}


class Probe:
    """A UDP socket that says who has a packet end on its way, by the kernel's reading of the ICMP message."""

    def __init__(self, namespace, source, destination):
        self.family = socket.AF_INET6 if ":" in destination else socket.AF_INET
        self._destination = (destination, ECHO_PORT)
        self._socket = namespace.socket(self.family, socket.SOCK_DGRAM)
        self._socket.bind((source, 0))
        if self.family == socket.AF_INET:
            self._level, self._hops, receive_errors = socket.IPPROTO_IP, socket.IP_TTL, IP_RECVERR
        else:
            self._level, self._hops, receive_errors = socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, IPV6_RECVERR
        self._socket.setsockopt(self._level, receive_errors, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, hops, octets=100, timeout=2):
        """Who answers a packet with so many hops: its destination, or who says that time was exceeded; None."""
        self._socket.setsockopt(self._level, self._hops, hops)
        data = MARKER + struct.pack("!QQ", 0, hops)
        self._socket.sendto(data + bytes(octets - len(data)), self._destination)
        poll = select.poll()
        poll.register(self._socket, select.POLLIN | select.POLLERR)
        events = poll.poll(timeout * 1000)
        if not events:
            return None
        if events[0][1] & select.POLLERR:
            return self._offender()
        return self._socket.recvfrom(65535)[1][0]

    def _offender(self):
        _, ancillary, _, _ = self._socket.recvmsg(65535, 512, socket.MSG_ERRQUEUE)
        error = next(data for level, _, data in ancillary if level == self._level)
        _, _, kind, code = struct.unpack_from("=IBBB", error)
        assert (kind, code) == (TIME_EXCEEDED[self.family], 0)
        address = error[16 + 4 : 16 + 8] if self.family == socket.AF_INET else error[16 + 8 : 16 + 24]
        return socket.inet_ntop(self.family, address)


@pytest.fixture(scope="module")
def net():
    """Ports on either side of the tunnel, both families inside, and an echo server at each host's addresses."""
    with Lab() as lab:
        net = Topology(lab)
        dpdk_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
        ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b))
        ours.up()
        for site in net.sites:
            for address in (site.host_address, site.host_address6):
                lab.defer(EchoServer(site.host, address).close)
        yield net


WAYS = {
    4: lambda near, far: (near.host_address, far.host_address, f"10.{near.number}.0.1", f"10.{far.number}.0.1"),
    6: lambda near, far: (near.host_address6, far.host_address6, f"fd00:{near.number}::1", f"fd00:{far.number}::1"),
}


@pytest.mark.parametrize("family", [4, 6])
def test_traceroute_shows_each_gateway_once(net, family):
    for near, far in ((net.a, net.b), (net.b, net.a)):
        source, destination, first, second = WAYS[family](near, far)
        for octets in (100, 1300):
            with Probe(near.host, source, destination) as probe:
                # The tunnel is wide enough for all of it, the message quotes as much as it may.
                assert [probe.ask(hops, octets) for hops in (1, 2, 3)] == [first, second, destination]


def one_packet(net, near, far, hops):
    """Hops that a ping has left at the far host; None when it does not come."""
    with Recording(far.host, "lan") as arrived:
        answered = ping(near, far.host_address, "-t", hops, count=1, timeout=0.5)
    requests = arrived.echo_requests(far.host_address)
    assert answered == len(requests)
    return requests[0].ttl if requests else None


@pytest.fixture(scope="module", params=["ports and devices", "devices and ports", "a port and devices", "devices"])
def mixed(request):
    """What drives the clear side at a, and at b."""
    with Lab() as lab:
        net = Topology(lab)
        at_b = dpdk_at if request.param == "devices and ports" else esplane_at
        at_b(lab, net.b, net.a)
        if request.param == "a port and devices":  # ports for the peers, a TUN device for the hosts
            ours = dpdk_at(lab, net.a, net.b, ports=[cipher_port(net.a)])
        else:
            ours = (dpdk_at if request.param == "ports and devices" else esplane_at)(lab, net.a, net.b)
        ours.up()
        yield net


def test_each_gateway_counts_one_hop(mixed):
    for near, far in ((mixed.a, mixed.b), (mixed.b, mixed.a)):
        assert one_packet(mixed, near, far, 64) == 62
        assert one_packet(mixed, near, far, 3) == 1
        assert one_packet(mixed, near, far, 2) is None


def test_packets_out_of_hops_are_counted(lab):
    net = Topology(lab)
    esplane_at(lab, net.b, net.a)
    ours = dpdk_at(lab, net.a, net.b)
    ours.up()
    assert ping(net.a, net.b.host_address, "-t", 1, count=3, timeout=0.2) == 0
    assert ping(net.b, net.a.host_address, "-t", 2, count=3, timeout=0.2) == 0
    wait_until(lambda: drops(ours).get("hop_limit") == 6, 2, "six packets to be counted")
