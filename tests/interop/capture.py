"""What crosses the outer link: counts of IKE, ESP and clear packets, and whether inner data shows.

A packet socket of our own instead of tcpdump, because a test of "nothing in clear" needs to know that the capture was
on before the first packet, that none was missed, and what each packet was.
"""

import ctypes
import re
import select
import socket
import struct
import threading
from collections import Counter

ETH_P_ALL = 3
ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
SOL_PACKET, PACKET_STATISTICS = 263, 6
SO_ATTACH_FILTER, SO_RCVBUFFORCE = 26, 33
IKE_PORT, NATT_PORT = 500, 4500
PROTO_HOPOPTS, PROTO_UDP, PROTO_FRAGMENT, PROTO_ESP, PROTO_ICMPV6 = 0, 17, 44, 50, 58

# Carried by all test traffic, and by nothing else. Sixteen bytes, since ping takes no longer pattern.
MARKER = b"esplane-in-clear"


def classify(frame):
    """Names an Ethernet frame: ike, ike-natt, keepalive, esp, esp-udp, clear, or other (ARP, neighbour discovery)."""
    ethertype = struct.unpack_from("!H", frame, 12)[0]
    if ethertype == ETH_P_IP:
        protocol, payload = frame[23], frame[14 + (frame[14] & 15) * 4 :]
    elif ethertype == ETH_P_IPV6:
        protocol, payload = frame[20], frame[54:]
        # Neighbour and multicast listener discovery, the latter behind a hop-by-hop header.
        if protocol == PROTO_HOPOPTS or (protocol == PROTO_ICMPV6 and payload[0] >= 130):
            return "other"
    else:
        return "other"
    if protocol == PROTO_ESP:
        return "esp"
    if protocol == PROTO_UDP:
        return _classify_udp(payload)
    return "clear"


def _classify_udp(payload):
    ports, data = struct.unpack_from("!HH", payload), payload[8:]
    if IKE_PORT in ports:
        return "ike"
    if NATT_PORT not in ports:
        return "clear"
    # RFC 3948, sections 2.1 to 2.3: what follows the UDP header tells IKE, ESP and keepalives apart.
    if data == b"\xff":
        return "keepalive"
    return "ike-natt" if data[:4] == bytes(4) else "esp-udp"


class Capture:
    """Records from construction until the end of the `with`; then `counts` and `in_clear` are final."""

    def __init__(self, namespace, interface):
        self.counts = Counter()
        self.in_clear = []  # the first bytes of each frame that shows inner data
        # It has no protocol, so it receives nothing until it is bound: everything that is seen has passed the filter.
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self._prepare()
        with namespace.entered():
            self._socket.bind((interface, ETH_P_ALL))
        self._stop_reading, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()

    def close(self):
        """Takes what is queued, then ends. A capture that missed packets proves nothing, so that is an error."""
        if self._socket.fileno() < 0:
            return
        self._stop.send(b".")
        self._thread.join()
        statistics = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        missed = struct.unpack("II", statistics)[1]
        for each in (self._socket, self._stop, self._stop_reading):
            each.close()
        assert missed == 0, f"the capture missed {missed} packets"

    def _prepare(self):
        """Of the socket, before it sees anything."""

    def _read(self):
        while True:
            ready, _, _ = select.select([self._socket, self._stop_reading], [], [])
            if self._socket in ready:
                self._take(self._socket.recv(65535))
            elif self._stop_reading in ready:
                return

    def _take(self, frame):
        kind = classify(frame)
        self.counts[kind] += 1
        if MARKER in frame:
            self.in_clear.append(frame[:80])

    def describe(self):
        """One line for assertion messages."""
        seen = ", ".join(f"{kind} {count}" for kind, count in sorted(self.counts.items()))
        first = f"; first in clear: {self.in_clear[0].hex(' ')}" if self.in_clear else ""
        return re.sub(r"\s+", " ", f"on the outer link: {seen or 'nothing'}{first}")


class FragmentCapture(Capture):
    """Sees IP fragments only, picked by the kernel: cheap at any speed. `counts` has them under `fragment`."""

    # ip[6:2] & 0x3fff != 0, or ip6[6] == 44; as `tcpdump -dd` writes it.
    _FILTER = (
        (0x28, 0, 0, 12),  # ldh [12]
        (0x15, 0, 2, ETH_P_IP),
        (0x28, 0, 0, 20),  # ldh [20]: flags and offset
        (0x45, 3, 4, 0x3FFF),
        (0x15, 0, 3, ETH_P_IPV6),
        (0x30, 0, 0, 20),  # ldb [20]: next header
        (0x15, 0, 1, PROTO_FRAGMENT),
        (0x06, 0, 0, 128),
        (0x06, 0, 0, 0),
    )

    def _prepare(self):
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in self._FILTER))
        program = struct.pack("HP", len(self._FILTER), ctypes.addressof(code))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)

    def _take(self, frame):
        self.counts["fragment"] += 1
