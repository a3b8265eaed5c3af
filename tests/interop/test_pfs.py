"""A key exchange with each rekey (PFS), which no peer shows before the first rekey."""

import pytest

from lab import wait_until
from scenario import esplane_at, strongswan_at
from topology import Topology
from traffic import ping


def rekeyed(gateway, before):
    def probe():
        children = gateway.tunnel()["children"]
        return children if [child["spi_in"] for child in children] not in ([], before) and len(children) == 1 else None

    return wait_until(probe, 15, "a rekeyed CHILD_SA")


@pytest.mark.parametrize("who", ["ours", "peer"])
def test_a_peer_that_has_none(lab, who):
    """As Azure's gateways, which rekey without a key exchange."""
    net = Topology(lab)
    peer = strongswan_at(lab, net.b, net.a, esp="aes256gcm16")
    ours = esplane_at(lab, net.a, net.b, esp={"proposals": ["aes256gcm16-ecp256"], "pfs": "optional"})
    ours.up()
    before = [child["spi_in"] for child in ours.wait_established()["children"]]
    {"ours": ours, "peer": peer}[who].rekey()
    rekeyed(ours, before)
    assert ping(net.a, net.b.host_address) == 3


def test_an_early_rekey_proves_that_both_have_the_same(lab):
    net = Topology(lab)
    strongswan_at(lab, net.b, net.a, esp="aes256gcm16-ecp256")
    ours = esplane_at(lab, net.a, net.b, esp={"proposals": ["aes256gcm16-ecp256"], "verify_pfs": True})
    ours.up()
    wait_until(lambda: any("ecp256" in child["suite"] for child in ours.tunnel()["children"]), 5, "the early rekey")
    assert ping(net.a, net.b.host_address) == 3


def test_an_early_rekey_finds_a_mismatch(lab):
    net = Topology(lab)
    strongswan_at(lab, net.b, net.a, esp="aes256gcm16")
    ours = esplane_at(lab, net.a, net.b, esp={"proposals": ["aes256gcm16-ecp256"], "verify_pfs": True})
    ours.up()
    error = ours.wait_error()
    assert error["code"] == "pfs_mismatch"
    assert "esp.pfs" in error["message"]
    assert ping(net.a, net.b.host_address) == 3  # until the lifetime is over
