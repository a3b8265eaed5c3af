"""EAP-TLS: clients that prove themselves by certificate inside EAP, with strongSwan and among ourselves."""

import json

import pytest

import test_eap
from certificates import Authority
from esplane import BINARY
from lab import LabError
from scenario import esplane_at, strongswan_at
from test_certificates import KINDS, auth_of
from test_remote_access import client_at, gateway_with_pool, peers, vip
from topology import Topology
from traffic import ping, ping_from

USER = "alice@example.org"
SUCCESS = "EAP method EAP_TLS succeeded, MSK established"


@pytest.fixture(scope="module")
def authority():
    return Authority()


def our_server(lab, own, peer, authority, eap="tls", **more):
    auth = auth_of(lab, own, authority.gateway(own.identity), authority, **more)
    return esplane_at(lab, own, peer, auth={"eap": eap, **auth})


def our_client(lab, own, peer, authority, certified=None, user=USER, **more):
    auth = auth_of(lab, own, certified or authority.gateway(user), authority)
    return esplane_at(lab, own, peer, auth={"eap": "tls", "user": user, **auth, **more})


def their_client(lab, own, peer, authority, certified=None, user=USER):
    return strongswan_at(
        lab,
        own,
        peer,
        authority=authority,
        certified=certified or authority.gateway(user),
        eap="eap-tls",
        user=(user, None),
    )


def their_server(lab, own, peer, authority, **more):
    return test_eap.their_server(lab, own, peer, authority, eap="eap-tls", user=None, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_strongswan_as_client(lab, kind):
    net, authority = Topology(lab), Authority(kind)
    ours = our_server(lab, net.a, net.b, authority)
    peer = their_client(lab, net.b, net.a, authority)
    peer.initiate()
    ours.wait_established()
    assert SUCCESS in peer.process.log()
    assert ping(net.a, net.b.host_address) == 3
    peer.rekey()
    ours.rekey(ike=True)
    assert ping(net.b, net.a.host_address) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_strongswan_as_server(lab, kind):
    net, authority = Topology(lab), Authority(kind)
    peer = their_server(lab, net.b, net.a, authority)
    ours = our_client(lab, net.a, net.b, authority)
    ours.up()
    ours.wait_established()
    assert SUCCESS in peer.process.log()
    assert ping(net.a, net.b.host_address) == 3
    ours.rekey(ike=True)
    assert ping(net.b, net.a.host_address) == 3


def test_road_warriors_with_certificates(lab, authority):
    """Two users of one tunnel, each with an address of its own, under the strictest rules."""
    net = Topology(lab, sites=3)
    crls = authority.crls()
    auth = auth_of(lab, net.a, authority.gateway(net.a.identity), authority, crls=crls, revocation="strict")
    ours = gateway_with_pool(lab, net.a, remote={"address": "any", "id": "any"}, auth={"eap": "tls", **auth})
    users = ["alice@example.org", "bob.example.org"]
    addresses = set()
    for site, user in zip((net.b, net.c), users):
        certified = authority.gateway(user)
        peer = client_at(
            lab, site, net.a, authority=authority, certified=certified, crls=crls, eap="eap-tls", user=(user, None)
        )
        peer.initiate()
        addresses.add(vip(peer))
        assert ping_from(site.gateway, vip(peer), net.a.host_address) == 3
    assert len(addresses) == 2
    assert set(peers(ours)) == set(users)


def failure(side):
    """What an esplane says of EAP that has failed."""
    error = side.wait_error()
    assert error["code"] == "eap_failed"
    return error["message"]


def bad_users(authority):
    """A user's certificate, lists of revoked ones, and what is said of it here and there."""
    revoked = authority.gateway(USER)
    return {
        "expired": (authority.gateway(USER, start=-9, end=-1), (), "has expired", "certificate expired"),
        "unknown-ca": (Authority().gateway(USER), (), "has an issuer that is not known here", "unknown CA"),
        "revoked": (revoked, authority.crls(revoked), "has been revoked", "certificate revoked"),
    }


@pytest.mark.parametrize("flaw", ["expired", "unknown-ca", "revoked"])
def test_strongswan_as_client_is_refused(lab, authority, flaw):
    net = Topology(lab)
    certified, crls, why, _ = bad_users(authority)[flaw]
    ours = our_server(lab, net.a, net.b, authority, crls=crls)
    peer = their_client(lab, net.b, net.a, authority, certified)
    with pytest.raises(LabError):
        peer.initiate()
    message = failure(ours)
    assert f"(tls, EAP identity '{USER}')" in message
    # charon does not show a certificate that it does not believe itself.
    assert why in message or "it has shown no certificate" in message
    assert SUCCESS not in peer.process.log()
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


@pytest.mark.parametrize("flaw", ["expired", "unknown-ca", "revoked"])
def test_strongswan_as_server_refuses_us(lab, authority, flaw):
    net = Topology(lab)
    certified, crls, _, _ = bad_users(authority)[flaw]
    peer = their_server(lab, net.b, net.a, authority, crls=crls)
    ours = our_client(lab, net.a, net.b, authority, certified)
    with pytest.raises(LabError):
        ours.up()
    message = failure(ours)
    assert f"(tls, EAP identity '{USER}')" in message
    assert "it answers our certificate with the TLS alert '" in message
    assert SUCCESS not in peer.process.log()
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


@pytest.mark.parametrize("flaw", ["expired", "unknown-ca", "revoked"])
def test_both_of_us_say_why(lab, authority, flaw):
    net = Topology(lab)
    certified, crls, why, alert = bad_users(authority)[flaw]
    server = our_server(lab, net.b, net.a, authority, crls=crls)
    client = our_client(lab, net.a, net.b, authority, certified)
    with pytest.raises(LabError):
        client.up()
    for side, words in ((server, why), (client, f"TLS alert '{alert}'")):
        assert words in failure(side)


def test_a_server_of_eap_of_another_name_gets_no_certificate(lab, authority):
    net = Topology(lab)
    peer = their_server(lab, net.b, net.a, authority)
    ours = our_client(lab, net.a, net.b, authority, aaa_id="radius.example.org")
    with pytest.raises(LabError):
        ours.up()
    assert "does not speak for radius.example.org" in ours.wait_error()["message"]
    assert SUCCESS not in peer.process.log()


def test_of_two_methods_the_client_takes_its_own(lab, authority):
    net = Topology(lab, sites=3)
    users = {"users": {"alice": {"password": "correct horse"}, USER: {}}}
    paths = test_eap.files(lab, net.a, users_file=json.dumps(users).encode())
    auth = auth_of(lab, net.a, authority.gateway(net.a.identity), authority)
    ours = gateway_with_pool(
        lab,
        net.a,
        remote={"address": "any", "id": "any"},
        auth={"eap": ["tls", "mschapv2"], **auth, **paths},
    )
    by_certificate = client_at(
        lab, net.b, net.a, authority=authority, certified=authority.gateway(USER), eap="eap-tls", user=(USER, None)
    )
    by_password = client_at(
        lab, net.c, net.a, authority=authority, eap="eap-mschapv2", user=("alice", "correct horse")
    )
    for peer in (by_certificate, by_password):
        peer.initiate()
    assert set(peers(ours)) == {USER, "alice"}


def test_a_user_who_is_not_listed_is_refused(lab, authority):
    net = Topology(lab)
    paths = test_eap.files(lab, net.a, users_file=json.dumps({"users": {"bob": {}}}).encode())
    ours = our_server(lab, net.a, net.b, authority, **paths)
    peer = their_client(lab, net.b, net.a, authority)
    with pytest.raises(LabError):
        peer.initiate()
    assert "who is not in users_file" in ours.wait_error()["message"]


def test_among_ourselves_by_what_pki_makes(lab, tmp_path):
    net = Topology(lab, nat="a")

    def pki(*arguments):
        net.a.gateway.run(str(BINARY), "pki", *arguments)

    def auth(name, identity):
        pki("gateway", "--ca", str(tmp_path / "ca"), "--id", identity, "--out", str(tmp_path / name))
        own = tmp_path / name / identity
        return {"eap": "tls", "certificate": f"{own}.crt", "key": f"{own}.key", "ca": str(tmp_path / "ca" / "ca.crt")}

    pki("ca", "--name", "Example CA", "--out", str(tmp_path / "ca"))
    server = esplane_at(lab, net.b, net.a, auth=auth("server", net.b.identity))
    client = esplane_at(lab, net.a, net.b, auth={"user": USER, **auth("client", USER)})
    client.up()
    server.wait_established()
    assert ping(net.a, net.b.host_address) == 3
    server.rekey(ike=True)
    assert ping(net.b, net.a.host_address) == 3
