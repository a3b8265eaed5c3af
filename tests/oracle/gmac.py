"""ENCR_NULL_AUTH_AES_GMAC (RFC 4543), which neither tshark nor scapy knows: here it is one more of scapy's suites."""

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scapy.layers.ipsec import CRYPT_ALGOS, ESP, CryptAlgo, IPSecIntegrityError, _ESPPlain

IV, ICV = 8, 16


def _covered(esp, iv, text, esn_en, esn):
    """RFC 4543 3.3 and RFC 4106 5: SPI, the whole sequence number, IV, text."""
    high = struct.pack("!I", esn) if esn_en else b""
    return struct.pack("!I", esp.spi) + high + struct.pack("!I", esp.seq) + iv + text


class _Gmac(CryptAlgo):
    def encrypt(self, sa, esp, key, icv_size=None, esn_en=False, esn=0):
        text = esp.data_for_encryption()
        tag = AESGCM(key).encrypt(sa.crypt_salt + esp.iv, b"", _covered(esp, esp.iv, text, esn_en, esn))
        return ESP(spi=esp.spi, seq=esp.seq, data=esp.iv + text + tag)

    def decrypt(self, sa, esp, key, icv_size=None, esn_en=False, esn=0):
        iv, text, tag = esp.data[:IV], esp.data[IV:-ICV], esp.data[-ICV:]
        try:
            AESGCM(key).decrypt(sa.crypt_salt + iv, tag, _covered(esp, iv, text, esn_en, esn))
        except InvalidTag as failure:
            raise IPSecIntegrityError(failure) from failure
        end = len(text) - 2 - text[-2]
        return _ESPPlain(spi=esp.spi, seq=esp.seq, iv=iv, data=text[:end], padding=text[end:-2], padlen=text[-2],
                         nh=text[-1], icv=tag)


CRYPT_ALGOS["AES-GMAC"] = _Gmac(
    "AES-GMAC", cipher=AESGCM, mode=None, key_size=(16, 24, 32), salt_size=4, block_size=1, iv_size=IV, icv_size=ICV
)
