"""Several key exchanges for one IKE_SA (RFC 9370), between two of ours: the strongSwan of Debian does not know them."""

import subprocess

import pytest

from esplane import BINARY
from lab import LabError
from scenario import pair
from topology import Topology
from traffic import ping

TWO = "aes256gcm16-prfsha256-ecp256-ke1_x25519"
FOUR = "aes256-sha256-ecp256-ke1_x25519-ke2_ecp384-ke3_modp2048"


@pytest.mark.parametrize("proposal", [TWO, FOUR], ids=["two", "four"])
def test_a_tunnel_and_its_rekeys(lab, proposal):
    net = Topology(lab)
    ours, peer = pair(lab, net, ike={"proposals": [proposal]})
    assert ours.tunnel()["ike"]["suite"] == peer.tunnel()["ike"]["suite"] == proposal
    assert ping(net.a, net.b.host_address) == 3
    ours.rekey()
    assert ping(net.a, net.b.host_address) == 3
    # The IKE_SA is made anew, from the ground up, and has as many again.
    before = ours.tunnel()["ike"]["spi_i"]
    assert "negotiated anew" in ours.rekey(ike=True).stdout
    assert ours.tunnel()["ike"]["spi_i"] != before
    assert ours.tunnel()["ike"]["suite"] == proposal
    assert ping(net.a, net.b.host_address) == 3


def test_a_peer_without_is_refused_and_the_reason_said(lab):
    net = Topology(lab)
    with pytest.raises(LabError) as refused:
        pair(lab, net, ours={"ike": {"proposals": [TWO]}})
    assert TWO in str(refused.value)


def test_what_this_openssl_lacks_is_said_by_check(tmp_path):
    config = tmp_path / "esplane.yaml"
    config.write_text(
        "tunnels:\n"
        "  net:\n"
        "    local: {address: 192.0.2.1, subnets: [10.1.0.0/16]}\n"
        "    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}\n"
        "    auth: {psk: correct horse battery staple}\n"
        "    ike: {proposals: aes256gcm16-prfsha384-ecp384-ke1_mlkem768}\n"
    )
    done = subprocess.run([BINARY, "check", config], capture_output=True, text=True, check=False)
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    has_it = tuple(int(part) for part in version.split(".")[:2]) >= (3, 5)
    assert (done.returncode == 0) == has_it
    assert has_it or ("6:22" in done.stderr + done.stdout and "needs OpenSSL 3.5" in done.stderr + done.stdout)
