"""The highest rate that a channel carries with next to no loss."""

import math
from dataclasses import asdict, dataclass
from typing import List, Optional

TOLERATED_LOSS = 0.01
CLOSE_ENOUGH = 1.05
UNPACED = 0.0


@dataclass(frozen=True)
class Trial:
    asked: float  # packets a second, UNPACED for as fast as the sender can
    sent: int
    received: int
    seconds: float  # of sending, or of receiving where that took longer: a queue that drains later gains nothing

    @property
    def offered(self):
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def delivered(self):
        return self.received / self.seconds if self.seconds else 0.0

    @property
    def loss(self):
        return 1 - self.received / self.sent if self.sent else 1.0

    @property
    def passed(self):
        return self.sent > 0 and self.loss < TOLERATED_LOSS

    def as_dict(self):
        return {**asdict(self), "loss": round(self.loss, 5)}


@dataclass(frozen=True)
class Found:
    best: Optional[Trial]  # none: every rate tried lost too much
    generator_bound: bool  # even the sender's utmost passed: the channel may carry more
    trials: List[Trial]


def highest_rate(send, steps):
    """`send(rate)` gives a Trial. The sender's utmost comes first, then at most `steps` rates.

    A rate that loses too much is given a second chance: one hiccup of the machine is not the channel's limit.
    """
    trials = [send(UNPACED)]
    if trials[0].passed:
        return Found(trials[0], True, trials)
    low, high = None, trials[0].offered
    rate = min(trials[0].delivered, high / CLOSE_ENOUGH)
    for _ in range(steps):
        if rate < 1:
            break
        if _passes(send, rate, trials):
            low = rate
        else:
            high = rate
        if low and high / low < CLOSE_ENOUGH:
            break
        rate = _next_rate(low, high)
    passed = [trial for trial in trials if trial.passed]
    return Found(max(passed, key=lambda trial: trial.delivered, default=None), False, trials)


def _passes(send, rate, trials):
    for _ in range(2):
        trials.append(send(rate))
        if trials[-1].passed:
            return True
    return False


def _next_rate(low, high):
    """Near what is known to pass: what a sender offers at its utmost can be ten times what a gateway carries."""
    if low is None:
        return high * 0.7
    return min(low * 1.3, math.sqrt(low * high))
