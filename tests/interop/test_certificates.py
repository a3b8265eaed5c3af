"""Certificates in the place of a pre-shared key: with strongSwan and among ourselves, by each kind of key."""

import pytest

from certificates import Authority
from esplane import BINARY
from lab import LabError, wait_until
from scenario import bring_up, esplane_at, strongswan_at
from topology import Topology
from traffic import ping

KINDS = ["rsa", "ecdsa256", "ecdsa384", "ecdsa521", "ed25519"]


@pytest.fixture(scope="module")
def authorities():
    """One of each kind; RSA keys take long to make."""
    return {kind: Authority(kind) for kind in KINDS}


def auth_of(lab, site, certified, authority, crls=(), **more):
    """`auth` of an esplane, and its files."""
    directory = lab.directory / f"certificates-{site.name}"
    directory.mkdir(exist_ok=True)
    contents = {"certificate": certified.chain_pem(), "key": certified.key_pem(), "ca": authority.root.pem()}
    auth = {name: str(directory / name) for name in contents}
    for number, crl in enumerate(crls):
        contents[f"crl-{number}"] = crl
    if crls:
        auth["crl"] = [str(directory / f"crl-{number}") for number in range(len(crls))]
    for name, content in contents.items():
        (directory / name).write_bytes(content)
        (directory / name).chmod(0o600 if name == "key" else 0o644)
    return {**auth, **more}


def esplane_with(lab, own, peer, certified, authority, **more):
    """An esplane at `own` that proves itself by a certificate; `more` goes into its `auth`."""
    return esplane_at(lab, own, peer, auth=auth_of(lab, own, certified, authority, **more))


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_with_strongswan(lab, authorities, kind, initiator):
    net, authority = Topology(lab), authorities[kind]
    crls = authority.crls()
    peer = strongswan_at(
        lab,
        net.b,
        net.a,
        certified=authority.gateway(net.b.identity),
        authority=authority,
        crls=crls,
        revocation="strict",
    )
    ours = esplane_with(
        lab, net.a, net.b, authority.gateway(net.a.identity), authority, crls=crls, revocation="strict"
    )
    bring_up(initiator, ours, peer)
    ours.wait_established()
    assert ping(net.a, net.b.host_address) == 3
    ours.rekey(ike=True)
    assert ping(net.a, net.b.host_address) == 3


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_rsa_pss_with_strongswan(lab, authorities, initiator):
    net, authority = Topology(lab), authorities["rsa"]
    peer = strongswan_at(
        lab, net.b, net.a, certified=authority.gateway(net.b.identity), authority=authority, auth="rsa/pss-sha384"
    )
    ours = esplane_with(lab, net.a, net.b, authority.gateway(net.a.identity), authority)
    bring_up(initiator, ours, peer)
    ours.wait_established()
    assert "RSA_EMSA_PSS_SHA2_384" in peer.process.log()
    assert ping(net.a, net.b.host_address) == 3


def bad_certificates(authority, identity):
    """What is wrong, the code that says so, and what makes it."""
    good = authority.gateway(identity)
    return {
        "expired": ("certificate_expired", authority.gateway(identity, start=-10, end=-1), ()),
        "not-yet-valid": ("certificate_not_yet_valid", authority.gateway(identity, start=1, end=10), ()),
        "another-name": ("certificate_identity", authority.gateway("other.example.org"), ()),
        "another-authority": ("certificate_unknown_ca", Authority().gateway(identity), ()),
        "revoked": ("certificate_revoked", good, (good,)),
    }


@pytest.mark.parametrize("flaw", ["expired", "not-yet-valid", "another-name", "another-authority", "revoked"])
def test_a_bad_certificate_is_refused_and_both_sides_say_why(lab, authorities, flaw):
    net, authority = Topology(lab), authorities["ecdsa256"]
    code, bad, revoked = bad_certificates(authority, net.b.identity)[flaw]
    peer = strongswan_at(lab, net.b, net.a, certified=bad, authority=authority)
    ours = esplane_with(
        lab, net.a, net.b, authority.gateway(net.a.identity), authority, crls=authority.crls(*revoked)
    )
    with pytest.raises(LabError):
        ours.up()
    assert ours.wait_error()["code"] == code
    with pytest.raises(LabError):
        peer.initiate()
    assert "AUTHENTICATION_FAILED" in peer.process.log() or "AUTH_FAILED" in peer.process.log()
    assert ours.tunnel()["last_error"]["code"] == code
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0


def test_strict_revocation_fails_closed_without_a_list(lab, authorities):
    net, authority = Topology(lab), authorities["ecdsa256"]
    strongswan_at(lab, net.b, net.a, certified=authority.gateway(net.b.identity), authority=authority)
    ours = esplane_with(lab, net.a, net.b, authority.gateway(net.a.identity), authority, revocation="strict")
    with pytest.raises(LabError):
        ours.up()
    assert ours.wait_error()["code"] == "certificate_revocation_unknown"


@pytest.mark.parametrize("initiator", ["a", "b"], ids=["we-initiate", "peer-initiates"])
def test_distinguished_names(lab, authorities, initiator):
    """What strongSwan calls itself by when nothing else is configured: the subject of its certificate."""
    net, authority = Topology(lab), authorities["ecdsa256"]
    names = {site.name: f"O=Example, CN={site.identity}" for site in (net.a, net.b)}
    peer = strongswan_at(
        lab,
        net.b,
        net.a,
        certified=authority.gateway(net.b.identity),
        authority=authority,
        local_id=f'"{names["b"]}"',
        remote_id=f'"{names["a"]}"',
    )
    auth = auth_of(lab, net.a, authority.gateway(net.a.identity), authority)
    # In the other order than the certificate's, as messages have it.
    ours = esplane_at(
        lab, net.a, net.b, auth=auth, local={"id": f"CN={net.a.identity}, O=Example"}, remote={"id": names["b"]}
    )
    bring_up(initiator, ours, peer)
    ours.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_a_mixture_of_keys_among_ourselves(lab, authorities):
    net, authority = Topology(lab), authorities["ecdsa384"]
    esplane_with(lab, net.b, net.a, authority.gateway(net.b.identity, "ed25519"), authority)
    ours = esplane_with(lab, net.a, net.b, authority.gateway(net.a.identity, "rsa"), authority)
    ours.up()
    ours.wait_established()
    assert ping(net.a, net.b.host_address) == 3


def test_what_pki_makes_is_what_tunnels_take(lab, tmp_path):
    """Three commands and the lines that they print, then a revocation that a reload takes up."""
    net = Topology(lab)

    def pki(*arguments):
        return net.a.gateway.run(str(BINARY), "pki", *arguments).stdout

    def auth(site):
        files = {"certificate": f"{site.identity}.crt", "key": f"{site.identity}.key"}
        made = {key: str(tmp_path / site.name / name) for key, name in files.items()}
        return {**made, "ca": str(tmp_path / "ca" / "ca.crt"), "crl": str(tmp_path / "ca" / "ca.crl"), "revocation": "strict"}

    pki("ca", "--name", "Example CA", "--out", str(tmp_path / "ca"))
    for site in (net.a, net.b):
        said = pki("gateway", "--ca", str(tmp_path / "ca"), "--id", site.identity, "--out", str(tmp_path / site.name))
        assert f"{site.identity}.key" in said
    peer = esplane_at(lab, net.b, net.a, auth=auth(net.b))
    ours = esplane_at(lab, net.a, net.b, auth=auth(net.a))
    ours.up()
    assert ping(net.a, net.b.host_address) == 3

    pki("revoke", "--ca", str(tmp_path / "ca"), str(tmp_path / net.a.name / f"{net.a.identity}.crt"))
    ours.down()
    peer.hangup()
    wait_until(lambda: "reload" in peer.log(), 5, "the reload")
    with pytest.raises(LabError):
        ours.up()
    assert peer.wait_error()["code"] == "certificate_revoked"
    assert ping(net.a, net.b.host_address, timeout=0.2) == 0
