"""Where does code run that may hang, crash or eat memory?"""

from __future__ import annotations

from preserve.workers.frames import ANSWER_BYTES
from preserve.workers.pool import DATA_BYTES, Workers

__all__ = ["ANSWER_BYTES", "DATA_BYTES", "Workers"]
