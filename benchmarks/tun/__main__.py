"""`scripts/bench-tun` after the set-up: measures, and tells what came of it."""

import json
import signal
import sys

import lab

from . import machine, options, plot, probe, report, rounds, table
from .wanted import verdicts


def tell_progress(line):
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)


def clear_progress():
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def print_results(described, results):
    flags = " ".join(flag for flag, present in described["flags"].items() if present)
    print(f"{described['cpu']}, {described['cores']} cores ({flags}), {described['kernel']}\n")
    print(table.figures_table(results))
    if found := verdicts(results):
        print(f"\n{table.targets_table(found)}")
    for line in table.notes(results):
        print(f"note: {line}")


def main(arguments):
    chosen = options.parse(arguments)
    if reason := lab.unavailable() or probe.missing():
        print(f"bench-tun: this machine {reason}", file=sys.stderr)
        return 1
    lab.sweep()
    described = machine.describe()
    results = rounds.run(
        chosen.contenders, chosen.measures, chosen.rounds, chosen.effort, chosen.changes, tell_progress
    )
    clear_progress()
    print_results(described, results)
    if chosen.json:
        whole = report.as_json(results, described, chosen.rounds, chosen.effort, chosen.changes)
        chosen.json.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    if chosen.plot:
        plot.draw(results, described, chosen.plot)
    for failure in results.failures:
        print(f"bench-tun: {failure}", file=sys.stderr)
    return 1 if results.failures else 0


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of every `with`
try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
