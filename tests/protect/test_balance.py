"""What the residents of two years say of births, deaths and moves between them is known to the elimination."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from flows.protect.secondary import _balances

CHANGE = {0: 1, 1: -1}


@pytest.mark.parametrize(
    ("days", "linked"),
    [
        (["2023-12-31", "2024-12-31"], {1}),
        (["2023-02-28", "2024-02-29", "2025-02-28"], {1, 2}),
        (["2023-06-30", "2023-12-31", "2024-06-30"], {2}),
        (["2022-12-31", "2024-12-31"], set()),
    ],
    ids=["end of year", "end of February", "several days a year", "a year is missing"],
)
def test_the_stocks_of_a_stichtag_and_of_the_one_a_year_before_are_linked(days: list[str], linked: set[int]) -> None:
    count = len(days)
    town = SimpleNamespace(
        days=days, sides=["einwohner"], split=set(), classes=SimpleNamespace(balances=[("einwohner", CHANGE)]),
        pieces=lambda *_: (0,),
        cells=SimpleNamespace(
            day=np.arange(count), unit=np.zeros(count, dtype=int), side=np.zeros(count, dtype=int),
            value=np.arange(count) * 3.0 + 50, at_least=np.full(count, 3),
        ),
    )  # fmt: skip

    found = _balances(town)  # type: ignore[arg-type]

    assert set(found) == linked
    assert [(one.classes, one.value, protected) for each in found.values() for one, protected in each] == [
        (tuple(CHANGE.items()), grown, False) for grown in {6.0 if days[0] == "2023-06-30" else 3.0} for _ in linked
    ]
