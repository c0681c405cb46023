"""Tests of what fuzzing found, and of a short run of it: no bytes break a reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

_RUN = Path(__file__).with_name("run.py")
_SECONDS = 12
"""Of five readers, so that all together take a minute."""

FOUND = [
    # The directory of a ZIP without entries ended one place beyond its list.
    ("zip", b"PK\5\6" + bytes(18)),
    # An entry that is 2**63 octets long, so that the next one would begin where no file can be read.
    (
        "zip",
        bytes.fromhex(
            "504b030414000000040000002100a9602dffffffffffffff030000002000010000504b01021403140094030000"
            "00000000000078504b05060000000000000000010000000000000020000000a481010010000000020078504b05"
            "06000000000000002f000001011f0000000000"
        ),
    ),
    # A path that begins with white space cannot be told from what stands before it.
    ("bag", b"d41d8cd98f00b204e9800998ecf8427e * bagit.txt\n"),
]
"""What broke a reader, or what was said of one."""


@pytest.mark.parametrize(("target", "data"), FOUND, ids=range(len(FOUND)))
def test_what_was_found_holds(target: str, data: bytes) -> None:
    """Bytes that once broke a reader no longer do."""
    TARGETS[target].run(data)


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_hold(target: str) -> None:
    """What the fuzzer begins with, and each of its beginnings cut short, breaks no reader."""
    for seed in TARGETS[target].seeds():
        TARGETS[target].run(seed)
        TARGETS[target].run(seed[: len(seed) // 2])


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="atheris is not made for this Python yet")
@pytest.mark.parametrize("target", TARGETS)
def test_short_run_is_clean(target: str, tmp_path: Path) -> None:
    """Some seconds of fuzzing guided by coverage find nothing, and run many inputs."""
    done = subprocess.run(
        [sys.executable, str(_RUN), target, "--seconds", str(_SECONDS), "--keep", str(tmp_path)],
        capture_output=True,
        check=False,
        timeout=_SECONDS * 10 + 60,
    )
    said = done.stderr.decode(errors="replace")
    assert 0 == done.returncode, said[-3000:]
    assert [] == [path.read_bytes() for path in tmp_path.iterdir()]
    assert "Done " in said
