"""Every mix of families, IPv4 and IPv6 inside and outside, raw and in UDP: what status says fits does, and no more."""

import pytest

from capture import FragmentCapture
from lab import Lab, wait_until
from scenario import dual_stack, esplane_at, pair, strongswan_at
from sizes import expected_mtu, headers, told
from topology import Topology
from traffic import iperf, ping

GCM = "aes256gcm16"


def destination(site, inside):
    return site.host_address if inside == 4 else site.host_address6


@pytest.fixture(scope="module", params=[(4, False), (4, True), (6, False), (6, True)], ids=str)
def tunnel(request):
    outside, udp = request.param
    with Lab() as lab:
        net = Topology(lab)
        ours, theirs = dual_stack(net.a, net.b, outside), dual_stack(net.b, net.a, outside)
        gateway, _ = pair(lab, net, ours, theirs, encap="always" if udp else "auto")
        mtu = expected_mtu(GCM, udp=udp, outside=outside)
        wait_until(lambda: gateway.tunnel()["mtu"] == mtu, 2, f"an MTU of {mtu}")
        yield lab, net, "esp-udp" if udp else "esp", mtu


@pytest.mark.parametrize("inside", [4, 6])
def test_the_largest_packet_passes_and_no_larger(tunnel, inside):
    _, net, kind, mtu = tunnel
    to = destination(net.b, inside)
    with net.capture() as capture, FragmentCapture(net.wan, "port-b") as fragments:
        assert ping(net.a, to, "-M", "do", "-s", mtu - headers(to)) == 3
    assert capture.counts[kind] == 6, capture.describe()
    assert not capture.in_clear and not fragments.counts, capture.describe()
    assert told(net.a, to, mtu + 1) == mtu


@pytest.mark.parametrize("inside", [4, 6])
def test_tcp(tunnel, inside):
    lab, net, _, _ = tunnel
    with FragmentCapture(net.wan, "port-b") as fragments:
        assert iperf(lab, net.a, net.b, destination(net.b, inside)) > 50e6
    assert not fragments.counts


@pytest.mark.parametrize("inside", [4, 6])
@pytest.mark.parametrize("outside", [4, 6])
def test_strongswan(lab, inside, outside):
    net = Topology(lab)
    changes = {"local_ts": [net.b.subnet, net.b.subnet6], "remote_ts": [net.a.subnet, net.a.subnet6]}
    if outside == 6:
        changes.update(local_address=net.b.address6, remote_address=net.a.address6)
    peer = strongswan_at(lab, net.b, net.a, **changes)
    ours = esplane_at(lab, net.a, net.b, **dual_stack(net.a, net.b, outside))
    ours.up()
    with net.capture() as capture:
        assert ping(net.a, destination(net.b, inside)) == 3
        assert ping(net.b, destination(net.a, inside)) == 3
    assert capture.counts["esp-udp"] == 12, capture.describe()
    assert not capture.in_clear, capture.describe()
