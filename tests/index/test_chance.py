"""How sure a rank and a change are, where a score is no weighted sum of figures and has to be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.index.chance import above_zero, chance_of
from flows.index.panel import Panel
from flows.index.scale import Scale
from tests.index.conftest import definition


def panel(*rows: tuple[float, ...], error: float) -> Panel:
    figures = np.array(rows, dtype=float)
    return Panel(figures, figures.copy(), figures.copy(), np.full(figures.shape, error), np.ones(len(rows), dtype=bool))


def test_a_draw_below_0_has_no_product_and_takes_no_other_unit_its_rank() -> None:
    here = panel((1, 1), (10, 12), (20, 18), error=0.7)
    scale = Scale.of(definition("a", "b", standardise="quotient", aggregate="product"), here.measure)
    with np.errstate(invalid="ignore"):
        found = chance_of(scale, scale.limits, here)
    assert found.best_rank.tolist() == found.worst_rank.tolist() == [3, 2, 1]


@pytest.mark.parametrize("way", [{}, {"decimals": 2}])
def test_a_large_change_is_beyond_chance_whether_figures_are_rounded_or_not(way: dict[str, Any]) -> None:
    change = panel((-20, -18), (1, 0), (0, 1), (-1, 0), (0, -1), (20, 18), error=1)
    found = above_zero(Scale.of(definition("a", "b", **way), change.measure), change)
    assert found[0] < 0.01
    assert found[-1] > 0.99
    assert 0.6 < found[1] < 0.9
