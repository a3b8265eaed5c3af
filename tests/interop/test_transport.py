"""Transport mode: what the two gateways say to each other, without a second IP header."""

from dataclasses import replace

import pytest

from capture import FragmentCapture
from frames import record
from lab import wait_until
from scenario import pair
from topology import Topology
from traffic import iperf, ping


@pytest.fixture(params=[4, 6])
def tunnel(request, lab):
    """The gateways as hosts of their own, the address of the other one, and the length of the outer header."""
    net = Topology(lab)
    left, right = ([site.address, site.address6][request.param == 6] for site in net.sites)
    gateways = pair(
        lab,
        net,
        ours={"local": {"address": left, "subnets": [left]}, "remote": {"address": right, "subnets": [right]}},
        theirs={"local": {"address": right, "subnets": [right]}, "remote": {"address": left, "subnets": [left]}},
        esp={"mode": "transport"},
    )
    for gateway in gateways:
        assert [child["mode"] for child in gateway.tunnel()["children"]] == ["transport"]
    net.sites = [replace(site, host=site.gateway) for site in net.sites]
    return net, gateways[0], right, 20 if request.param == 4 else 40


def test_one_ip_header(tunnel):
    net, _, peer, header = tunnel
    with record(net) as recording:
        assert ping(net.a, peer) == 3
    assert recording.counts["esp"] == 6 and not recording.in_clear, recording.describe()
    # SPI, number and IV; 64 octets of ICMP, padded with the trailer to a multiple of 4; ICV.
    assert {frame.length for frame in recording.esp} == {header + 16 + 68 + 16}


def test_tcp(tunnel, lab):
    net, gateway, peer, header = tunnel
    fits = (1500 - header - 32) // 4 * 4 - 2 + header
    wait_until(lambda: gateway.tunnel()["mtu"] == fits, 2, f"an MTU of {fits}")
    with FragmentCapture(net.wan, "port-b") as fragments:
        assert iperf(lab, net.a, net.b, peer) > 50e6
    assert not fragments.counts


def test_large_datagrams(tunnel):
    """A fragment cannot go in transport mode (RFC 4303, section 3.3.4): the outer packet is fragmented, DF or not."""
    net, gateway, peer, _ = tunnel
    with FragmentCapture(net.wan, "port-b") as fragments:
        for option in ("dont", "want", "do"):
            assert ping(net.a, peer, "-M", option, "-s", 4000) == 3, option
    assert fragments.counts["fragment"] == 3 * 6 * 3
    assert gateway.tunnel()["drops"] == {}
