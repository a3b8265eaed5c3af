"""Traffic between hosts that is counted exactly: numbered UDP echoes at a fixed rate, and iperf3."""

import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass

from capture import MARKER
from lab import LabError, wait_until

ECHO_PORT = 7007
IPERF_PORT = 5201
SO_RCVBUFFORCE = 33
SOCKET_BUFFER = 8 << 20


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _udp_socket(namespace, address):
    made = namespace.socket(_family(address), socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER)
    made.bind((address, 0))
    return made


class EchoServer:
    """Sends every datagram back, and counts how often each number of each flow arrived."""

    def __init__(self, namespace, address):
        self.seen = Counter()  # (flow, number) -> arrivals
        self._socket = namespace.socket(_family(address), socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER)
        self._socket.bind((address, ECHO_PORT))
        self._stop_reading, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._stop.send(b".")
        self._thread.join()
        for each in (self._socket, self._stop, self._stop_reading):
            each.close()

    def _serve(self):
        while True:
            ready, _, _ = select.select([self._socket, self._stop_reading], [], [])
            if self._stop_reading in ready:
                return
            data, sender = self._socket.recvfrom(65535)
            self.seen[struct.unpack_from("!QQ", data, len(MARKER))] += 1
            # While a tunnel is down a route may be missing, and an unreachable sender is the test's business.
            with contextlib.suppress(OSError):
                self._socket.sendto(data, sender)


@dataclass(frozen=True)
class Tally:
    """What became of numbered packets. Lost and doubled are counted apart for each direction."""

    sent: int
    lost_there: int
    lost_back: int
    doubled_there: int
    doubled_back: int

    @property
    def flawless(self):
        return self.sent > 0 and not any((self.lost_there, self.lost_back, self.doubled_there, self.doubled_back))


class EchoFlow:
    """Numbered datagrams at a steady rate from one host to an `EchoServer` on another, until `finish`."""

    _next_flow = 0

    def __init__(self, namespace, source, server, destination, rate=1000):
        EchoFlow._next_flow += 1
        self._flow = EchoFlow._next_flow
        self._server = server
        self._destination = (destination, ECHO_PORT)
        self._interval = 1.0 / rate
        self._padding = bytes(96)
        self._socket = _udp_socket(namespace, source)
        self._returned = Counter()
        self._sent = 0
        self._stop = threading.Event()
        self._closed = False
        self._receiver = threading.Thread(target=self._receive, daemon=True)
        self._sender = threading.Thread(target=self._send, daemon=True)
        self._receiver.start()
        self._sender.start()

    @property
    def sent(self):
        return self._sent

    @property
    def returned(self):
        return len(self._returned)

    def wait_for_sent(self, more, timeout=10):
        """Waits until `more` further packets have left."""
        target = self._sent + more
        wait_until(lambda: self._sent >= target, timeout, f"{more} packets to leave")

    def finish(self, grace=1.0):
        """Stops sending, gives the last packets `grace` seconds to return, and says what became of all of them."""
        self._stop.set()
        self._sender.join()
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and len(self._returned) < self._sent:
            time.sleep(0.01)
        self._closed = True
        self._receiver.join()  # before the close: it would wait on a descriptor that is gone, or somebody else's by now
        self._socket.close()
        there = [self._server.seen[(self._flow, number)] for number in range(self._sent)]
        back = [self._returned[number] for number in range(self._sent)]
        return Tally(
            sent=self._sent,
            lost_there=there.count(0),
            # An answer counts as lost on its way back only if the question arrived.
            lost_back=sum(1 for went, came in zip(there, back) if went and not came),
            doubled_there=sum(count - 1 for count in there if count > 1),
            doubled_back=sum(max(0, came - max(went, 1)) for went, came in zip(there, back)),
        )

    def _send(self):
        start = time.monotonic()
        while not self._stop.is_set():
            data = MARKER + struct.pack("!QQ", self._flow, self._sent) + self._padding
            with contextlib.suppress(OSError):  # a blackhole route refuses at once: that packet is lost, and counted so
                self._socket.sendto(data, self._destination)
            self._sent += 1
            ahead = start + self._sent * self._interval - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)

    def _receive(self):
        while not self._closed:
            ready, _, _ = select.select([self._socket], [], [], 0.05)
            if not ready:
                continue
            try:
                data = self._socket.recv(65535)
            except OSError:
                continue  # an ICMP error for an earlier packet
            flow, number = struct.unpack_from("!QQ", data, len(MARKER))
            if flow == self._flow:
                self._returned[number] += 1


def ping(site, destination, *options, source=None, count=3, timeout=1.0):
    """Sends `count` echoes with the marker inside, one after the other; returns how many came back.

    Further `options` are ping's own: `-s` for the octets behind the ICMP header, `-M do` for DF, `-Q` for the TOS.
    """
    return ping_from(site.host, source, destination, *options, count=count, timeout=timeout)


def ping_from(namespace, source, destination, *options, count=3, timeout=1.0):
    """The same from any namespace; no `source`: whichever the kernel takes."""
    arguments = ["ping", "-n", "-q", "-c", count, "-i", "0.02", "-W", timeout, "-p", MARKER.hex(), *options]
    if source:
        arguments += ["-I", source]
    done = namespace.run(*arguments, destination, check=False, timeout=count * (timeout + 1) + 5)
    for line in done.stdout.splitlines():
        if "received" in line:
            return int(line.split(",")[1].split()[0])
    raise LabError(f"ping: {done.stderr or done.stdout}")


def iperf(lab, client, server, address, seconds=None, volume="50M"):
    """One TCP flow of so many seconds, else of so many octets; returns the rate at the receiver in bits a second."""
    extent = ["--time", seconds] if seconds else ["--bytes", volume]
    daemon = lab.start(server.host, ["iperf3", "--server", "--one-off", "--forceflush", "--bind", address])
    try:
        daemon.wait_for_line(r"listening on", 5)
        arguments = ["iperf3", "--client", address, *extent, "--json", "--connect-timeout", "3000"]
        done = client.host.run(*arguments, check=False, timeout=(seconds or 0) + 20)
        report = json.loads(done.stdout)
        if "error" in report:
            raise LabError(f"iperf3: {report['error']}")
        return report["end"]["sum_received"]["bits_per_second"]
    finally:
        daemon.stop()
