"""tshark's ESP dissector as a judge: what it decrypts, and what it says of the ICV."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packets import write_pcap

FIELDS = ["esp.spi", "esp.sequence", "esp.iv", "esp.icv_good", "esp.icv_bad", "esp.contained_data", "esp.pad",
          "esp.pad_len", "esp.protocol"]


@dataclass(frozen=True)
class Dissection:
    spi: int
    sequence: int
    iv: bytes
    icv_good: bool
    icv_bad: bool
    inner: bytes
    padding: bytes
    pad_length: int
    next_header: int


def _sa_entry(sa):
    """A line of the dissector's table."""
    encryption, authentication = sa.suite.tshark
    hexadecimal = ["0x" + key.hex() if key else "" for key in (sa.cipher_key, sa.integrity_key)]
    words = [f"IPv{sa.family}", "*", "*", f"{sa.spi:#010x}", encryption, hexadecimal[0], authentication, hexadecimal[1]]
    return "uat:esp_sa:" + ",".join(f'"{word}"' for word in words)


def _number(text):
    return int(text, 0) if text else -1


def _octets(text):
    return bytes.fromhex(text.replace(":", ""))


def _dissection(line):
    values = dict(zip(FIELDS, line.split("\t")))
    return Dissection(
        spi=_number(values["esp.spi"]),
        sequence=_number(values["esp.sequence"]),
        iv=_octets(values["esp.iv"]),
        icv_good=values["esp.icv_good"] == "1",
        icv_bad=values["esp.icv_bad"] == "1",
        inner=_octets(values["esp.contained_data"]),
        padding=_octets(values["esp.pad"]),
        pad_length=_number(values["esp.pad_len"]),
        next_header=_number(values["esp.protocol"]),
    )


def dissect(sas, packets):
    """One run over all `packets`, told of the keys of `sas`. The user's own preferences have no say."""
    with tempfile.TemporaryDirectory(prefix="esplane-tshark-") as directory:
        capture = Path(directory, "esp.pcap")
        write_pcap(capture, packets)
        settings = ["esp.enable_encryption_decode:TRUE", "esp.enable_authentication_check:TRUE"]
        options = [word for setting in settings + [_sa_entry(sa) for sa in sas] for word in ("-o", setting)]
        fields = [word for field in FIELDS for word in ("-e", field)]
        done = subprocess.run(
            ["tshark", "-n", "-r", capture, *options, "-T", "fields", *fields],
            capture_output=True,
            text=True,
            env={**os.environ, "WIRESHARK_CONFIG_DIR": directory},
        )
        assert done.returncode == 0, done.stderr
        found = [_dissection(line) for line in done.stdout.splitlines()]
        assert len(found) == len(packets), done.stderr
        return found
