"""Fixtures, and the loud skip on a machine that cannot build namespaces."""

import json
import os
from pathlib import Path

import pytest

from lab import Lab, sweep, unavailable

REASON = unavailable()
FIGURES = {}


def pytest_collection_modifyitems(items):
    if REASON is not None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=REASON))


def pytest_terminal_summary(terminalreporter):
    if REASON is not None:
        terminalreporter.section("INTEROP TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"This machine {REASON}.")
    if FIGURES:
        terminalreporter.section("figures")
        for name, value in FIGURES.items():
            terminalreporter.line(f"{value:>8}  {name}")
        if path := os.environ.get("ESPLANE_FIGURES"):
            Path(path).write_text(json.dumps(FIGURES, indent=2) + "\n", encoding="utf-8")


def pytest_sessionstart():
    if REASON is None:
        sweep()


@pytest.fixture
def lab():
    with Lab() as made:
        yield made


@pytest.fixture
def figures():
    """What was measured, by name with its unit; printed at the end of the run."""
    return FIGURES
