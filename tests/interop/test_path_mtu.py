"""A link in the middle of the path that carries less than those at its ends: found out, and only by who may say so."""

import pytest

from frames import deliver, record
from lab import wait_until
from scenario import dual_stack, pair
from sizes import expected_mtu, told
from topology import Topology
from traffic import iperf, ping

GCM = "aes256gcm16"
NARROW = 1300
LEAST_IPV6 = 1280  # RFC 8200, section 5


def routed(lab, outside=4, encap="auto"):
    net = Topology(lab, routed="ab")
    ours, theirs = dual_stack(net.a, net.b, outside), dual_stack(net.b, net.a, outside)
    return net, pair(lab, net, ours, theirs, encap=encap)


def wait_mtu(gateway, mtu):
    wait_until(lambda: gateway.tunnel()["mtu"] == mtu, 3, f"an MTU of {mtu}")


@pytest.mark.parametrize("encap", ["auto", "always"])
@pytest.mark.parametrize("outside", [4, 6])
def test_shrinks_to_the_narrow_link(lab, outside, encap):
    net, gateways = routed(lab, outside, encap)
    udp = encap == "always"
    before, after = (expected_mtu(GCM, link, udp, outside) for link in (1500, NARROW))
    for gateway in gateways:
        wait_mtu(gateway, before)
    net.narrow(NARROW)
    assert ping(net.a, net.b.host_address, "-M", "do", "-s", 1380, count=1, timeout=0.1) == 0
    wait_mtu(gateways[0], after)
    line = gateways[0].process.wait_for_line(r"carries 1300 octets at most", 2)[1]
    assert f"MTU is {after} for ten minutes, no longer {before}" in line
    assert told(net.a, net.b.host_address, 1400) == after
    assert told(net.a, net.b.host_address6, 1400) == LEAST_IPV6
    assert iperf(lab, net.a, net.b, net.b.host_address) > 50e6
    assert iperf(lab, net.a, net.b, net.b.host_address6) > 50e6


def test_tcp_finds_out_by_itself(lab):
    """Full segments are the first to be too big, in both directions, and nothing hangs."""
    net, gateways = routed(lab)
    net.narrow(NARROW)
    assert iperf(lab, net.a, net.b, net.b.host_address) > 50e6
    wait_mtu(gateways[0], expected_mtu(GCM, NARROW))
    assert iperf(lab, net.b, net.a, net.a.host_address) > 50e6


def own_packet(net):
    """An ESP packet of site a's."""
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, count=1) == 1
    return recording.esp[0]


@pytest.mark.parametrize("encap", ["auto", "always"])
@pytest.mark.parametrize("outside", [4, 6])
def test_forged_reports(lab, outside, encap):
    net = Topology(lab)
    gateway, _ = pair(lab, net, dual_stack(net.a, net.b, outside), dual_stack(net.b, net.a, outside), encap=encap)
    udp = encap == "always"
    before = expected_mtu(GCM, 1500, udp, outside)
    wait_mtu(gateway, before)
    packet = own_packet(net)

    unknown = bytes(octet ^ 0x5A for octet in packet.spi)
    deliver(net, net.a, packet.with_spi(unknown).too_big(1000), packet.with_spi(bytes(4)).too_big(1000))
    # A report that is believed comes behind them: when it has worked, they have had their chance.
    deliver(net, net.a, packet.too_big(1400))
    wait_mtu(gateway, expected_mtu(GCM, 1400, udp, outside))

    # IPv4: below 576 nobody is believed, and no host held to it. IPv6: such a report is none (RFC 8201, section 4).
    deliver(net, net.a, packet.too_big(68), packet.too_big(1300))
    wait_mtu(gateway, 576 if outside == 4 else expected_mtu(GCM, 1300, udp, outside))
    assert ping(net.a, net.b.host_address, "-M", "dont", "-s", 1400) == 3
    assert ping(net.a, net.b.host_address6, "-s", 1000) == 3
