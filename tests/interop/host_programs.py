"""Programs of a gateway's own host, and of its neighbours: they listen, connect, and send what cannot be overlooked."""

import contextlib
import socket
import threading

from capture import MARKER

PORT = 7022


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class TcpEcho:
    """Sends back what comes, to everyone who connects to any address of its namespace."""

    def __init__(self, namespace):
        self._socket = namespace.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._socket.bind(("::", PORT))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    @staticmethod
    def _answer(connection):
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data)


def connect(namespace, address, source=None, timeout=3):
    """A connection to a `TcpEcho`, from `source` or whichever address the kernel takes."""
    made = namespace.socket(family(address), socket.SOCK_STREAM)
    made.settimeout(timeout)
    try:
        if source:
            made.bind((source, 0))
        made.connect((address, PORT))
    except OSError:
        made.close()
        raise
    return made


def is_echoed(connection, octets):
    """Whether so many octets come back as they went."""
    data = (MARKER * (octets // len(MARKER) + 1))[:octets]
    sender = threading.Thread(target=connection.sendall, args=(data,), daemon=True)
    sender.start()
    returned = bytearray()
    while len(returned) < octets:
        more = connection.recv(65536)
        if not more:
            return False
        returned += more
    sender.join()
    return bytes(returned) == data


def reaches(namespace, address, source=None, octets=100_000, timeout=3):
    """Whether a `TcpEcho` there answers, with more than one segment."""
    try:
        with connect(namespace, address, source, timeout) as connection:
            return is_echoed(connection, octets)
    except OSError:
        return False


def send_datagram(namespace, address, source=None, device=None, payload=MARKER * 6):
    """Returns whether the kernel took it."""
    with namespace.socket(family(address), socket.SOCK_DGRAM) as made:
        if device:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        if source:
            made.bind((source, 0))
        try:
            return made.sendto(payload, (address, PORT)) == len(payload)
        except OSError:
            return False
