"""The machine that was measured on."""

import os
import platform
from pathlib import Path

TELLING_FLAGS = ("aes", "avx2", "avx512f", "vaes", "vpclmulqdq")


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
    }
