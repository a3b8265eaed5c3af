"""What does not fit the tunnel, with default settings: nobody has to set an MTU, and no outer packet is fragmented."""

import pytest

from capture import FragmentCapture
from lab import Lab, wait_until
from scenario import dual_stack, pair
from sizes import expected_mtu, headers, jumbo, told
from topology import Topology
from traffic import iperf, ping

GCM, CBC = "aes256gcm16", "aes256-sha256"


def wait_sizes(gateway, mtu):
    """The worker says what fits, the control thread lays the routes with it: then they are what status shows."""
    wait_until(lambda: gateway.tunnel()["mtu"] == mtu, 2, f"an MTU of {mtu}")
    tunnel = gateway.tunnel()
    assert (tunnel["mss"], tunnel["mss_ipv6"]) == (mtu - 40, mtu - 60)


def fragments(net):
    return FragmentCapture(net.wan, "port-b")


@pytest.mark.parametrize(
    "suite, encap, mtu",
    [(GCM, "auto", 1446), (GCM, "always", 1438), (CBC, "auto", 1438), (CBC, "always", 1422)],
)
def test_tcp_fits_the_path(lab, suite, encap, mtu):
    assert mtu == expected_mtu(suite, udp=encap == "always")
    net = Topology(lab)
    gateways = pair(lab, net, esp={"proposals": [suite]}, encap=encap)
    for gateway in gateways:
        wait_sizes(gateway, mtu)
    with fragments(net) as capture:
        # A path that is a blackhole for full segments gives nothing, one that fragments all of them a fraction.
        assert iperf(lab, net.a, net.b, net.b.host_address, 1) > 100e6
    assert not capture.counts, capture.describe()


def test_a_nat_takes_its_share(lab):
    net = Topology(lab, nat="a")
    gateways = pair(lab, net)
    for gateway in gateways:
        wait_sizes(gateway, expected_mtu(GCM, udp=True))
    with fragments(net) as capture:
        assert ping(net.a, net.b.host_address, "-M", "dont", "-s", 1472) == 3
    assert not capture.counts, capture.describe()


def test_a_rekey_may_change_what_fits(lab):
    """The first CHILD_SA has no group, so that the first suite of both is agreed on; the rekey has, and another is."""
    net = Topology(lab)
    gateways = pair(
        lab,
        net,
        ours={"esp": {"proposals": ["aes256-sha256-ecp256", "aes256gcm16"]}},
        theirs={"esp": {"proposals": ["aes256-sha256-x25519", "aes256gcm16"]}},
    )
    assert gateways[0].tunnel()["children"][0]["suite"].startswith(CBC)
    for gateway in gateways:
        wait_sizes(gateway, expected_mtu(CBC))
    gateways[0].rekey()
    assert gateways[0].tunnel()["children"][-1]["suite"].startswith(GCM)
    assert ping(net.a, net.b.host_address) == 3
    for gateway in gateways:
        wait_sizes(gateway, expected_mtu(GCM))
    assert told(net.a, net.b.host_address, 1500) == expected_mtu(GCM)


@pytest.fixture(scope="module")
def dual():
    with Lab() as lab:
        net = Topology(lab)
        gateways = pair(lab, net, ours=dual_stack(net.a, net.b), theirs=dual_stack(net.b, net.a))
        for gateway in gateways:
            wait_sizes(gateway, 1446)
        yield net, gateways


@pytest.mark.parametrize("length", [1500, 9000])
@pytest.mark.parametrize("family", [4, 6])
def test_a_host_is_told_what_fits(dual, family, length):
    net, _ = dual
    if length == 9000:
        jumbo(net.a, net.b)
    destination = net.b.host_address if family == 4 else net.b.host_address6
    assert told(net.a, destination, length) == 1446
    with fragments(net) as capture:
        assert ping(net.a, destination, "-M", "do", "-s", 1446 - headers(destination)) == 3
    assert not capture.counts, capture.describe()


@pytest.mark.parametrize("length", [1500, 9000])
@pytest.mark.parametrize("family", [4, 6])
def test_what_may_be_fragmented_is_before_encryption(dual, family, length):
    """IPv6 by the sending host, which is told first."""
    net, _ = dual
    if length == 9000:
        jumbo(net.a, net.b)
    destination = net.b.host_address if family == 4 else net.b.host_address6
    with fragments(net) as capture:
        options = ["-M", "dont"] if family == 4 else []
        # Each host loses its first packet, and is told; or it knows from before.
        assert ping(net.a, destination, *options, "-s", length - headers(destination), count=5) >= 3
    assert not capture.counts, capture.describe()
