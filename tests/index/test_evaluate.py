"""What a unit of which figures are suppressed may score: everything that the known ends of its figures allow."""

from __future__ import annotations

from itertools import product

import numpy as np

from flows.index.evaluate import evaluate
from flows.index.panel import Panel
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
