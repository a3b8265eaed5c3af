"""Measures gateways between four network namespaces: `scripts/bench-tun`. The laboratory is that of the interop tests."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "interop"))
