"""Parameters of tests that take long: `make test` shows a thing at one of them, CI at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def first_of(values: Sequence[Any], nightly: Iterable[Any] = ()) -> list[Any]:
    """Return values of which all but the first are marked `thorough`, and then those for the night.

    Of a test with several parameters a value is a tuple of them.
    """
    first, *others = values
    return [
        first,
        *(_marked(one, pytest.mark.thorough) for one in others),
        *(_marked(one, pytest.mark.nightly) for one in nightly),
    ]


def _marked(one: Any, mark: pytest.MarkDecorator) -> Any:
    return pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=mark)
