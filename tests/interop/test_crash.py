"""A gateway that is killed and started again: the other one notices by its token, with the first packet (RFC 6290)."""

import time

import pytest

from esplane import Esplane
from lab import wait_until
from scenario import esplane_tunnel, pair
from topology import Topology
from traffic import ping


@pytest.fixture
def net(lab):
    return Topology(lab)


def test_a_packet_is_enough(lab, net):
    """The one that restarts only listens: nothing but what comes from the other tells of it, long before a check."""
    ours, peer = pair(lab, net, ours={"start": "auto"})
    peer.kill()
    peer.start()
    begun = time.monotonic()
    ping(net.a, net.b.host_address, count=1, timeout=0.1)
    wait_until(lambda: "RFC 6290" in ours.log(), 5, "the restart to be noticed")
    ours.wait_established(timeout=5)
    assert ping(net.a, net.b.host_address) == 3
    assert time.monotonic() - begun < 5


def test_the_secret_survives_and_is_private(lab, net):
    ours, _ = pair(lab, net)
    secret = ours.state_directory / "crash_secret"
    before = secret.read_bytes()
    assert len(before) == 32
    assert secret.stat().st_mode & 0o777 == 0o600
    ours.kill()
    ours.start()
    assert secret.read_bytes() == before


def test_no_place_for_the_secret_is_a_warning(lab, net):
    (lab.directory / "file").write_text("no folder")
    gateway = Esplane(
        lab, net.a.gateway, {"net": esplane_tunnel(net.a, net.b)}, {"state_directory": str(lab.directory / "file")}
    )
    assert "gateway.state_directory" in gateway.log()
