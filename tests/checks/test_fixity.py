"""Tests of ``preserve/checks/fixity.py``: when are two digests one that was damaged?"""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from preserve.checks.fixity import near


@given(one=st.binary(), other=st.binary())
def test_digests_of_different_bytes_are_never_near(one: bytes, other: bytes) -> None:
    """Digests of different bytes differ in far more digits than damage to one line changes."""
    digests = (hashlib.sha256(one).hexdigest(), hashlib.sha256(other).hexdigest())
    assert not near(*digests)


def test_changed_digits_are_near() -> None:
    """A digest with some digits changed is near; one of another length, or none, is not."""
    digest = hashlib.sha256(b"x").hexdigest()
    assert near(digest, "0" * 8 + digest[8:])
    assert not near(digest, digest)
    assert not near(digest, digest[:-1])
    assert not near(None, digest)
