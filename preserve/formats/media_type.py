"""What does a Content-Type field say besides the type? RFC 9110, 8.3."""

from __future__ import annotations

from email.message import Message

__all__ = ["charset_of"]


def charset_of(declared: str | None) -> str | None:
    """Return the charset parameter of a Content-Type field (RFC 9110, 8.3.2); None if there is none."""
    message = Message()
    message["Content-Type"] = " ".join((declared or "").split())
    found = message.get_param("charset")
    return found if isinstance(found, str) else None
