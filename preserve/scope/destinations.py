"""What is a browser's request for, in our words? Fetch Standard, section 2.2.5, destination."""

from __future__ import annotations

from preserve.model.reference import Kind

__all__ = ["kind_of"]

_KINDS = {
    "audio": Kind.MEDIA,
    "audioworklet": Kind.SCRIPT,
    "document": Kind.FRAME,
    "embed": Kind.DATA,
    "font": Kind.FONT,
    "frame": Kind.FRAME,
    "iframe": Kind.FRAME,
    "image": Kind.IMAGE,
    "manifest": Kind.DATA,
    "object": Kind.DATA,
    "paintworklet": Kind.SCRIPT,
    "script": Kind.SCRIPT,
    "serviceworker": Kind.SCRIPT,
    "sharedworker": Kind.SCRIPT,
    "style": Kind.STYLE,
    "track": Kind.MEDIA,
    "video": Kind.MEDIA,
    "worker": Kind.SCRIPT,
    "xslt": Kind.STYLE,
}


def kind_of(destination: str) -> Kind:
    """Return the kind of reference that a destination stands for; what scripts fetch is data."""
    return _KINDS.get(destination, Kind.DATA)
