"""Every contender in turn, round after round, each time with fresh gateways."""

import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Dict, List

from lab import Lab, LabError

from .contenders import start
from .measures import Bench, warm_up
from .network import Network

# What ends one measurement or one contender's turn. The others go on.
FAILURES = (LabError, OSError, subprocess.SubprocessError)


@dataclass
class Results:
    samples: Dict[str, Dict[str, List]] = field(default_factory=dict)  # contender, figure -> one a round, or None
    details: Dict[str, List[dict]] = field(default_factory=dict)  # contender -> one a round, by measure
    failures: List[str] = field(default_factory=list)

    def median(self, contender, figure):
        taken = [value for value in self.samples.get(contender, {}).get(figure, []) if value is not None]
        return statistics.median(taken) if taken else None


def run(contenders, measures, rounds, effort, changes, tell):
    """`contenders` and `measures` by name; `tell` is given a line for each step."""
    results = Results()
    for number in range(rounds):
        # Not always the same one first, or whatever changes during a round would always favour the same.
        order = [*contenders[number % len(contenders) :], *contenders[: number % len(contenders)]]
        for contender in order:
            heading = f"round {number + 1} of {rounds}, {contender.label}"
            figures, details = _turn(contender, measures, effort, changes, tell, heading, results.failures)
            results.details.setdefault(contender.name, []).append(details)
            samples = results.samples.setdefault(contender.name, {})
            for name in {*figures, *samples}:
                samples.setdefault(name, [None] * number).append(figures.get(name))
    return results


def _turn(contender, measures, effort, changes, tell, heading, failures):
    figures, details = {}, {}
    try:
        with Lab() as lab:
            network = Network(lab)
            bench = Bench(lab, network, start(contender, lab, network, changes), effort)
            warm_up(bench)
            for name, measure in measures.items():
                tell(f"{heading}: {name}")
                try:
                    taken = measure(bench)
                except FAILURES as failure:
                    failures.append(f"{heading}: {name}: {failure}")
                    continue
                figures.update(taken.figures)
                details[name] = taken.details
    except FAILURES as failure:
        failures.append(f"{heading}: {failure}")
    return figures, details
