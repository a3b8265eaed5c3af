"""Single packets of the outer link: recorded as they pass, altered, and sent once more or for the first time."""

import contextlib
import socket
import struct

from capture import ETH_P_ALL, ETH_P_IP, ETH_P_IPV6, PROTO_ICMPV6, PROTO_UDP, Capture, classify

ETHERNET, IPV4_HEADER, IPV6_HEADER, UDP_HEADER = 14, 20, 40, 8
PROTO_ICMP = 1
DONT_FRAGMENT, MORE_FRAGMENTS = 0x4000, 0x2000
QUOTED = 64  # octets behind the IP header that our ICMP messages quote; SPI and ports are among them


def checksum(data):
    """The Internet's (RFC 1071)."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4_header(header, length, fragment_field, protocol=None):
    """`header`, without options, changed and with its checksum right."""
    made = bytearray(header)
    struct.pack_into("!H", made, 2, IPV4_HEADER + length)
    struct.pack_into("!H", made, 6, fragment_field)
    made[9] = made[9] if protocol is None else protocol
    struct.pack_into("!H", made, 10, 0)
    struct.pack_into("!H", made, 10, checksum(bytes(made)))
    return bytes(made)


class Frame:
    """An Ethernet frame around an IP packet without options or extension headers. Changes make another one."""

    def __init__(self, octets):
        self.octets = bytes(octets)
        self.kind = classify(octets)
        self.is_ipv6 = struct.unpack_from("!H", octets, 12)[0] == ETH_P_IPV6
        self._behind = ETHERNET + (IPV6_HEADER if self.is_ipv6 else IPV4_HEADER)

    @property
    def header(self):
        return self.octets[ETHERNET : self._behind]

    @property
    def payload(self):
        return self.octets[self._behind :]

    @property
    def length(self):
        """Of the IP packet."""
        return len(self.octets) - ETHERNET

    @property
    def traffic_class(self):
        return struct.unpack_from("!I", self.header)[0] >> 20 & 0xFF if self.is_ipv6 else self.header[1]

    @property
    def ttl(self):
        return self.header[7 if self.is_ipv6 else 8]

    @property
    def protocol(self):
        return self.header[6 if self.is_ipv6 else 9]

    @property
    def dont_fragment(self):
        return bool(struct.unpack_from("!H", self.header, 6)[0] & DONT_FRAGMENT)

    @property
    def destination(self):
        family, at = (socket.AF_INET6, 24) if self.is_ipv6 else (socket.AF_INET, 16)
        return socket.inet_ntop(family, self.header[at:])

    @property
    def is_echo_request(self):
        return (self.protocol, self.payload[0]) in ((PROTO_ICMP, 8), (PROTO_ICMPV6, 128))

    @property
    def _esp_at(self):
        return UDP_HEADER if self.protocol == PROTO_UDP else 0

    @property
    def spi(self):
        return self.payload[self._esp_at : self._esp_at + 4]

    def _with(self, header, payload):
        return Frame(self.octets[:ETHERNET] + header + payload)

    def finished(self):
        """With the checksum of UDP, which the sender leaves to the device, and that is no real one; IPv4 needs none."""
        if self.protocol != PROTO_UDP:
            return self
        unsummed = self.payload[:6] + bytes(2) + self.payload[8:]
        if not self.is_ipv6:
            return self._with(self.header, unsummed)
        pseudo = self.header[8:40] + struct.pack("!II", len(unsummed), PROTO_UDP)
        summed = struct.pack("!H", checksum(pseudo + unsummed) or 0xFFFF)
        return self._with(self.header, self.payload[:6] + summed + self.payload[8:])

    def with_traffic_class(self, value):
        header = bytearray(self.header)
        if self.is_ipv6:
            struct.pack_into("!I", header, 0, 6 << 28 | value << 20)
            return self._with(bytes(header), self.payload)
        header[1] = value
        return self._with(ipv4_header(header, len(self.payload), struct.unpack_from("!H", header, 6)[0]), self.payload)

    def with_spi(self, spi):
        at = self._esp_at
        return self._with(self.header, self.payload[:at] + spi + self.payload[at + 4 :]).finished()

    def flipped(self):
        """One bit of the last octet, which is the ICV's, is another."""
        return self._with(self.header, self.payload[:-1] + bytes([self.payload[-1] ^ 1])).finished()

    def fragment(self, begin, end):
        """IPv4: with the octets from `begin` to `end` behind the IP header; the last one if they are."""
        more = MORE_FRAGMENTS if end < len(self.payload) else 0
        return self._with(ipv4_header(self.header, end - begin, begin // 8 | more), self.payload[begin:end])

    def too_big(self, mtu):
        """What a router says to the sender of this packet: ICMP "fragmentation needed", ICMPv6 "packet too big"."""
        ethernet = self.octets[6:12] + self.octets[:6] + self.octets[12:14]
        quote = self.header + self.payload[:QUOTED]
        source, destination = self._router(), self.header[8:24] if self.is_ipv6 else self.header[12:16]
        if not self.is_ipv6:
            message = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + quote
            message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
            header = self.header[:8] + bytes([64]) + self.header[9:12] + source + destination
            return Frame(ethernet + ipv4_header(header, len(message), 0, PROTO_ICMP) + message)
        message = struct.pack("!BBHI", 2, 0, 0, mtu) + quote
        pseudo = source + destination + struct.pack("!II", len(message), PROTO_ICMPV6)
        message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
        header = struct.pack("!IHBB", 6 << 28, len(message), PROTO_ICMPV6, 64) + source + destination
        return Frame(ethernet + header + message)

    def _router(self):
        """Somebody's address in the network between the gateways."""
        return socket.inet_pton(socket.AF_INET6, "2001:db8:f::fe") if self.is_ipv6 else socket.inet_aton("192.0.2.254")


class Recording(Capture):
    """A capture that keeps the frames of IP packets."""

    def __init__(self, namespace, interface):
        self.frames = []
        super().__init__(namespace, interface)

    def _take(self, frame):
        super()._take(frame)
        if struct.unpack_from("!H", frame, 12)[0] in (ETH_P_IP, ETH_P_IPV6):
            self.frames.append(Frame(frame))

    @property
    def esp(self):
        """Those with ESP, in UDP or not, in the order they were sent; of one in fragments, the raw ones."""
        return [frame.finished() for frame in self.frames if frame.kind in ("esp", "esp-udp")]

    def echo_requests(self, address):
        """Those for it."""
        return [frame for frame in list(self.frames) if frame.is_echo_request and frame.destination == address]


def record(net, site=None):
    """Watches the outer segment where `site` (the last one by default) is plugged in."""
    return Recording(net.wan, f"port-{(site or net.sites[-1]).name}")


def deliver(net, site, *frames):
    """Puts frames on the link towards `site`, one after the other."""
    with net.wan.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as port:
        with net.wan.entered():
            port.bind((f"port-{site.name}", ETH_P_ALL))
        for frame in frames:
            port.send(frame.octets)


@contextlib.contextmanager
def unplugged(net, site):
    """Nothing from the outer segment reaches `site` for the time of a `with`, but what `deliver` brings."""
    net.wan.ip(f"link set port-{site.name} nomaster")
    try:
        yield
    finally:
        net.wan.ip(f"link set port-{site.name} master wan")


def withheld(net, send):
    """The ESP packets that leave site a while `send()` runs, none of which arrives at the last site."""
    with unplugged(net, net.sites[-1]), record(net, net.a) as recording:
        send()
    return recording.esp
