"""scapy at the other end of the SA: it opens what we seal, and we open what it seals."""

import itertools

import pytest
from gateway import make_sa, suite_lengths
from packets import inner_packets
from scapy_peer import ScapyPeer
from suites import SUITES

SIZES = [*range(16), 1372, 9000]
OUTERS = list(itertools.product((4, 6), (False, True)))
by_suite = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)

# First numbers of SAs with ESN: the low half wraps on the way; and a high half of which every octet counts.
EXTENDED = [(1 << 32) - 7, (0x01020304 << 32) + 0x7FFFFFFF]


def opened_by_scapy(sa, seed, plain):
    peer = ScapyPeer(sa, seed)
    return [peer.open(packet, sequence) for sequence, packet in enumerate(sa.seal(plain), start=sa.first)]


def sealed_by_scapy(sa, seed, plain):
    peer = ScapyPeer(sa, seed)
    return [peer.seal(packet, sequence) for sequence, packet in enumerate(plain, start=sa.first)]


@by_suite
@pytest.mark.parametrize("family, udp", OUTERS)
def test_both_ways(suite, family, udp, seed):
    sa = make_sa(seed, suite, family=family, udp=udp)
    plain = inner_packets(seed, SIZES)
    assert opened_by_scapy(sa, seed, plain) == plain
    assert sa.open(sealed_by_scapy(sa, seed, plain)) == (plain, {})


@by_suite
@pytest.mark.parametrize("first", EXTENDED)
def test_extended_sequence_numbers(suite, first, seed):
    sa = make_sa(seed, suite, esn=True, first=first)
    plain = inner_packets(seed, range(10))
    assert opened_by_scapy(sa, seed, plain) == plain
    assert sa.open(sealed_by_scapy(sa, seed, plain)) == (plain, {})


@by_suite
def test_order_is_no_matter_within_the_window(suite, seed):
    """The batch that the cipher sees has numbers of both sides of a wrap, the latest first."""
    sa = make_sa(seed, suite, esn=True, first=EXTENDED[0])
    plain = inner_packets(seed, range(10))
    sealed = sealed_by_scapy(sa, seed, plain)
    assert sa.open(sealed[::-1]) == (plain[::-1], {})


def test_suites_are_those_of_the_gateway():
    """A suite that is added there must find its judge here."""
    assert {suite.name: suite.key_length for suite in SUITES} == suite_lengths()
