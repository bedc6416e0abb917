"""The frame of every measured worker: what is timed, and the one line that it answers with.

Each worker is a process of its own. Its work is timed from the first byte read to the finished result in
memory (or in its database); imports before and the Parquet file for the comparison after are not part of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def timed(work: Callable[[], Result], keep: Callable[[Result], None]) -> None:
    """Do `work`, print how long it took as the worker's last line, then `keep` its result."""
    started, used = time.perf_counter(), time.process_time()
    result = work()
    line = {"work_seconds": time.perf_counter() - started, "work_cpu": time.process_time() - used}
    keep(result)
    print(json.dumps(line), flush=True)
