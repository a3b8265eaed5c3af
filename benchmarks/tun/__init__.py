"""`scripts/bench-tun`: gateways between four network namespaces, in the laboratory of the interop tests."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "interop"))
