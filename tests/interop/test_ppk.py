"""Post-quantum pre-shared keys (RFC 8784) with strongSwan."""

import pytest

from lab import LabError
from scenario import bring_up, esplane_at, strongswan_at
from topology import Topology
from traffic import ping

NAME, KEY = "ppk-2026", "a second secret of many octets"


def with_ppk(tmp_path, required=True, key=KEY):
    file = tmp_path / "ppk"
    file.write_text(key)
    file.chmod(0o600)
    return {"ppk_file": str(file), "ppk_id": NAME, "ppk_required": required}


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
@pytest.mark.parametrize("required", [True, False], ids=["required", "optional"])
def test_both_have_it(lab, tmp_path, required, initiator):
    net = Topology(lab)
    peer = strongswan_at(lab, net.b, net.a, ppk=(NAME, KEY), ppk_required=required)
    ours = esplane_at(lab, net.a, net.b, auth=with_ppk(tmp_path, required))
    bring_up(initiator, ours, peer)
    assert ours.wait_established()["ike"]["ppk"]
    assert ping(net.a, net.b.host_address) == 3
    ours.rekey(ike=True)
    ours.rekey()
    assert ours.wait_established()["ike"]["ppk"]
    assert ping(net.a, net.b.host_address) == 3


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
@pytest.mark.parametrize("required", [True, False], ids=["required", "optional"])
def test_the_peer_has_none(lab, tmp_path, required, initiator):
    net = Topology(lab)
    peer = strongswan_at(lab, net.b, net.a)
    ours = esplane_at(lab, net.a, net.b, auth=with_ppk(tmp_path, required))
    start = ours.up if initiator == "a" else peer.initiate
    if required:
        with pytest.raises(LabError):
            start()
        assert ours.wait_error()["code"] == "no_common_ppk"
        assert ping(net.a, net.b.host_address, timeout=0.2) == 0
    else:
        start()
        assert not ours.wait_established()["ike"]["ppk"]
        assert ping(net.a, net.b.host_address) == 3


def test_another_value_under_the_same_name(lab, tmp_path):
    net = Topology(lab)
    strongswan_at(lab, net.b, net.a, ppk=(NAME, KEY))
    ours = esplane_at(lab, net.a, net.b, auth=with_ppk(tmp_path, key="another one of many octets"))
    with pytest.raises(LabError):
        ours.up()
    assert ours.wait_error()["code"] == "authentication_failed"
