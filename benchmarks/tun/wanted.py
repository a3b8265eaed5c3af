"""The targets, each a figure of esplane beside that of another contender in the same round."""

import operator
import statistics
from dataclasses import dataclass
from typing import Callable, Optional

SUBJECTS = ("esplane", "esplane-udp")
JUDGED = "esplane-udp"  # the form that the targets are about: strongSwan's in user space is ESP in UDP, too

RELATIONS = {">=": operator.ge, "<": operator.lt, "<=": operator.le}


@dataclass(frozen=True)
class Target:
    label: str
    figure: str
    against: Optional[str]
    combine: Callable  # of esplane's figure and the other's
    limit: float
    relation: str  # of the figure to the limit
    unit: str

    @property
    def wanted(self):
        return f"{self.relation} {self.limit:g}{self.unit}"


def _ratio(own, other):
    return own / other if other else None


def _difference(own, other):
    return own - other


def _itself(own, _other):
    return own


TARGETS = (
    Target("one TCP flow / plain forwarding", "tcp", "plain", _ratio, 0.5, ">=", "x"),
    Target("one TCP flow / strongSwan", "tcp", "strongswan", _ratio, 12, ">=", "x"),
    Target("one TCP flow / wireguard-go", "tcp", "wireguard-go", _ratio, 12, ">=", "x"),
    Target("eight TCP flows / plain forwarding", "tcp8", "plain", _ratio, 0.4, ">=", "x"),
    Target("UDP 1,300 B / strongSwan", "udp1300", "strongswan", _ratio, 4, ">=", "x"),
    Target("CPU of one idle gateway", "idle_cpu", None, _itself, 0.5, "<", " %"),
    Target("idle round trip - plain forwarding's", "rtt_p50", "plain", _difference, 100, "<", " us"),
    Target("idle round trip - strongSwan's", "rtt_p50", "strongswan", _difference, 0, "<=", " us"),
)


def judge(target, subject, results):
    """The median over the rounds of what `target` compares, and whether that is enough; (None, None) if unknown.

    Round by round, as a machine that is shared is fast in one and slow in the next.
    """
    own = results.samples.get(subject, {}).get(target.figure, [])
    other = results.samples.get(target.against, {}).get(target.figure, []) if target.against else own
    compared = [target.combine(*pair) for pair in zip(own, other) if None not in pair]
    compared = [value for value in compared if value is not None]
    if not compared:
        return None, None
    value = statistics.median(compared)
    return value, RELATIONS[target.relation](value, target.limit)


def verdicts(results):
    """One dictionary a target, for those that were measured."""
    found = []
    for target in TARGETS:
        values = {subject: judge(target, subject, results) for subject in SUBJECTS}
        if all(value is None for value, _ in values.values()):
            continue
        found.append(
            {
                "target": target.label,
                "wanted": target.wanted,
                "unit": target.unit,
                **{subject: value for subject, (value, _) in values.items()},
                "reached": values[JUDGED][1],
            }
        )
    return found
