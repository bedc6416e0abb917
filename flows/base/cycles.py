"""Leave the search for cycles of objects to later, where millions of small objects are made that form none.

Python looks through all objects again and again as their number grows; in the station protect that is a tenth of its
work. What nobody refers to any more is freed at once as ever; only cycles wait.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cycles_wait() -> Iterator[None]:
    """Let no cycles be searched for until the end, if they were before."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
