"""A certificate authority of the tests' own, and the TLS contexts of receivers that it vouches for."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FROM = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = FROM + timedelta(days=36_500)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Vouches for any name; `trust` is the context of a client that believes it and nobody else."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = named("Authority of the tests")
        certificate = self._sign(self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.trust = ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())

    def receiver(self, host: str, folder) -> ssl.SSLContext:
        """The server's side for `host`; its key lies in `folder` for a moment, as `ssl` reads files alone."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        pem = self._sign(named(host), key.public_key(), names).public_bytes(serialization.Encoding.PEM)
        own = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = folder / f"{host}.pem"
        path.write_bytes(own + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(self, subject, key, extension) -> x509.Certificate:
        unsigned = x509.CertificateBuilder(self.name, subject, key, x509.random_serial_number(), FROM, UNTIL)
        return unsigned.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())
