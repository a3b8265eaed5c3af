"""What a peer should not send, made by scapy with the right key: each goes where it must, for the reason it must."""

import dataclasses

import pytest
from gateway import make_sa
from packets import inner_packet, ip_packet
from scapy_peer import ScapyPeer, padded
from suites import SUITES

WINDOW = 1024  # the default
V4, V6 = inner_packet(4, b"four" * 9), inner_packet(6, b"six" * 11)

by_suite = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)


def right_padding(length):
    return bytes(range(1, length + 1))


def longest_padding(sa, text):
    """As much padding as its length can say, and still whole blocks."""
    length = 255 - (len(text) + 255 + 2) % sa.suite.block
    return text + right_padding(length) + bytes([length])


def texts(sa):
    """Name, text with trailer, and what becomes of it: a drop reason, or the packet that comes out."""
    unsound = bytearray(padded(sa, V4 + b"\0", 4))
    unsound[len(V4) + 1] ^= 0x80
    too_long = V4[:2] + b"\xff\xff" + V4[4:]
    blocks = (V4 * 2)[: sa.suite.block * 3]
    return [
        ("IPv4", padded(sa, V4, 4), V4),
        ("IPv6", padded(sa, V6, 41), V6),
        ("255 octets of padding at most", longest_padding(sa, V4) + b"\x04", V4),
        ("TFC padding of zeros behind IPv4 (2.7)", padded(sa, V4 + bytes(301), 4), V4),
        ("TFC padding of anything behind IPv6", padded(sa, V6 + b"\x45" * 700, 41), V6),
        ("padding that does not count", bytes(unsound), "bad_padding"),
        ("padding of zeros", padded(sa, V4 + bytes(16), 4)[:-2] + b"\x10\x04", "bad_padding"),
        ("padding longer than the text", padded(sa, V4, 4)[:-2] + b"\xff\x04", "bad_padding"),
        ("padding longer by one", blocks[:-2] + bytes([len(blocks) - 1, 4]), "bad_padding"),
        ("dummy packet (2.6)", padded(sa, b"what ever", 59), "dummy"),
        ("dummy packet of nothing", padded(sa, b"", 59), "dummy"),
        ("UDP without IP", padded(sa, V4[20:], 17), "bad_next_header"),
        ("IPv6 options", padded(sa, V6, 0), "bad_next_header"),
        ("IPv6 said to be IPv4", padded(sa, V6, 4), "malformed_inner"),
        ("IPv4 said to be IPv6", padded(sa, V4, 41), "malformed_inner"),
        ("IPv4 of nothing", padded(sa, b"", 4), "malformed_inner"),
        ("IPv6 of nothing", padded(sa, b"", 41), "malformed_inner"),
        ("half an IPv4 header", padded(sa, V4[:10], 4), "malformed_inner"),
        ("half an IPv6 header", padded(sa, V6[:20], 41), "malformed_inner"),
        ("IPv4 longer than the packet", padded(sa, too_long, 4), "malformed_inner"),
        ("IPv6 cut by an octet", padded(sa, V6[:-1], 41), "malformed_inner"),
        ("IP version 5", padded(sa, b"\x55" + V4[1:], 4), "malformed_inner"),
        ("IPv4 header of 16 octets", padded(sa, b"\x44" + V4[1:], 4), "malformed_inner"),
    ]


def judge(sa, cases, **options):
    """Each of `cases` (name, outer packet, expected) alone through the gateway, in this order, on one SA."""
    accepted, refused = sa.open([packet for _, packet, _ in cases], together=1, **options)
    inner = iter(accepted)
    found = {name: refused[number] if number in refused else next(inner) for number, (name, _, _) in enumerate(cases)}
    assert found == {name: expected for name, _, expected in cases}


@by_suite
@pytest.mark.parametrize("family, udp, esn", [(4, False, False), (6, True, True)])
def test_texts(suite, family, udp, esn, seed):
    sa = make_sa(seed, suite, family=family, udp=udp, esn=esn)
    peer = ScapyPeer(sa, seed)
    sealed = enumerate(texts(sa), start=sa.first)
    judge(sa, [(name, peer.seal_text(text, number), expected) for number, (name, text, expected) in sealed])


def flipped(packet, at, bit=1):
    at %= len(packet)
    return packet[:at] + bytes([packet[at] ^ bit]) + packet[at + 1 :]


@by_suite
@pytest.mark.parametrize("family, udp", [(4, True), (6, False)])
def test_forgeries(suite, family, udp, seed):
    """Whatever bit is not the peer's; and none of them moves the window."""
    sa = make_sa(seed, suite, family=family, udp=udp)
    peer = ScapyPeer(sa, seed)
    genuine, icv = peer.seal(V4, 1), suite.icv_length
    other_key = dataclasses.replace(sa, key=bytes(octet ^ 1 for octet in sa.key))
    other_spi = dataclasses.replace(sa, spi=sa.spi ^ 0x100)
    judge(sa, [
        ("last bit of the ICV", flipped(genuine, -1), "bad_icv"),
        ("first bit of the ICV", flipped(genuine, -icv, 0x80), "bad_icv"),
        ("last octet of the text", flipped(genuine, -icv - 1), "bad_icv"),
        ("first octet of IV or text", flipped(genuine, sa.esp_offset + 8), "bad_icv"),
        ("a number far ahead", flipped(genuine, sa.esp_offset + 4, 0x40), "bad_icv"),
        ("zeros for ICV", genuine[:-icv] + bytes(icv), "bad_icv"),
        ("another key", ScapyPeer(other_key, seed).seal(V4, 1), "bad_icv"),
        ("another SPI", ScapyPeer(other_spi, seed).seal(V4, 1), "unknown_spi"),
        ("a reserved SPI", peer.wrap(b"\0\0\0\1" + genuine[sa.esp_offset + 4 :]), "unknown_spi"),
        ("the genuine one", genuine, V4),
    ])


@by_suite
def test_cut_at_every_length(suite, seed):
    """Shorter than any packet of the suite: refused before the cipher is spent on it. The rest does not verify."""
    sa = make_sa(seed, suite, udp=True)
    peer = ScapyPeer(sa, seed)
    esp = peer.seal(V4, 1)[sa.esp_offset :]
    shortest = 8 + suite.iv_length + 2 + suite.icv_length
    cases = [
        (f"{length} octets", peer.wrap(esp[:length]), "runt" if length < shortest else "bad_icv")
        for length in range(len(esp))
    ]
    keepalive = ("keepalive", peer.wrap(b"\xff"), "keepalive")
    judge(sa, [*cases, keepalive, ("all of it", peer.wrap(esp), V4)])


@by_suite
def test_replays(suite, seed):
    """RFC 4303 3.4.3, at each edge of the window."""
    sa = make_sa(seed, suite)
    peer = ScapyPeer(sa, seed)
    top = 5000
    judge(sa, [
        ("zero", peer.seal_text(padded(sa, V4, 4), 0), "replay"),
        ("the first", peer.seal(V4, 1), V4),
        ("the first again", peer.seal(V4, 1), "replay"),
        ("a jump", peer.seal(V6, top), V6),
        ("the jump again", peer.seal(V6, top), "replay"),
        ("the last number of the window", peer.seal(V4, top - WINDOW + 1), V4),
        ("that again", peer.seal(V4, top - WINDOW + 1), "replay"),
        ("the one behind it, though never seen", peer.seal(V4, top - WINDOW), "replay"),
        ("within, late", peer.seal(V6, top - 500), V6),
        ("the very last of the SA", peer.seal(V4, (1 << 32) - 1), V4),
        ("what was within", peer.seal(V6, top - 400), "replay"),
    ])


@by_suite
def test_replay_within_a_batch(suite, seed):
    """Both pass the first check of the window; the second finds it moved."""
    sa = make_sa(seed, suite)
    peer = ScapyPeer(sa, seed)
    packets = [peer.seal(V4, 1), peer.seal(V6, 2), peer.seal(V4, 1)]
    assert sa.open(packets) == ([V4, V6], {2: "replay"})


@by_suite
def test_high_half_of_the_number(suite, seed):
    """It is not sent, but it is signed."""
    sa = make_sa(seed, suite, esn=True, first=(7 << 32) + 5000)
    peer = ScapyPeer(sa, seed)
    judge(sa, [
        ("the last epoch's", peer.seal(V4, (6 << 32) + 5000), "bad_icv"),
        ("the next epoch's", peer.seal(V4, (8 << 32) + 5000), "bad_icv"),
        ("none", peer.seal(V4, 5000), "bad_icv"),
        ("this epoch's", peer.seal(V4, (7 << 32) + 5000), V4),
        # A2.2: what is below the window is taken for the next epoch's.
        ("behind the window", peer.seal(V4, (7 << 32) + 5000 - WINDOW), "bad_icv"),
        ("a whole epoch later", peer.seal(V6, (8 << 32) + 3000), V6),
        ("this epoch's, too late", peer.seal(V4, (7 << 32) + 5001), "bad_icv"),
    ])


@by_suite
def test_selectors(suite, seed):
    """RFC 4301 5.2: a peer that is genuine is still held to what was agreed."""
    sa = make_sa(seed, suite)
    peer = ScapyPeer(sa, seed)
    judge(sa, [
        ("within", peer.seal(V4, 1), V4),
        ("the other family", peer.seal(V6, 2), "outside_selectors"),
        ("another source", peer.seal(ip_packet("10.3.0.1", "10.2.0.9", b""), 3), "outside_selectors"),
        ("another destination", peer.seal(ip_packet("10.1.0.9", "10.3.0.1", b""), 4), "outside_selectors"),
    ], selectors=["10.1.0.0/16", "10.2.0.0/16"])
