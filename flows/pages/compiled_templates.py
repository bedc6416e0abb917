"""Keeps what Jinja compiles of a template as Python keeps what it compiles of a module: in a ``__pycache__`` beside it.

A release is written by a process of its own, so that each publication compiled 17 templates, which took longer than to
render them. A template that was changed, another Python or another Jinja makes its code anew. Where nothing can be
written, or where Python writes no bytecode, nothing is kept.
"""

from __future__ import annotations

import contextlib
import marshal
import sys
from importlib.util import cache_from_source
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache, bc_magic

from flows.base.files import write_whole


class CompiledTemplates(BytecodeCache):
    """The code of templates in files; the key of a bucket is the path of its file."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return where the code of the template in the file `filename` lies."""
        return cache_from_source(filename or name)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket from its file, if that is whole and of this very template."""
        mark = _mark(bucket)
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
            content = Path(bucket.key).read_bytes()
            if content.startswith(mark):
                bucket.code = marshal.loads(content[len(mark) :])  # noqa: S302 -- as Python loads its own modules

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the file of the bucket in one step: another process may read it meanwhile, or write the same."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            write_whole(path, _mark(bucket) + marshal.dumps(bucket.code))


def _mark(bucket: Bucket) -> bytes:
    """Return what begins the file of a template: Python, the form that Jinja compiles to, and the text itself."""
    return bc_magic + bucket.checksum.encode()
