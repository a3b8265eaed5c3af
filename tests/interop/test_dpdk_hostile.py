"""Frames on the links of DPDK's ports that nobody should have sent: counted, and the tunnel carries on."""

import contextlib
import socket
import struct

import pytest

from capture import ETH_P_ALL, ETH_P_IP, ETH_P_IPV6, MARKER
from frames import checksum
from lab import wait_until
from ports import dpdk_at, drops, mac
from scenario import dual_stack, esplane_at
from topology import Topology
from traffic import ping

ETH_P_ARP = 0x0806


@pytest.fixture
def tunnel(lab):
    """Ports at a, a TUN device at b, both families inside, up."""
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ours = dpdk_at(lab, net.a, net.b, **dual_stack(net.a, net.b))
    ours.up()
    return net, ours


class Sender:
    """Frames of any kind onto a device, from its own MAC to the port's."""

    def __init__(self, namespace, device, port_mac):
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        with namespace.entered():
            self._socket.bind((device, ETH_P_ALL))
        self.mac = bytes.fromhex(mac(namespace, device).replace(":", ""))
        self.port_mac = bytes.fromhex(port_mac.replace(":", ""))

    def send(self, ethertype, payload, to=None):
        self._socket.send((to or self.port_mac) + self.mac + struct.pack("!H", ethertype) + payload)

    def close(self):
        self._socket.close()


@contextlib.contextmanager
def senders(net):
    """From the host's side and from the outer segment's."""
    made = [
        Sender(net.a.host, "lan", mac(net.a.gateway, "lan")),
        Sender(net.wan, "port-a", mac(net.a.gateway, "wan")),
    ]
    try:
        yield made
    finally:
        for each in made:
            each.close()


def ipv4_packet(source, destination, payload=MARKER, wrong=0, length=None):
    """With a checksum that is wrong by that much, or another length than it has."""
    total = 20 + len(payload) if length is None else length
    header = struct.pack("!BBHHHBBH", 0x45, 0, total, 0, 0, 64, 17, 0)
    header += socket.inet_aton(source) + socket.inet_aton(destination)
    right = checksum(header)
    return header[:10] + struct.pack("!H", right ^ wrong) + header[12:] + payload


def ipv6_packet(source, destination, payload=MARKER, length=None):
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
    return struct.pack("!IHBB", 6 << 28, len(payload) if length is None else length, 17, 64) + addresses + payload


def arp(operation, sender_mac, sender, target):
    """As operation says, of IPv4 on Ethernet."""
    head = struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, operation)
    return head + sender_mac + socket.inet_aton(sender) + bytes(6) + socket.inet_aton(target)


def bad_frames(own, peer):
    """Ethertype and payload; `own` is an address of the port's, `peer` somebody's who would be answered."""
    return [
        (ETH_P_IP, b""),
        (ETH_P_IP, b"\x45"),
        (ETH_P_IP, ipv4_packet(peer, own)[:19]),
        (ETH_P_IP, ipv4_packet(peer, own, wrong=1)),
        (ETH_P_IP, ipv4_packet(peer, "10.2.0.2", wrong=0x8000)),
        (ETH_P_IP, ipv4_packet(peer, own, length=19)),
        (ETH_P_IP, ipv4_packet(peer, own, length=200)),
        (ETH_P_IP, ipv6_packet("fd00:1::2", "fd00:1::1")),
        (ETH_P_IPV6, b"\x60"),
        (ETH_P_IPV6, ipv6_packet("fd00:1::2", "fd00:2::2", length=1000)),
        (ETH_P_IPV6, ipv4_packet(peer, own)),
    ]


FOREIGN_TYPES = [0x0000, 0x05DC, 0x0842, 0x8035, 0x8847, 0x88CC, 0x9000, 0xFFFF]
GIANTS = [1481, 1600, 1900, 1980, 2000, 2048, 4000, 8900]  # octets behind the IP header
ROUNDS = 200


def assert_both_ways(net):
    for near, far in ((net.a, net.b), (net.b, net.a)):
        assert ping(near, far.host_address) == 3
        assert ping(near, far.host_address6) == 3


def resident_growth(gateway, action):
    before = gateway.process.resident_bytes()
    action()
    return gateway.process.resident_bytes() - before


def wait_for_more(gateway, before, reason, more):
    wait_until(lambda: drops(gateway).get(reason, 0) >= before.get(reason, 0) + more, 5, f"{more} drops: {reason}")


def test_frames_that_are_none(tunnel):
    net, ours = tunnel
    assert_both_ways(net)
    before = drops(ours)
    own = [("10.1.0.1", "10.1.0.2"), ("192.0.2.1", "192.0.2.2")]

    def send():
        sent = 0
        with senders(net) as both:
            for number in range(ROUNDS):
                for sender, (address, peer) in zip(both, own):
                    for ethertype, payload in bad_frames(address, peer):
                        sender.send(ethertype, payload)
                        sent += 1
                if number % 5 == 4:  # a queue holds fewer than all of them
                    wait_for_more(ours, before, "bad_frame", sent)
        return sent

    assert resident_growth(ours, send) < 4 << 20
    assert drops(ours)["bad_frame"] - before.get("bad_frame", 0) == ROUNDS * 2 * len(bad_frames(*own[0]))
    assert_both_ways(net)


def test_frames_of_other_protocols_and_to_others(tunnel):
    net, ours = tunnel
    assert_both_ways(net)
    before = drops(ours)
    stranger = bytes.fromhex("020000000066")
    with senders(net) as both:
        for sender in both:
            for ethertype in FOREIGN_TYPES:
                sender.send(ethertype, bytes(50))
            sender.send(ETH_P_IP, ipv4_packet("10.1.0.2", "10.2.0.2"), to=stranger)
            sender.send(0x8100, struct.pack("!HH", 9, ETH_P_IP) + ipv4_packet("10.1.0.2", "10.2.0.2"))
    # Those to another station pass a veth, but not all drivers.
    wait_for_more(ours, before, "not_for_us", 2 * len(FOREIGN_TYPES) + 2)
    assert_both_ways(net)


def test_giants(tunnel):
    net, ours = tunnel
    assert_both_ways(net)
    for namespace, device in ((net.a.gateway, "lan"), (net.a.host, "lan"), (net.a.gateway, "wan"), (net.wan, "port-a")):
        namespace.ip(f"link set {device} mtu 9000")

    def send():
        with senders(net) as (inside, outside):
            for length in GIANTS:
                inside.send(ETH_P_IP, ipv4_packet("10.1.0.2", "10.2.0.2", bytes(length)))
                outside.send(ETH_P_IP, ipv4_packet("192.0.2.2", "192.0.2.1", bytes(length)))

    before = drops(ours)
    assert resident_growth(ours, send) < 4 << 20
    wait_for_more(ours, before, "bad_frame", len(GIANTS))
    assert_both_ways(net)


def test_floods_of_arp(tunnel):
    """Of questions, of strangers, and of who claims to be the port or somebody beyond it."""
    net, ours = tunnel
    assert_both_ways(net)
    claimed = ["10.1.0.1", "10.2.0.2", "192.0.2.1", "0.0.0.0", "255.255.255.255", "224.0.0.1"]

    def send():
        with senders(net) as both:
            for number in range(3000):
                for sender, link in zip(both, ("10.1.0", "192.0.2")):
                    stranger = bytes.fromhex("0200") + struct.pack("!I", number)
                    address = f"{link}.{10 + number % 200}"
                    sender.send(ETH_P_ARP, arp(1, stranger, address, f"{link}.1"))
                    sender.send(ETH_P_ARP, arp(2, stranger, claimed[number % len(claimed)], f"{link}.1"))
            for sender in both:
                for cut in (0, 1, 8, 27):
                    sender.send(ETH_P_ARP, arp(1, sender.mac, "10.1.0.2", "10.1.0.1")[:cut])
        assert_both_ways(net)

    assert resident_growth(ours, send) < 4 << 20


def test_spoofed_neighbours_are_found_out(tunnel):
    """Whoever claims to be the host or the peer is believed, as by any station, until it does not answer a question."""
    net, ours = tunnel
    assert_both_ways(net)
    stranger = bytes.fromhex("020000000077")
    links = (("10.1.0.2", "10.1.0.1"), ("192.0.2.2", "192.0.2.1"))
    with senders(net) as both:

        def deceived():
            for sender, (victim, port) in zip(both, links):
                sender.send(ETH_P_ARP, arp(2, stranger, victim, port))
            return ping(net.a, net.b.host_address, count=1, timeout=0.1) == 0

        # No second change within a second of the first is believed.
        wait_until(deceived, 3, "the claims to be believed")
    wait_until(lambda: ping(net.a, net.b.host_address, count=1, timeout=0.1) == 1, 10, "pings to pass again")
    assert_both_ways(net)
