"""Parameters of tests that take long: `make test` shows a thing at one of them, CI at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def first_of(values: Sequence[Any], nightly: Iterable[Any] = ()) -> list[Any]:
    """Return values of which all but the first are marked `thorough`, and then those for the night."""
    first, *others = values
    return [
        first,
        *(pytest.param(one, marks=pytest.mark.thorough) for one in others),
        *(pytest.param(one, marks=pytest.mark.nightly) for one in nightly),
    ]
