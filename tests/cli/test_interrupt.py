"""Does the first Ctrl-C seal, and the second stop?"""

from __future__ import annotations

import os
import signal
import threading

import pytest

from preserve.cli.interrupt import first_ctrl_c


def test_first_and_second() -> None:
    """The first SIGINT calls, the second interrupts, and the handler of before is put back."""
    before = signal.getsignal(signal.SIGINT)
    calls: list[str] = []
    with first_ctrl_c(lambda: calls.append("sealing")):
        os.kill(os.getpid(), signal.SIGINT)
        assert ["sealing"] == calls
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert before is signal.getsignal(signal.SIGINT)


def test_other_threads_change_nothing() -> None:
    """Outside of the main thread no handler is installed."""
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def work() -> None:
        with first_ctrl_c(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [before] == seen
