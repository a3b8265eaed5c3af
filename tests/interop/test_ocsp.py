"""`auth.ocsp: fetch`: the status of a peer's certificate comes from its issuer's responder (RFC 6960)."""

import pytest

from certificates import Authority
from lab import LabError, wait_until
from ocsp_responder import PORT, OcspResponder
from scenario import bring_up, esplane_at, strongswan_at
from test_certificates import auth_of
from topology import Topology
from traffic import ping


@pytest.fixture
def net(lab):
    return Topology(lab, sites=3)


class World:
    """Two gateways' certificates, whose status a responder at c tells. Of the intermediate authority a list tells."""

    def __init__(self, lab, net, **responder):
        self.lab, self.net, self.authority = lab, net, Authority()
        url = f"http://{net.c.address}:{PORT}/status"
        self.own, self.peers = (self.authority.gateway(site.identity, ocsp=url) for site in (net.a, net.b))
        revoked = [self.peers] if responder.pop("revokes_peer", False) else []
        self.responder = OcspResponder(
            net.c.gateway, self.authority.intermediate, [self.own, self.peers], revoked, **responder
        )
        lab.defer(self.responder.close)

    def esplane(self, policy="strict"):
        auth = auth_of(self.lab, self.net.a, self.own, self.authority, crls=self.authority.crls()[:1])
        return esplane_at(self.lab, self.net.a, self.net.b, auth={**auth, "revocation": policy, "ocsp": "fetch"})

    def strongswan(self):
        crls = self.authority.crls()
        return strongswan_at(
            self.lab, self.net.b, self.net.a, certified=self.peers, authority=self.authority, crls=crls
        )


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_a_good_certificate_is_asked_about_once(lab, net, initiator):
    world = World(lab, net)
    peer, ours = world.strongswan(), world.esplane()
    bring_up(initiator, ours, peer)
    ours.wait_established()
    assert ping(net.a, net.b.host_address) == 3
    asked = world.responder.asked
    assert asked >= 1
    ours.down()
    ours.up()
    assert world.responder.asked == asked


@pytest.mark.parametrize("policy", ["strict", "relaxed"])
@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_a_revoked_one_is_refused(lab, net, initiator, policy):
    world = World(lab, net, revokes_peer=True)
    peer, ours = world.strongswan(), world.esplane(policy)
    with pytest.raises(LabError):
        bring_up(initiator, ours, peer)
    assert ours.wait_error()["code"] == "certificate_revoked"
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


def test_a_responder_that_says_nothing_holds_up_nothing_else(lab, net):
    """Strictly judged the peer is refused in the end, leniently it is let in; the gateway answers meanwhile."""
    world = World(lab, net, mute=True)
    peer, ours = world.strongswan(), world.esplane()
    attempt = lab.start(net.a.gateway, ["sh", "-c", ours.command("up", "net", "--timeout", "20s")])
    wait_until(lambda: world.responder.asked == 1, 5, "the responder to be asked")
    assert ours.tunnel()["state"] == "connecting"
    attempt.wait(20)
    assert ours.wait_error()["code"] == "certificate_revocation_unknown"
    assert "OCSP responder http://" in ours.log()
    assert not peer.established()
    ours.stop()
    lenient = world.esplane("relaxed")
    lenient.up(timeout=20)
    assert ping(net.a, net.b.host_address) == 3
