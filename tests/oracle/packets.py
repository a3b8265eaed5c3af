"""Plain IP packets, and the files they travel in. By hand: what judges the gateway is not to judge itself."""

import ipaddress
import random
import struct

EXPERIMENT = 253  # RFC 3692: a protocol that no dissector looks into
PCAP_HEADER = struct.Struct("<IHHIIII")
RECORD_HEADER = struct.Struct("<IIII")
RAW_IP = 101


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ip_packet(source, destination, payload, protocol=EXPERIMENT):
    """Of the family of the addresses."""
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    if len(ends) == 32:
        return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + ends + payload
    start = struct.pack("!BBHIBB", 0x45, 0, 20 + len(payload), 0, 64, protocol)
    return start + struct.pack("!H", checksum(start + b"\0\0" + ends)) + ends + payload


def inner_packet(family, payload):
    if family == 4:
        return ip_packet("10.1.0.9", "10.2.0.9", payload)
    return ip_packet("2001:db8:1::9", "2001:db8:2::9", payload)


def inner_packets(seed, sizes):
    """Of both families, a packet of each for every size of payload, filled by `seed`."""
    source = random.Random(seed)
    return [inner_packet(family, source.randbytes(size)) for size in sizes for family in (4, 6)]


def write_pcap(path, packets):
    with open(path, "wb") as file:
        file.write(PCAP_HEADER.pack(0xA1B2C3D4, 2, 4, 0, 0, 262144, RAW_IP))
        for packet in packets:
            file.write(RECORD_HEADER.pack(0, 0, len(packet), len(packet)) + packet)


def read_pcap(path):
    octets = path.read_bytes()
    at, packets = PCAP_HEADER.size, []
    while at < len(octets):
        length = RECORD_HEADER.unpack_from(octets, at)[2]
        at += RECORD_HEADER.size
        packets.append(octets[at : at + length])
        at += length
    return packets
