"""Which certificates do good and bad servers show? All from one authority made for the run."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Authority"]

_DAY = dt.timedelta(days=1)


@attrs.define(eq=False)
class Authority:
    """
    A certificate authority and the files it writes.

    Args:
        folder: Where they go.
    """

    folder: Path
    _key: ec.EllipticCurvePrivateKey = attrs.field(init=False)
    _certificate: x509.Certificate = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Authority of one test run")
        self._certificate = (
            _builder(name, name, self._key.public_key(), starts=-1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def file(self) -> Path:
        """The authority's own certificate, to be trusted."""
        return self.folder / "authority.pem"

    def context(self, *names: str, starts: int = -1, self_signed: bool = False) -> ssl.SSLContext:
        """
        Return the context of a server.

        Args:
            names: Host names and addresses of its certificate.
            starts: In how many days the ten days begin in which it is valid.
            self_signed: Not by the authority.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(names[0])
        signer, issuer = (key, subject) if self_signed else (self._key, self._certificate.subject)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        made = (
            _builder(subject, issuer, key.public_key(), starts=starts)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .sign(signer, hashes.SHA256())
        )
        path = self.folder / f"{names[0]}{starts}{self_signed}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, starts: int
) -> x509.CertificateBuilder:
    began_at = dt.datetime.now(dt.UTC) + starts * _DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(began_at)
        .not_valid_after(began_at + 10 * _DAY)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
