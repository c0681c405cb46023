"""
How long does a reader stand hostile bytes?

Run by hand, or for a short while by ``test_fuzz.py``::

    python tests/fuzz/run.py walker --seconds 600

The fuzzer is atheris (libFuzzer), which is guided by what of our code the bytes reach. An input that breaks
the reader, takes more than ten seconds or more than a gigabyte is written to the folder given with
``--keep``, and the exit code is not 0. Add such an input to ``tests/fuzz/test_found.py``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["preserve"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz one reader for some time."""
    parser = argparse.ArgumentParser(description="Fuzz a reader.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, default=Path(), help="Folder for inputs that break it.")
    parser.add_argument("--max-bytes", type=int, default=16384)
    chosen = parser.parse_args()
    target = TARGETS[chosen.target]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        words = Path(corpus).with_suffix(".words")
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
        try:
            atheris.Setup(
                [
                    sys.argv[0],
                    corpus,
                    f"-max_total_time={chosen.seconds}",
                    f"-max_len={chosen.max_bytes}",
                    f"-artifact_prefix={chosen.keep}/{chosen.target}-",
                    f"-dict={words}",
                    "-timeout=10",
                    "-rss_limit_mb=1024",
                    "-print_final_stats=1",
                ],
                target.run,
            )
            atheris.Fuzz()
        finally:
            words.unlink()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{octet:02x}" for octet in word)


if __name__ == "__main__":
    main()
