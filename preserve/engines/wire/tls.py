"""
How are bytes carried inside TLS, and whom do we believe?

OpenSSL works on two memory buffers here and never sees the socket. So a deadline is a deadline, a
connection cut without close_notify is told apart from a whole one, and what was decrypted before a
fault is kept.

A handshake that verifies comes first, always. Where it fails and the user allows bad certificates, a
second one that verifies nothing follows on a new connection, and the reason of the first is its verdict.
"""

from __future__ import annotations

import os
import ssl

import attrs

from preserve.engines.wire.stop import Stop
from preserve.errors import UsageError
from preserve.model.exchange import Ended, TlsFacts

__all__ = ["RECORD_BYTES", "VERIFIED", "TlsLayer", "Trust", "client_context"]

# The most that one TLS record carries: RFC 8446, section 5.1.
RECORD_BYTES = 1 << 14

VERIFIED = "verified"
"""The verdict on a certificate whose chain and host name hold."""


@attrs.define(eq=False, kw_only=True)
class Trust:
    """
    Whom the capture believes, and as whom it comes. Its contexts are made when first asked for.

    Args:
        ca_file: PEM certificates to trust besides the system's.
        client_cert: PEM certificate and key of the user.
        client_for: Host and port of the server they are for; no other sees them.
        allow_bad: Go on where a certificate cannot be verified.
    """

    ca_file: str | os.PathLike[str] | None = None
    client_cert: str | os.PathLike[str] | None = None
    client_for: tuple[str, int] | None = None
    allow_bad: bool = False
    _contexts: dict[tuple[bool, bool], ssl.SSLContext] = attrs.field(factory=dict, init=False)

    def check(self) -> None:
        """
        Read the files once.

        Raises:
            UsageError: If one of them cannot be read, or holds something else.
        """
        context = client_context(self.ca_file)
        if self.client_cert is not None:
            _show(context, self.client_cert)

    def context(self, *, strict: bool, host: str, port: int) -> ssl.SSLContext:
        """
        Return the context of a handshake.

        Args:
            strict: Verify chain and host name; else take any certificate, key size and version.
            host: Of the server.
            port: Of the server.

        Raises:
            UsageError: If a file of certificates cannot be read.
        """
        key = (strict, self.client_cert is not None and self.client_for == (host, port))
        if key not in self._contexts:
            made = client_context(self.ca_file) if strict else _credulous_context()
            if key[1] and self.client_cert is not None:
                _show(made, self.client_cert)
            self._contexts[key] = made
        return self._contexts[key]


def client_context(ca_file: str | os.PathLike[str] | None = None) -> ssl.SSLContext:
    """
    Return a context that verifies chain and host name, and offers HTTP/1.1 only.

    Args:
        ca_file: PEM certificates to trust besides the system's.

    Raises:
        UsageError: If they cannot be read.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as exc:
            raise UsageError(
                f"No certificates could be read from {ca_file}: {exc}.", ca_file=str(ca_file)
            ) from exc
    context.set_alpn_protocols(["http/1.1"])
    # Debian's Python sets it, and then a connection that was cut looks like one that was ended.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def _credulous_context() -> ssl.SSLContext:
    """Return a context that takes what servers of twenty years ago offer, whoever they are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    # OpenSSL, SSL_CTX_set_security_level: 0 allows short keys, SHA-1 signatures and old versions.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0)
    context.set_alpn_protocols(["http/1.1"])
    # Debian's Python sets it, and then a connection that was cut looks like one that was ended.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def _show(context: ssl.SSLContext, client_cert: str | os.PathLike[str]) -> None:
    try:
        # Without a password of ours OpenSSL would ask for one on the terminal.
        context.load_cert_chain(client_cert, password=b"")
    except OSError as exc:
        raise UsageError(
            f"{client_cert} holds no certificate with its key, in PEM and without passphrase: {exc}.",
            client_cert=str(client_cert),
        ) from exc


class TlsLayer:
    """
    One TLS connection between two buffers: ``feed`` what came, send what ``take`` returns.

    Raises:
        ValueError: If the name cannot stand in a handshake.
    """

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        # RFC 6066, section 3: the name is sent without its trailing dot.
        name = host.strip("[]").removesuffix(".")
        self._object = context.wrap_bio(self._in, self._out, server_hostname=name)

    def feed(self, data: bytes) -> None:
        """Take octets of the connection; empty means that no more will come."""
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    def take(self) -> bytes:
        """Return the octets to send now."""
        return self._out.read()

    def handshake(self) -> bool | Stop:
        """Go on with the handshake; return True when it is done, False when it needs octets."""
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLCertVerificationError as exc:
            return Stop(
                ended=Ended.FAILED, reason=f"The certificate could not be verified: {exc.verify_message}."
            )
        except ssl.SSLError as exc:
            return Stop(ended=Ended.FAILED, reason=f"The TLS handshake failed: {_said(exc)}.")
        return True

    def read(self) -> bytes | Stop | None:
        """Return decrypted octets, None when more octets are needed, or why there will be no more."""
        try:
            data = self._object.read(RECORD_BYTES)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLEOFError:
            # RFC 8446, section 6.1: an end without close_notify may have been forced by anyone.
            return Stop(
                ended=Ended.DISCONNECT, reason="The connection ended without the close_notify of TLS."
            )
        except ssl.SSLError as exc:
            return Stop(ended=Ended.DISCONNECT, reason=f"The TLS connection broke: {_said(exc)}.")
        return data or Stop(ended=Ended.DISCONNECT, reason="The server ended the connection.", clean=True)

    def write(self, data: memoryview) -> int | Stop:
        """Encrypt octets; return how many were taken."""
        try:
            return self._object.write(data)
        except ssl.SSLError as exc:
            return Stop(ended=Ended.DISCONNECT, reason=f"The TLS connection broke: {_said(exc)}.")

    def end(self) -> None:
        """Put a close_notify among the octets to send."""
        try:
            self._object.unwrap()
        except ssl.SSLError:
            # We have sent ours and do not wait for theirs; of a broken connection nothing is asked.
            return

    def facts(self, verdict: str) -> TlsFacts:
        """Return what the handshake settled so far."""
        cipher = self._object.cipher()
        try:
            certificate = self._object.getpeercert(binary_form=True)
        except ValueError:
            certificate = None
        chain = _chain(self._object) or ((certificate,) if certificate else ())
        return TlsFacts(
            version=self._object.version() or "",
            cipher=cipher[0] if cipher else "",
            verdict=verdict,
            certificate_der=chain[0] if chain else None,
            chain_der=chain,
        )


def _chain(layer: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return what the server sent; nothing before Python 3.13, which is the first to tell."""
    tell = getattr(layer, "get_unverified_chain", None)
    try:
        return tuple(tell()) if tell is not None else ()
    except (ValueError, ssl.SSLError):
        return ()


def _said(exc: ssl.SSLError) -> str:
    """Return OpenSSL's words without its error number and source line."""
    return (exc.reason or str(exc)).replace("_", " ").lower()
