"""What fits through a tunnel, by the reference formula, and what a host is told of it."""

import re

from lab import LabError

# IV, ICV and alignment of a suite.
OVERHEADS = {"aes256gcm16": (8, 16, 4), "aes256-sha256": (16, 16, 16)}


def expected_mtu(suite, link=1500, udp=False, outside=4):
    iv, icv, alignment = OVERHEADS[suite]
    fixed = (20 if outside == 4 else 40) + (8 if udp else 0) + 8 + iv + icv
    return (link - fixed) // alignment * alignment - 2


def jumbo(*sites):
    """Lets packets of 9,000 octets reach the gateways of these sites, whose outer links stay as they are."""
    for site in sites:
        for end in (site.host, site.gateway):
            end.ip("link set lan mtu 9000")


def headers(destination):
    """Of an echo: octets before those that `ping -s` counts."""
    return 48 if ":" in destination else 28


def told(site, destination, length):
    """The MTU that a host learns by sending echoes of `length` octets which must not be fragmented."""
    size = length - headers(destination)
    site.host.run("ip", "-6" if ":" in destination else "-4", "route", "flush", "cache")
    done = site.host.run(
        "ping", "-n", "-c", 3, "-i", "0.02", "-W", 1, "-M", "do", "-s", size, destination, check=False
    )
    if not (said := re.search(r"mtu[ :=]+(\d+)", done.stdout + done.stderr)):
        raise LabError(f"nobody told {site.name} what fits:\n{done.stdout}{done.stderr}")
    return int(said[1])
