"""Every way in which two configurations fail to meet ends in one error that a person can act on.

strongSwan holds the other end. For each case and role: `last_error` has the code, names the tunnel, what the peer said
or offered, what is configured here and where to change it; the log says the same on one line.
"""

import re
from dataclasses import dataclass, field

import pytest

from esplane import Esplane
from lab import Lab
from scenario import esplane_at, esplane_tunnel, strongswan_at, strongswan_connection
from topology import Topology

THEIR_ID = "somebody-else.example.org"


@dataclass
class Case:
    """What differs at the peer, and what our message must contain in each role (regular expressions)."""

    name: str
    peer: dict
    as_initiator: dict  # acceptable code -> patterns
    as_responder: dict
    tunnel: dict = field(default_factory=dict)


CASES = [
    Case(
        "wrong-psk",
        peer={"psk": "battery horse"},
        as_initiator={
            "authentication_failed": [r"AUTHENTICATION_FAILED", r"psk|pre-shared", r"\bid\b|identity"],
            "wrong_psk": [r"psk|pre-shared"],
        },
        as_responder={"wrong_psk": [r"psk|pre-shared", r"gw-b\.example\.org"]},
    ),
    Case(
        "no-common-ike-proposal",
        peer={"ike": "aes128-sha512-ecp384"},
        as_initiator={"no_common_ike_proposal": [r"NO_PROPOSAL_CHOSEN", r"aes256gcm16-prfsha256-ecp256", r"proposals"]},
        as_responder={
            "no_common_ike_proposal": [r"aes128", r"ecp384", r"aes256gcm16-prfsha256-ecp256", r"proposals"],
        },
    ),
    Case(
        "no-common-esp-proposal",
        peer={"esp": "aes128-sha512"},
        as_initiator={"no_common_esp_proposal": [r"NO_PROPOSAL_CHOSEN", r"aes256gcm16", r"proposals"]},
        as_responder={"no_common_esp_proposal": [r"aes128", r"sha512", r"aes256gcm16", r"proposals"]},
    ),
    Case(
        "no-common-selector",
        peer={"local_ts": ["10.77.0.0/24"]},
        as_initiator={"no_common_selector": [r"TS_UNACCEPTABLE", r"10\.2\.0\.0/24", r"subnets"]},
        as_responder={"no_common_selector": [r"10\.77\.0\.0", r"10\.2\.0\.0/24", r"subnets"]},
    ),
    Case(
        "wrong-identity",
        peer={"local_id": THEIR_ID},
        # A strongSwan that is asked for an identity it does not have says AUTHENTICATION_FAILED and no more.
        as_initiator={
            "authentication_failed": [r"AUTHENTICATION_FAILED", r"gw-b\.example\.org", r"\bid\b|identity"],
            "wrong_identity": [re.escape(THEIR_ID), r"gw-b\.example\.org", r"\bid\b"],
        },
        as_responder={"wrong_identity": [re.escape(THEIR_ID), r"gw-b\.example\.org", r"\bid\b"]},
    ),
]


class Site:
    """One topology for all cases: esplane is restarted for each, strongSwan loads what the case wants."""

    def __init__(self, lab):
        self.net = Topology(lab)
        self.peer = strongswan_at(lab, self.net.b, self.net.a)
        self.ours = esplane_at(lab, self.net.a, self.net.b)

    def prepare(self, case):
        self.peer.terminate(check=False)
        self.peer.load(strongswan_connection(self.net.b, self.net.a, **case.peer))
        self.ours.stop()
        self.ours.configure({"net": esplane_tunnel(self.net.a, self.net.b, **case.tunnel)})
        self.ours.start()


@pytest.fixture(scope="module")
def site():
    with Lab() as lab:
        yield Site(lab)


def assert_explains(ours, error, expected):
    assert error["code"] in expected, error
    message = error["message"]
    for pattern in [r"\bnet\b", *expected[error["code"]]]:
        assert re.search(pattern, message, re.IGNORECASE), f"no /{pattern}/ in: {message}"
    lines = [line for line in ours.log().splitlines() if message in line]
    assert len(lines) == 1, f"{len(lines)} log lines say: {message}\n{ours.log()}"
    assert re.search(r"warn|error", lines[0], re.IGNORECASE), lines[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_initiator(site, case):
    site.prepare(case)
    outcome = site.ours.up(check=False)
    error = site.ours.wait_error()
    assert_explains(site.ours, error, case.as_initiator)
    assert outcome.returncode == 1, outcome
    assert error["message"] in outcome.stderr, outcome
    assert site.ours.tunnel()["state"] != "established"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_responder(site, case):
    site.prepare(case)
    site.peer.initiate(check=False, timeout=3)
    error = site.ours.wait_error()
    assert_explains(site.ours, error, case.as_responder)
    assert site.ours.tunnel()["state"] != "established"


def test_error_goes_when_the_tunnel_comes(site):
    site.prepare(CASES[0])
    site.ours.up(check=False)
    assert site.ours.wait_error()
    site.peer.load(strongswan_connection(site.net.b, site.net.a))
    site.ours.up()
    assert site.ours.wait_established()["last_error"] is None


def test_silent_peer(lab):
    """Nobody listens at the other end."""
    net = Topology(lab)
    patient = {"ike": {"retransmit": "100ms", "retries": 3}}
    ours = Esplane(lab, net.a.gateway, {"net": esplane_tunnel(net.a, net.b)}, gateway=patient)
    outcome = ours.up(check=False)
    assert outcome.returncode == 1, outcome
    error = ours.wait_error()
    assert_explains(ours, error, {"peer_silent": [r"192\.0\.2\.2", r"500", r"firewall|reach|address"]})
    assert error["message"] in outcome.stderr, outcome


def test_up_gives_up_in_time(lab):
    """`up --timeout` is the patience of the person, not that of the protocol."""
    net = Topology(lab)
    outcome = esplane_at(lab, net.a, net.b).up(check=False, timeout=1)
    assert outcome.returncode == 1, outcome
    assert "net" in outcome.stderr
