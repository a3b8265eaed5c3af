"""A small public key infrastructure for the tests, made without any code of the gateway's.

    root -> intermediate -> gateways

What both sides are given is the root; a gateway sends its own certificate and the intermediate one.
"""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
MAKERS = {
    "rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ecdsa256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ecdsa521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
IPSEC_IKE = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.17")


def _name(common_name):
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )


def _hash_for(key):
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _general_name(identity):
    try:
        return x509.IPAddress(ipaddress.ip_address(identity))
    except ValueError:
        return x509.RFC822Name(identity) if "@" in identity else x509.DNSName(identity)


class Certified:
    """A key with its certificate, and those that lead from it to the root."""

    def __init__(self, key, certificate, above, issuer):
        self.key, self.certificate, self.above, self.issuer = key, certificate, above, issuer

    def chain_pem(self):
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (self.certificate, *self.above))

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class Authority:
    """A root, and an intermediate authority that issues."""

    def __init__(self, kind="ecdsa256"):
        self.kind = kind
        self.root = self._authority("Root", None)
        self.intermediate = self._authority("Intermediate", self.root)

    def _authority(self, name, issuer):
        key = MAKERS[self.kind]()
        builder = self._builder(key, name, issuer).add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return self._signed(builder.add_extension(usage, critical=True), key, issuer)

    def _builder(self, key, name, issuer, start=-1, end=30):
        now = datetime.datetime.utcnow()
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer.certificate.subject if issuer else _name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + start * DAY)
            .not_valid_after(now + end * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _signed(self, builder, key, issuer):
        signer = issuer.key if issuer else key
        public = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        certificate = builder.add_extension(public, critical=False).sign(signer, _hash_for(signer))
        return Certified(key, certificate, (issuer.certificate,) if issuer and issuer.issuer else (), issuer)

    def gateway(self, identity, kind=None, ocsp=None, **validity):
        """`start` and `end`: days from now; `ocsp`: the URL of who tells the certificate's status."""
        key = MAKERS[kind or self.kind]()
        builder = self._builder(key, identity, self.intermediate, **validity)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(identity)]), critical=False)
        usages = [IPSEC_IKE, ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if ocsp:
            where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp))
            builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        return self._signed(builder, key, self.intermediate)

    def crls(self, *revoked):
        """The lists of both authorities, that of the intermediate one with `revoked`; PEM."""
        return [self._crl(self.root, ()), self._crl(self.intermediate, revoked)]

    @staticmethod
    def _crl(issuer, revoked):
        now = datetime.datetime.utcnow()
        builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        builder = builder.last_update(now - DAY).next_update(now + 7 * DAY)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        for certified in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(certified.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(now - DAY).build())
        return builder.sign(issuer.key, _hash_for(issuer.key)).public_bytes(serialization.Encoding.PEM)
