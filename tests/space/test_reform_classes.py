"""Berlin's reform of 2021: how often the class of an index on estimated counts is the class on counted ones.

The counts of a date on the new units are withheld and estimated as in test_reform.py. The real files have residents by
age and by citizenship; the index is the mean of the z values of the shares of three groups.
"""

from __future__ import annotations

import numpy as np
import pytest

from flows.index.chance import Z_90
from flows.index.evaluate import evaluate
from flows.index.panel import Panel
from tests.index.conftest import definition
from tests.space.reform import withheld

pytestmark = pytest.mark.real

PARTS, WHOLE = ("below_6", "65_plus", "nichtdeutsche"), "einwohner"
FEWEST = 300


@pytest.mark.parametrize(("judged", "near"), [("2021-06-30", "2021-12-31"), ("2021-12-31", "2021-06-30")])
def test_the_class_on_estimated_counts_is_nearly_always_the_class_on_counted_ones(
    reform, through, judged, near
) -> None:
    truth = reform.counts[judged]
    units = [unit for unit in sorted(truth[WHOLE]) if truth[WHOLE][unit] >= FEWEST]
    links = reform.pieces.links
    found = through(*(withheld(links, truth[each], reform.counts[near][each]) for each in (*PARTS, WHOLE)))
    *parts, whole = [{unit: each[unit] for unit in units} for each in found]

    def shares(counted: bool) -> np.ndarray:
        return np.array([
            [100 * (truth[name][unit] / truth[WHOLE][unit] if counted else part[unit].wert / whole[unit].wert)
             for name, part in zip(PARTS, parts, strict=True)]
            for unit in units
        ])  # fmt: skip

    wide = [[100 * (part[unit].obergrenze - part[unit].untergrenze) / 2 / whole[unit].wert for part in parts]
            for unit in units]  # fmt: skip
    stated = definition(*PARTS, limits=(-0.5, 0.5, 1))
    (counted, _), (estimated, chance) = (
        evaluate(stated, Panel(figures, figures.copy(), figures.copy(), error, np.ones(len(units), dtype=bool)))
        for figures, error in ((shares(True), np.zeros((len(units), 3))), (shares(False), np.array(wide) / Z_90))
    )
    same = counted.classes == estimated.classes
    redrawn = np.array([any(part[unit].methode != "exact" for part in parts) for unit in units])
    sure = chance.probability[np.arange(len(units)), estimated.classes - 1] >= 0.9

    assert same.mean() >= 0.97
    assert same[redrawn].mean() >= 0.94
    assert sure[redrawn].sum() >= 140
    assert same[redrawn & sure].mean() >= 0.99
