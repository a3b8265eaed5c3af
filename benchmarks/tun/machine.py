"""The machine that was measured on."""

import os
import platform
import subprocess
from pathlib import Path

from esplane import BINARY

TELLING_FLAGS = ("aes", "avx2", "avx512f", "vaes", "vpclmulqdq")

PROGRAMS = {
    "esplane": [BINARY, "--version"],
    # The package, not the daemon: charon-systemd takes no --version, it starts.
    "strongswan": ["dpkg-query", "--show", "charon-systemd"],
    "wireguard-go": ["wireguard-go", "--version"],
    "iperf3": ["iperf3", "--version"],
}


def describe(cpuinfo=Path("/proc/cpuinfo")):
    fields = dict(
        tuple(part.strip() for part in line.split(":", 1)) for line in cpuinfo.read_text().splitlines() if ":" in line
    )
    flags = set(fields.get("flags", "").split())
    return {
        "cpu": fields.get("model name", "unknown"),
        "cores": len(os.sched_getaffinity(0)),
        "flags": {flag: flag in flags for flag in TELLING_FLAGS},
        "kernel": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg()[0],
        "programs": {name: _first_line(command) for name, command in PROGRAMS.items()},
    }


def _first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines[0] if lines else "unknown"
