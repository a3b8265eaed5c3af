"""Sends IKE_SA_INIT requests from addresses that are not its own; run by itself in a namespace.

    flood_program.py DESTINATION [REQUESTS A SECOND]

Without a rate it is as fast as it can be.
Each is a whole request that a gateway could answer, of another initiator's SPI and another source in 198.18.0.0/15. On
SIGTERM it prints how many left a second, and ends.
"""

import ctypes
import os
import signal
import socket
import struct
import sys
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SOURCES = 16384
BURST = 64


class IoVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class MessageHeader(ctypes.Structure):
    """struct mmsghdr, flat."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vector", ctypes.POINTER(IoVector)),
        ("vectors", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_size_t),  # an int, and what aligns the next field
        ("sent", ctypes.c_size_t),  # the same
    ]


def payload(following, body):
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


def transform(last, kind, identifier, attributes=b""):
    return struct.pack("!BBHBBH", 0 if last else 3, 0, 8 + len(attributes), kind, 0, identifier) + attributes


def request():
    """AES-GCM-16 with 256 bits, HMAC-SHA-256, ECP-256, from the octets behind the initiator's SPI on."""
    transforms = (
        transform(False, 1, 20, struct.pack("!HH", 0x800E, 256)) + transform(False, 2, 5) + transform(True, 4, 19)
    )
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 3) + transforms
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    value = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    chain = payload(34, proposal) + payload(40, struct.pack("!HH", 19, 0) + value) + payload(0, os.urandom(32))
    return struct.pack("!QBBBBII", 0, 33, 0x20, 34, 0x08, 0, 28 + len(chain)) + chain


def packet(number, destination, behind_spi):
    source = socket.inet_aton(f"198.18.{number >> 8 & 255}.{number & 255}")
    udp = struct.pack("!HHHH", 500, 500, 16 + len(behind_spi), 0)  # without a checksum, as IPv4 allows
    header = struct.pack("!BBHHHBBH", 0x45, 0, 0, number & 0xFFFF, 0, 64, socket.IPPROTO_UDP, 0)
    return header + source + destination + udp + os.urandom(8) + behind_spi


class Bursts:
    """Packets that leave by one system call for BURST of them: a sender that takes a core would measure itself."""

    def __init__(self, raw, packets, destination):
        self._raw = raw
        self._library = ctypes.CDLL(None, use_errno=True)
        address = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(destination))
        self._name = ctypes.create_string_buffer(address, len(address))
        self._octets = [ctypes.create_string_buffer(each, len(each)) for each in packets]
        self._vectors = (IoVector * len(packets))(
            *(IoVector(ctypes.addressof(each), len(each)) for each in self._octets)
        )
        self._headers = (MessageHeader * len(packets))()
        for header, number in zip(self._headers, range(len(packets))):
            header.name, header.name_length = ctypes.addressof(self._name), len(address)
            header.vector, header.vectors = ctypes.pointer(self._vectors[number]), 1

    def send(self, first):
        at = ctypes.byref(self._headers, first % len(self._headers) * ctypes.sizeof(MessageHeader))
        return max(0, self._library.sendmmsg(self._raw.fileno(), at, BURST, 0))


def main():
    destination = sys.argv[1]
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    behind_spi = request()
    packets = [packet(number, socket.inet_aton(destination), behind_spi) for number in range(SOURCES)]
    bursts = Bursts(raw, packets, destination)
    begun = time.monotonic()
    sent = 0
    tried = 0
    while not stop:
        sent += bursts.send(tried)
        tried += BURST
        ahead = begun + tried / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    print(f"{sent / (time.monotonic() - begun):.0f} requests a second", flush=True)


if __name__ == "__main__":
    main()
