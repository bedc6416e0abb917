"""Keeps out of the check worker what Great Expectations imports and no check needs: nearly half of that import's time.

It holds for the whole process, so that only one that does nothing but check may ask for it: Prefect needs SQLAlchemy.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

LEFT_OUT = ("sqlalchemy", "boto3", "botocore")
"""Great Expectations does without these, as where they are not installed. Here they are for Prefect, and for S3."""
AT_FIRST_USE = ("scipy.stats", "altair")
"""These it imports for one statistical expectation, which a city's own suite may have, and for its charts."""


def import_what_checks_need() -> None:
    """Let what Great Expectations is going to import be left out, or be imported when it is first used.

    What has been imported already stays as it is.
    """
    for name in LEFT_OUT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's sign for what cannot be imported
    for name in AT_FIRST_USE:
        sys.modules.setdefault(name, _AtFirstUse(name))


class _AtFirstUse(ModuleType):
    """Stands in for a module until somebody asks for something in it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks of a module, which is no use of it
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)
