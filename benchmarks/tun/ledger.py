"""Whether two esplanes' counters add up to the packet, and whether they have grown."""

from dataclasses import dataclass
from typing import Dict

# Drops that a sealed packet can meet on its way to the peer's count of packets in.
BY_SENDER = ("tx_failed",)
BY_RECEIVER = (
    *("runt", "unknown_spi", "replay", "bad_icv", "bad_padding", "bad_next_header", "congestion", "rx_overflow"),
    *("outside_selectors", "malformed_inner"),
)


@dataclass(frozen=True)
class Books:
    """One gateway's at one moment."""

    packets_in: int
    packets_out: int
    drops: Dict[str, int]
    resident_bytes: int


def books(gateway):
    status = gateway.status()
    children = [child for tunnel in status["tunnels"] for child in tunnel["children"]]
    drops = {}
    for worker in status["workers"]:
        for reason, count in worker["drops"].items():
            drops[reason] = drops.get(reason, 0) + count
    return Books(
        sum(child["packets_in"] for child in children),
        sum(child["packets_out"] for child in children),
        drops,
        gateway.process.resident_bytes(),
    )


def _more(after, before):
    grown = {reason: count - before.get(reason, 0) for reason, count in after.items()}
    return {reason: count for reason, count in grown.items() if count}


def _direction(sender, receiver):
    """`sender` and `receiver` are pairs of books, before and after."""
    sent = sender[1].packets_out - sender[0].packets_out
    received = receiver[1].packets_in - receiver[0].packets_in
    at_sender, at_receiver = _more(sender[1].drops, sender[0].drops), _more(receiver[1].drops, receiver[0].drops)
    dropped = sum(at_sender.get(reason, 0) for reason in BY_SENDER)
    dropped += sum(at_receiver.get(reason, 0) for reason in BY_RECEIVER)
    return {"sent": sent, "received": received, "dropped": dropped, "unaccounted": sent - received - dropped}


def compare(a, b):
    """`a` and `b` are pairs of Books, before and after; no packet is under way at either moment."""
    directions = {"a to b": _direction(a, b), "b to a": _direction(b, a)}
    return {
        "adds_up": all(each["unaccounted"] == 0 for each in directions.values()),
        **directions,
        "drops": {"a": _more(a[1].drops, a[0].drops), "b": _more(b[1].drops, b[0].drops)},
        "rss_before": [a[0].resident_bytes, b[0].resident_bytes],
        "rss_after": [a[1].resident_bytes, b[1].resident_bytes],
    }
