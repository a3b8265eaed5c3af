"""Packets on the outer link that nobody should have sent: each goes nowhere, and is counted where it can be known."""

import socket

import pytest

from frames import Recording, deliver, record, withheld
from lab import Lab, wait_until
from scenario import pair
from topology import Topology
from traffic import ping


def drops(gateway):
    """By reason: of all workers, of the tunnel, of its CHILD_SA."""
    status = gateway.status()
    (tunnel,) = status["tunnels"]
    counts = [worker["drops"] for worker in status["workers"]]
    workers = {reason: sum(count.get(reason, 0) for count in counts) for count in counts for reason in count}
    return workers, tunnel["drops"], tunnel["children"][-1]["drops"]


def assert_more(gateway, before, reason, known):
    """One more packet was dropped for that reason; `known` says whether the SA it belongs to is."""

    def more():
        return [now.get(reason, 0) - was.get(reason, 0) for now, was in zip(drops(gateway), before)]

    wait_until(lambda: more()[0] == 1, 2, f"a packet to be dropped: {reason}")
    assert more() == [1, int(known), int(known)]


@pytest.fixture(scope="module", params=["auto", "always"])
def tunnel(request):
    with Lab() as lab:
        net = Topology(lab)
        _, peer = pair(lab, net, encap=request.param)
        assert ping(net.a, net.b.host_address, count=1) == 1
        yield net, peer


def echo(net, *options):
    """An echo request in ESP that leaves site a and does not arrive, but can be delivered."""
    (packet,) = withheld(net, lambda: ping(net.a, net.b.host_address, *options, count=1, timeout=0.1))
    return packet


def test_replay(tunnel):
    net, peer = tunnel
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, count=1) == 1
    before = drops(peer)
    deliver(net, net.b, recording.esp[0])
    assert_more(peer, before, "replay", known=True)


def test_altered_on_the_way(tunnel):
    net, peer = tunnel
    packet = echo(net)
    before = drops(peer)
    with Recording(net.b.host, "lan") as host:
        deliver(net, net.b, packet.flipped())
        assert_more(peer, before, "bad_icv", known=True)
        assert not host.echo_requests(net.b.host_address)
        # The forgery has not used up the sequence number.
        deliver(net, net.b, packet)
        wait_until(lambda: host.echo_requests(net.b.host_address), 2, "the genuine packet to arrive")


def test_unknown_spi(tunnel):
    net, peer = tunnel
    before = drops(peer)
    deliver(net, net.b, echo(net).with_spi(b"\xde\xad\xbe\xef"))
    assert_more(peer, before, "unknown_spi", known=False)


def test_garbage_from_an_outsider(tunnel):
    """On the port of NAT-T, from an address that no tunnel has to do with."""
    net, peer = tunnel
    net.wan.ip("address replace 192.0.2.200/24 dev wan")
    with net.wan.socket(socket.AF_INET, socket.SOCK_DGRAM) as outsider:
        for data, reason in ((b"\xab" * 100, "unknown_spi"), (b"\xab" * 5, "runt"), (b"\xff", "keepalive")):
            before = drops(peer)
            outsider.sendto(data, (net.b.address, 4500))
            assert_more(peer, before, reason, known=False)
    assert ping(net.a, net.b.host_address) == 3


def test_fragments_of_a_genuine_packet(tunnel):
    net, peer = tunnel
    packet = echo(net, "-s", 1000)
    with Recording(net.b.host, "lan") as host:
        # The second comes first.
        deliver(net, net.b, packet.fragment(512, len(packet.payload)), packet.fragment(0, 512))
        wait_until(lambda: host.echo_requests(net.b.host_address), 2, "the packet to arrive")


def test_overlapping_fragments(tunnel):
    """RFC 5722 for IPv4 too: with the choice of which octets count, the datagram is gone."""
    net, peer = tunnel
    packet = echo(net, "-s", 1000)
    end = len(packet.payload)
    before = drops(peer)
    with Recording(net.b.host, "lan") as host:
        deliver(net, net.b, packet.fragment(0, 520), packet.fragment(512, end))
        # What comes behind them and arrives shows that they had their chance.
        deliver(net, net.b, echo(net, "-s", 100))
        wait_until(lambda: host.echo_requests(net.b.host_address), 2, "the packet behind them to arrive")
    (arrived,) = host.echo_requests(net.b.host_address)
    assert arrived.length == 128
    assert drops(peer) == before, "what is not whole does not reach the worker"


@pytest.mark.parametrize("esn, window", [(False, 0), (False, 64), (True, 64), (True, 65536)])
def test_replay_windows(lab, esn, window):
    net = Topology(lab)
    _, peer = pair(lab, net, esp={"esn": esn, "replay_window": window})
    assert peer.tunnel()["children"][0]["esn"] == esn
    assert ping(net.a, net.b.host_address, count=1) == 1
    packets = withheld(net, lambda: ping(net.a, net.b.host_address, count=20, timeout=0.1))
    assert len(packets) == 20
    before = drops(peer)
    with Recording(net.b.host, "lan") as host:
        # The newest first, and then all of them once more: with a window, each passes once.
        deliver(net, net.b, *reversed(packets), *packets)
        times = 1 if window else 2
        wait_until(lambda: len(host.echo_requests(net.b.host_address)) >= 20 * times, 2, "the packets to arrive")
        if window:
            wait_until(lambda: drops(peer)[0].get("replay", 0) == 20, 2, "the repeated packets to be dropped")
    assert len(host.echo_requests(net.b.host_address)) == 20 * times
    assert drops(peer)[2].get("replay", 0) - before[2].get("replay", 0) == (20 if window else 0)
