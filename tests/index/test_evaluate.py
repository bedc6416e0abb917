"""What a unit of which figures are suppressed may score: everything that the known ends of its figures allow."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from flows.index.evaluate import evaluate
from flows.index.panel import Panel, not_comparable
from tests.index.conftest import definition


def test_a_factor_that_weighs_a_component_negatively_leaves_all_scores_that_are_possible() -> None:
    need = np.linspace(-2, 2, 12)
    figures = np.stack([need, need + np.resize([0.3, -0.3], 12), -need + np.resize([0.5, 0.5, -1], 12)], axis=1)
    figures[5] = np.nan
    low, high = (np.where(np.isnan(figures), end, figures) for end in (-1.0, 1.0))
    here = Panel(figures, low, high, np.zeros(figures.shape), np.ones(12, dtype=bool))

    scored, _ = evaluate(definition("a", "b", "c", aggregate="factor", limits=(-0.1, 0.1)), here)

    assert scored.scale.weights.min() < 0 < scored.scale.weights.max()
    possible = scored.scale.score(np.array(list(product((-1.0, 1.0), repeat=3))))
    assert (scored.low[5], scored.high[5]) == (possible.min(), possible.max())
    assert (scored.lowest[5], scored.highest[5]) == (1, 3)


def of_little(*figures: float, low: float = 0, high: float = 0) -> Panel:
    """Figures of one component of which little is need, turned; one that is NaN lies between `low` and `high`."""
    known = np.array(figures)[:, None]
    ends = (np.where(np.isnan(known), end, known) for end in (low, high))
    return Panel(known, *ends, np.zeros(known.shape), np.ones(len(known), dtype=bool))


@pytest.mark.parametrize(
    ("compared", "refused"),
    [
        (of_little(-3, -1, np.nan, low=-2, high=0), "found one that is suppressed and may be 0"),
        (of_little(-3, -1, np.nan, low=-2, high=-1), None),
        (of_little(0, 0, 0), "found 0"),
        (of_little(-3, -1, 0), "found 0"),
    ],
)
def test_a_quotient_of_little_that_is_or_may_be_nothing_is_refused(compared: Panel, refused: str | None) -> None:
    """Else its points, or an end of them, were infinite; also where the city is measured by another Stichtag."""
    said = not_comparable("quotient", ["a"], of_little(-3, -2, -1), compared)

    assert refused in said if refused else said is None
    assert not_comparable("z", ["a"], of_little(-3, -2, -1), compared) is None
