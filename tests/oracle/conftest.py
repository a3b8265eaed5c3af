"""One seed for all that is random here: keys, SPIs, payloads. ESPLANE_ORACLE_SEED changes it."""

import os

import pytest

SEED = int(os.environ.get("ESPLANE_ORACLE_SEED", "4303"))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.line(f"ESPLANE_ORACLE_SEED={SEED}")


@pytest.fixture
def seed():
    return SEED
