"""Clients that prove themselves by EAP, to gateways with a certificate: with strongSwan, and among ourselves."""

import json

import pytest

from certificates import Authority
from lab import LabError
from scenario import esplane_at, strongswan_at
from test_remote_access import client_at, gateway_with_pool, peers, vip
from topology import Topology
from traffic import ping, ping_from

USER, PASSWORD = "alice", "correct horse"


@pytest.fixture(scope="module")
def authority():
    return Authority()


def files(lab, site, **contents):
    """Files for an esplane at `site`, for its eyes alone; their paths by name."""
    directory = lab.directory / f"eap-{site.name}"
    directory.mkdir(exist_ok=True)
    paths = {}
    for name, content in contents.items():
        path = directory / name
        path.write_bytes(content)
        path.chmod(0o600)
        paths[name] = str(path)
    return paths


def certified_files(lab, site, authority):
    certified = authority.gateway(site.identity)
    return files(
        lab, site, certificate=certified.chain_pem(), key=certified.key_pem(), ca=authority.root.pem()
    )


def server_files(lab, own, authority, users):
    known = {"users": {name: {"password": password} for name, password in users.items()}}
    return {**certified_files(lab, own, authority), **files(lab, own, users_file=json.dumps(known).encode())}


def our_server(lab, own, peer, authority):
    paths = server_files(lab, own, authority, {USER: PASSWORD})
    return esplane_at(lab, own, peer, auth={"eap": "mschapv2", **paths})


def our_client(lab, own, peer, authority, user=USER, password=PASSWORD):
    paths = files(lab, own, password_file=password.encode(), ca=authority.root.pem())
    return esplane_at(lab, own, peer, auth={"eap": "mschapv2", "user": user, **paths})


def their_client(lab, own, peer, authority, user=USER, password=PASSWORD):
    return strongswan_at(lab, own, peer, authority=authority, eap="eap-mschapv2", user=(user, password))


def their_server(lab, own, peer, authority, eap="eap-mschapv2", user=(USER, PASSWORD), **more):
    return strongswan_at(
        lab,
        own,
        peer,
        authority=authority,
        certified=authority.gateway(own.identity),
        eap=eap,
        asks_eap=True,
        user=user,
        **more,
    )


def test_strongswan_as_client(lab, authority):
    net = Topology(lab)
    ours = our_server(lab, net.a, net.b, authority)
    peer = their_client(lab, net.b, net.a, authority)
    peer.initiate()
    ours.wait_established()
    assert "EAP method EAP_MSCHAPV2 succeeded, MSK established" in peer.process.log()
    assert ping(net.a, net.b.host_address) == 3
    peer.rekey()
    peer.rekey(ike=True)
    ours.rekey(ike=True)
    ours.rekey()
    assert ping(net.b, net.a.host_address) == 3


def test_road_warriors_log_in(lab, authority):
    """Two users of one tunnel, each with an address of its own, whatever they say of their hosts."""
    net = Topology(lab, sites=3)
    users = {"alice": "correct horse", "bob": "battery staple"}
    ours = gateway_with_pool(
        lab,
        net.a,
        remote={"address": "any", "id": "any"},
        auth={"eap": "mschapv2", **server_files(lab, net.a, authority, users)},
    )
    addresses = set()
    for site, user in zip((net.b, net.c), users.items()):
        peer = client_at(lab, site, net.a, authority=authority, eap="eap-mschapv2", user=user)
        peer.initiate()
        addresses.add(vip(peer))
        assert ping_from(site.gateway, vip(peer), net.a.host_address) == 3
    assert len(addresses) == 2
    assert set(peers(ours)) == set(users)


def test_strongswan_as_server(lab, authority):
    net = Topology(lab)
    peer = their_server(lab, net.b, net.a, authority)
    ours = our_client(lab, net.a, net.b, authority)
    ours.up()
    ours.wait_established()
    assert "EAP method EAP_MSCHAPV2 succeeded, MSK established" in peer.process.log()
    assert ping(net.a, net.b.host_address) == 3
    ours.rekey(ike=True)
    ours.rekey()
    assert ping(net.b, net.a.host_address) == 3


@pytest.mark.parametrize("user, password", [(USER, "wrong horse"), ("mallory", PASSWORD)], ids=["password", "user"])
def test_strongswan_as_client_is_refused(lab, authority, user, password):
    net = Topology(lab)
    ours = our_server(lab, net.a, net.b, authority)
    peer = their_client(lab, net.b, net.a, authority, user, password)
    with pytest.raises(LabError):
        peer.initiate()
    error = ours.wait_error()
    assert error["code"] == "eap_failed"
    assert f"(mschapv2, EAP identity '{user}')" in error["message"]
    assert "EAP method EAP_MSCHAPV2 succeeded" not in peer.process.log()
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


@pytest.mark.parametrize("user, password", [(USER, "wrong horse"), ("mallory", PASSWORD)], ids=["password", "user"])
def test_strongswan_as_server_refuses_us(lab, authority, user, password):
    net = Topology(lab)
    peer = their_server(lab, net.b, net.a, authority)
    ours = our_client(lab, net.a, net.b, authority, user, password)
    with pytest.raises(LabError):
        ours.up()
    error = ours.wait_error()
    assert error["code"] == "eap_failed"
    assert f"(mschapv2, EAP identity '{user}')" in error["message"]
    assert "EAP method EAP_MSCHAPV2 failed" in peer.process.log()
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


def test_a_server_of_another_authority_gets_no_password(lab, authority):
    net = Topology(lab)
    peer = their_server(lab, net.b, net.a, Authority())
    ours = our_client(lab, net.a, net.b, authority)
    with pytest.raises(LabError):
        ours.up()
    assert ours.wait_error()["code"] == "certificate_unknown_ca"
    assert "received EAP identity" not in peer.process.log()


def test_among_ourselves(lab, authority):
    net = Topology(lab, nat="a")
    server = our_server(lab, net.b, net.a, authority)
    client = our_client(lab, net.a, net.b, authority)
    client.up()
    server.wait_established()
    assert ping(net.a, net.b.host_address) == 3
    server.rekey(ike=True)
    assert ping(net.b, net.a.host_address) == 3
