"""A value that was guessed, why, and whether a person still has to confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Guess(Generic[Value]):
    """A value for the profile; `sure` where the bytes prove it, or a person has said it."""

    value: Value
    why: str = ""
    sure: bool = False


class LeftOut(Exception):  # noqa: N818 -- no failure: the file is named with the reason, and the others go on
    """A file of which no source can be made; says why and, where there is a way, what to do."""
