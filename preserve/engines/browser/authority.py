"""
With which certificates does the recording proxy answer the browser?

From an authority that lives as long as one capture. Its keys are never written to a disk: OpenSSL, which
wants files, reads them from anonymous memory. The browser is told one digest, that of the authority's
public key, and believes nobody else without a good certificate.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING, Self

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Authority"]

# Chromium takes no certificate for longer than 398 days; a capture is over within hours.
_BEFORE = dt.timedelta(days=1)
_AFTER = dt.timedelta(days=7)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "preserve, for one capture")])
_ISSUED = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "preserve, recording proxy")])


@attrs.define(eq=False, kw_only=True, repr=False)
class Authority:
    """
    A certificate authority for one capture; made by ``make``.

    One key serves the certificates of all hosts, so a new host costs one signature.
    """

    _key: ec.EllipticCurvePrivateKey
    _host_key: ec.EllipticCurvePrivateKey
    _certificate: x509.Certificate
    _began_at: dt.datetime
    _contexts: dict[str, ssl.SSLContext] = attrs.field(factory=dict, init=False)

    @classmethod
    def make(cls, clock: Callable[[], dt.datetime]) -> Self:
        """
        Return a new authority.

        Args:
            clock: Returns the present, an aware UTC datetime.
        """
        key, began_at = ec.generate_private_key(ec.SECP256R1()), clock()
        certificate = (
            _builder(_NAME, key.public_key(), began_at)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        host_key = ec.generate_private_key(ec.SECP256R1())
        return cls(key=key, host_key=host_key, certificate=certificate, began_at=began_at)

    @property
    def spki(self) -> str:
        """Base64 of the SHA-256 of the public key: for ``--ignore-certificate-errors-spki-list``."""
        octets = self._certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(octets).digest()).decode()

    @property
    def pem(self) -> bytes:
        """The authority's certificate, for clients that want one to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def context(self, host: str) -> ssl.SSLContext:
        """Return the context that speaks for a host: a name or an address, IPv6 in brackets or not."""
        name = host.strip("[]").lower()
        if name not in self._contexts:
            self._contexts[name] = self._speaking_for(name)
        return self._contexts[name]

    def _speaking_for(self, name: str) -> ssl.SSLContext:
        key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = (
            _builder(_ISSUED, self._host_key.public_key(), self._began_at)
            .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(key_id, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = self._host_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _load(context, private + made.public_bytes(serialization.Encoding.PEM) + self.pem)
        context.set_alpn_protocols(["http/1.1"])
        # A browser that hangs up within TLS has hung up; nothing is concluded from how.
        context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
        return context


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """Have OpenSSL read key and chain from memory: a file without a name, on no disk."""
    descriptor = os.memfd_create("preserve", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, pem)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, began_at: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(began_at - _BEFORE)
        .not_valid_after(began_at + _AFTER)
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


_SIGNS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
