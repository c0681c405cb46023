"""
How are bytes carried inside TLS?

OpenSSL works on two memory buffers here and never sees the socket. So a deadline is a deadline, a
connection cut without close_notify is told apart from a whole one, and what was decrypted before a
fault is kept.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from preserve.engines.wire.stop import Stop
from preserve.errors import UsageError
from preserve.model.exchange import Ended, TlsFacts

if TYPE_CHECKING:
    import os

__all__ = ["TlsLayer", "client_context"]

# The most that one TLS record carries: RFC 8446, section 5.1.
RECORD_BYTES = 1 << 14


def client_context(ca_file: str | os.PathLike[str] | None = None) -> ssl.SSLContext:
    """
    Return a context that verifies chain and host name, and offers HTTP/1.1 only.

    Args:
        ca_file: PEM certificates to trust instead of the system's.

    Raises:
        UsageError: If they cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as exc:
        raise UsageError(f"No certificates could be read from {ca_file}: {exc}.", ca_file=ca_file) from exc
    context.set_alpn_protocols(["http/1.1"])
    # Debian's Python sets it, and then a connection that was cut looks like one that was ended.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


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
        return TlsFacts(
            version=self._object.version() or "",
            cipher=cipher[0] if cipher else "",
            verdict=verdict,
            certificate_der=certificate,
        )


def _said(exc: ssl.SSLError) -> str:
    """Return OpenSSL's words without its error number and source line."""
    return (exc.reason or str(exc)).replace("_", " ").lower()
