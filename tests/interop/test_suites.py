"""Every suite of ESP that strongSwan's user-space ESP knows, both families inside and outside, in UDP."""

import pytest

from scenario import dual_stack, esplane_at, strongswan_at
from topology import Topology
from traffic import ping

BITS = (128, 192, 256)
SUITES = [f"aes{bits}gcm16" for bits in BITS]
SUITES += [f"aes{bits}-{integrity}" for bits in BITS for integrity in ("sha256", "sha384", "sha512")]
SUITES += ["chacha20poly1305"]


@pytest.mark.parametrize("outside", [4, 6])
@pytest.mark.parametrize("esp", SUITES)
def test_strongswan(lab, esp, outside):
    net = Topology(lab)
    changes = {"local_ts": [net.b.subnet, net.b.subnet6], "remote_ts": [net.a.subnet, net.a.subnet6]}
    if outside == 6:
        changes.update(local_address=net.b.address6, remote_address=net.a.address6)
    strongswan_at(lab, net.b, net.a, esp=esp, **changes)
    ours = esplane_at(lab, net.a, net.b, esp={"proposals": [esp]}, **dual_stack(net.a, net.b, outside))
    ours.up()
    with net.capture() as capture:
        for there, back in ((net.b.host_address, net.a.host_address), (net.b.host_address6, net.a.host_address6)):
            assert ping(net.a, there, "-s", 1200, count=2) == 2
            assert ping(net.b, back, count=2) == 2
    assert capture.counts["esp-udp"] == 16, capture.describe()
    assert not capture.in_clear, capture.describe()
    (child,) = ours.tunnel()["children"]
    assert (child["suite"], child["drops"]) == (esp, {})
