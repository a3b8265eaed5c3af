"""The keys that say what becomes of big packets and what the outer header shows."""

import pytest

from capture import FragmentCapture
from frames import record
from lab import wait_until
from scenario import pair
from sizes import told
from topology import Topology
from traffic import ping


def established(lab, **both):
    net = Topology(lab)
    return net, pair(lab, net, **both)[0]


def test_fragments_after_encryption(lab):
    net, _ = established(lab, fragment="after")
    with FragmentCapture(net.wan, "port-b") as fragments, net.capture() as capture:
        assert ping(net.a, net.b.host_address, "-M", "dont", "-s", 4000) == 3
    assert fragments.counts["fragment"] >= 18
    assert not capture.in_clear, capture.describe()


def test_never_fragments(lab):
    net, gateway = established(lab, fragment="never")
    with FragmentCapture(net.wan, "port-b") as fragments:
        assert ping(net.a, net.b.host_address, "-M", "dont", "-s", 1472, timeout=0.1) == 0
        assert told(net.a, net.b.host_address, 1500) == 1446
    assert not fragments.counts
    assert gateway.tunnel()["drops"]["too_big"] >= 3


@pytest.mark.parametrize("df, asked, shown", [("set", "dont", True), ("clear", "do", False)])
def test_df(lab, df, asked, shown):
    net, _ = established(lab, df=df)
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, "-M", asked) == 3
    assert {frame.dont_fragment for frame in recording.esp[::2]} == {shown}


def test_df_that_is_cleared_does_not_bind_either(lab):
    net, _ = established(lab, df="clear")
    with FragmentCapture(net.wan, "port-b") as fragments:
        assert ping(net.a, net.b.host_address, "-M", "do", "-s", 1472) == 3
    assert not fragments.counts


@pytest.mark.parametrize("dscp, shown", [("zero", 0), ("cs6", 48), (10, 10)])
def test_dscp(lab, dscp, shown):
    net, _ = established(lab, dscp=dscp)
    with record(net) as recording:
        assert ping(net.a, net.b.host_address, "-Q", 0xB8 | 2, count=1) == 1
    assert [frame.traffic_class for frame in recording.esp] == [shown << 2 | 2] * 2


def test_lengths_tell_nothing(lab):
    net, _ = established(lab, esp={"tfc": "mtu"})
    with record(net) as recording:
        for size in (16, 500, 1418):
            assert ping(net.a, net.b.host_address, "-s", size) == 3
    assert len(recording.esp) == 18
    assert {frame.length for frame in recording.esp} == {1500}


def test_rekeys_by_packets(lab):
    net, gateway = established(lab, esp={"lifetime_packets": 1000})
    (first,) = gateway.tunnel()["children"]
    assert ping(net.a, net.b.host_address, "-i", "0.001", count=1200) == 1200
    wait_until(lambda: gateway.tunnel()["children"][-1]["spi_in"] != first["spi_in"], 2, "a rekey")
