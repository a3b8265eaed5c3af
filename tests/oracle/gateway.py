"""The gateway's ESP through `esp_oracle`, and the SAs that the judges are told of, too."""

import os
import random
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packets import read_pcap, write_pcap
from suites import Suite

BINARY = Path(os.environ.get("ESPLANE_BUILD", Path(__file__).parents[2] / "build")) / "tests" / "oracle" / "esp_oracle"
OUTER = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}
PORT = 4500


@dataclass(frozen=True)
class Sa:
    suite: Suite
    key: bytes  # as KEYMAT yields it: cipher key, salt, integrity key
    spi: int
    family: int = 4  # outer
    udp: bool = False
    esn: bool = False
    first: int = 1  # sequence number

    @property
    def cipher_key(self):
        return self.key[: self.suite.cipher_key_length]

    @property
    def integrity_key(self):
        return self.key[self.suite.cipher_key_length :]

    @property
    def esp_offset(self):
        """Octets of outer headers."""
        return (20 if self.family == 4 else 40) + (8 if self.udp else 0)

    def _arguments(self):
        yield from ("--suite", self.suite.name, "--key", self.key.hex(), "--spi", self.spi, "--first", self.first)
        if self.esn:
            yield "--esn"

    def seal(self, packets):
        """Outer packets. All must be sealed."""
        local, remote = OUTER[self.family]
        path = ["--local", local, "--remote", remote, *(["--udp"] if self.udp else [])]
        sealed, refused = _run("seal", [*self._arguments(), *path], packets)
        assert not refused, refused
        return sealed

    def open(self, packets, together=64, selectors=()):
        """Inner packets, and the drop reasons of those that were refused by their number in `packets`."""
        rest = ["--batch", together, *(word for prefix in selectors for word in ("--selector", prefix))]
        return _run("open", [*self._arguments(), *rest], packets)


def make_sa(seed, suite, **options):
    """Key and SPI are of `seed`."""
    source = random.Random(f"{seed} {suite.name} {sorted(options.items())}")
    return Sa(suite, source.randbytes(suite.key_length), source.randrange(256, 1 << 32), **options)


def suite_lengths():
    """Every suite that the gateway has: octets of key material by name."""
    lines = subprocess.run([BINARY, "suites"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: int(length) for name, length in map(str.split, lines)}


def _run(direction, arguments, packets):
    with tempfile.TemporaryDirectory(prefix="esplane-oracle-") as directory:
        before, after = Path(directory, "in.pcap"), Path(directory, "out.pcap")
        write_pcap(before, packets)
        command = [str(word) for word in (BINARY, direction, *arguments, before, after)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        refused = {int(number): reason for number, reason in map(str.split, done.stdout.splitlines())}
        return read_pcap(after), refused
