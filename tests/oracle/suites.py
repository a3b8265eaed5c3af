"""The suites of ESP as the gateway, tshark and scapy call them, and the keys of each."""

from dataclasses import dataclass

# Octets of cipher key and salt; tshark's name, or None if it has no such thing; scapy's, which gmac.py adds one to.
CIPHERS = {
    "aes128gcm16": (16, 4, "AES-GCM with 16 octet ICV [RFC4106]", "AES-GCM"),
    "aes192gcm16": (24, 4, "AES-GCM with 16 octet ICV [RFC4106]", "AES-GCM"),
    "aes256gcm16": (32, 4, "AES-GCM with 16 octet ICV [RFC4106]", "AES-GCM"),
    "chacha20poly1305": (32, 4, None, "CHACHA20-POLY1305"),  # in tshark from 4.2 on
    "aes128gmac": (16, 4, None, "AES-GMAC"),
    "aes192gmac": (24, 4, None, "AES-GMAC"),
    "aes256gmac": (32, 4, None, "AES-GMAC"),
    "aes128": (16, 0, "AES-CBC [RFC3602]", "AES-CBC"),
    "aes192": (24, 0, "AES-CBC [RFC3602]", "AES-CBC"),
    "aes256": (32, 0, "AES-CBC [RFC3602]", "AES-CBC"),
    "null": (0, 0, "NULL", "NULL"),
}
# Octets of key, tshark's name, scapy's, Python's.
INTEGRITY = {
    "sha256": (32, "HMAC-SHA-256-128 [RFC4868]", "SHA2-256-128", "sha256"),
    "sha384": (48, "HMAC-SHA-384-192 [RFC4868]", "SHA2-384-192", "sha384"),
    "sha512": (64, "HMAC-SHA-512-256 [RFC4868]", "SHA2-512-256", "sha512"),
}


@dataclass(frozen=True)
class Suite:
    cipher: str
    integrity: str | None = None

    @property
    def name(self):
        return f"{self.cipher}-{self.integrity}" if self.integrity else self.cipher

    @property
    def cipher_key_length(self):
        """With the salt."""
        return sum(CIPHERS[self.cipher][:2])

    @property
    def key_length(self):
        return self.cipher_key_length + (INTEGRITY[self.integrity][0] if self.integrity else 0)

    @property
    def block(self):
        """What the text with its trailer is a multiple of (RFC 4303 2.4)."""
        return 16 if self.cipher in ("aes128", "aes192", "aes256") else 4

    @property
    def iv_length(self):
        return {16: 16, 4: 0 if self.cipher == "null" else 8}[self.block]

    @property
    def icv_length(self):
        return INTEGRITY[self.integrity][0] // 2 if self.integrity else 16

    @property
    def tshark(self):
        """Encryption and authentication; None if it does not know them."""
        encryption = CIPHERS[self.cipher][2]
        return encryption and (encryption, INTEGRITY[self.integrity][1] if self.integrity else "NULL")

    @property
    def scapy(self):
        """Encryption and, where it is apart, authentication."""
        return CIPHERS[self.cipher][3], INTEGRITY[self.integrity][2] if self.integrity else None

    @property
    def hash(self):
        return INTEGRITY[self.integrity][3] if self.integrity else None


def _all():
    for cipher, (_, salt, _, _) in CIPHERS.items():
        for integrity in [None] if salt else INTEGRITY:
            yield Suite(cipher, integrity)


SUITES = list(_all())
