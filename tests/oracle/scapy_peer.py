"""scapy as the other end of an SA: opens what we seal, seals what we open, and seals what no one should."""

import hmac
import logging
import random
import struct

logging.getLogger("scapy").setLevel(logging.ERROR)  # or it complains of a machine without routes

from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.ipsec import ESP, SecurityAssociation, _ESPPlain  # noqa: E402

import gmac  # noqa: E402, F401
from gateway import OUTER, PORT  # noqa: E402


def padded(sa, text, next_header):
    """`text` with the trailer of RFC 4303 2.4."""
    padding = bytes(range(1, (-(len(text) + 2)) % sa.suite.block + 1))
    return text + padding + bytes([len(padding), next_header])


class ScapyPeer:
    """The far end: its outer addresses are ours swapped, it sends and receives on the same SPI and key."""

    def __init__(self, sa, seed):
        self._sa = sa
        self._random = random.Random(seed)
        encryption, authentication = sa.suite.scapy
        ours, theirs = OUTER[sa.family]
        self._scapy = SecurityAssociation(
            ESP,
            spi=sa.spi,
            crypt_algo=encryption,
            crypt_key=sa.cipher_key,
            auth_algo=authentication,
            auth_key=sa.integrity_key or None,
            tunnel_header=(IP if sa.family == 4 else IPv6)(src=theirs, dst=ours),
            nat_t_header=UDP(sport=PORT, dport=PORT) if sa.udp else None,
            esn_en=sa.esn,
        )

    def open(self, packet, sequence):
        """The inner packet. Raises IPSecIntegrityError."""
        outer = (IP if self._sa.family == 4 else IPv6)(packet)
        high = sequence >> 32
        if self._high_half_is_not_scapys:
            esp = packet[self._sa.esp_offset :]
            length = self._sa.suite.icv_length
            assert esp[-length:] == self._icv(esp[:-length], high)
        return bytes(self._scapy.decrypt(outer, verify=not self._high_half_is_not_scapys, esn=high))

    def seal(self, packet, sequence):
        """An outer packet, all of it scapy's work."""
        self._scapy.seq_num = sequence & 0xFFFFFFFF  # as an argument it must not be 0
        inner = (IP if packet[0] >> 4 == 4 else IPv6)(packet)
        sealed = self._scapy.encrypt(inner, iv=self._iv(), esn=sequence >> 32)
        if self._sa.udp:
            del sealed[UDP].len  # scapy 2.5 leaves that of a datagram without payload
        sealed = bytes(sealed)
        return self._signed_again(sealed, sequence >> 32) if self._high_half_is_not_scapys else sealed

    def seal_text(self, text, sequence):
        """The same of any text, trailer included, whatever it says."""
        plain = _ESPPlain(spi=self._sa.spi, seq=sequence & 0xFFFFFFFF, iv=self._iv(), data=text[:-2],
                          padlen=text[-2], nh=text[-1])
        algorithm = self._scapy.crypt_algo
        esp = algorithm.encrypt(self._scapy, plain, self._scapy.crypt_key, esn_en=self._sa.esn, esn=sequence >> 32)
        self._scapy.auth_algo.sign(esp, self._scapy.auth_key)
        sealed = self.wrap(bytes(esp))
        return self._signed_again(sealed, sequence >> 32) if self._high_half_is_not_scapys else sealed

    def wrap(self, esp):
        """Outer headers around anything."""
        header = self._scapy.tunnel_header.copy()
        if self._sa.udp:
            return bytes(header / self._scapy.nat_t_header / esp)
        header.setfieldval("proto" if self._sa.family == 4 else "nh", 50)
        return bytes(header / esp)

    @property
    def _high_half_is_not_scapys(self):
        """RFC 4303 2.2.1: a separate ICV counts the high half behind the packet. scapy does that for AEADs only."""
        return self._sa.esn and self._sa.suite.integrity

    def _signed_again(self, sealed, high):
        length = self._sa.suite.icv_length
        return sealed[:-length] + self._icv(sealed[self._sa.esp_offset : -length], high)

    def _icv(self, esp, high):
        whole = hmac.digest(self._sa.integrity_key, esp + struct.pack("!I", high), self._sa.suite.hash)
        return whole[: self._sa.suite.icv_length]

    def _iv(self):
        return self._random.randbytes(self._scapy.crypt_algo.iv_size)
