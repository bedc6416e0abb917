"""What an index is computed from: the figures of its components for the units of one Raumebene at one Stichtag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.index.scale import Numbers, Spread

FEWEST = 2
"""Units that a comparison takes."""


@dataclass(frozen=True)
class Panel:
    """Figures of units (rows) and components (columns), turned so that more is more need."""

    figures: Numbers
    """NaN where a figure is not known."""
    low: Numbers
    high: Numbers
    """The interval that every reader knows: of a suppressed figure what the published ones leave over, of a known one
    the figure itself; NaN where nothing is known."""
    error: Numbers
    """The standard error: chance in the counts, and what an estimate adds."""
    counts: NDArray[np.bool_]
    """Which units are compared; the others are left out."""

    def __post_init__(self) -> None:
        for each in (self.figures, self.low, self.high, self.error):
            each.setflags(write=False)

    @property
    def measure(self) -> Numbers:
        """The figures that the city is measured by: of units that are compared, as far as they are known."""
        return np.where(self.counts[:, None], self.figures, np.nan)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which units have a score or an interval of scores."""
        return np.asarray(self.counts & ~np.isnan(self.low).any(axis=1) & ~np.isnan(self.high).any(axis=1))

    def without_figures(self, names: Sequence[str]) -> list[str]:
        """Return which of its components, called so, have no figure at all."""
        known = np.asarray(~np.isnan(self.figures).all(axis=0))
        return [name for name, some in zip(names, known.tolist(), strict=True) if not some]

    def since(self, earlier: Panel, stay: float) -> Panel:
        """Return the change since an `earlier` panel of the same units; `stay` is the share of people still there."""
        together = 2 * stay * self.error * earlier.error
        return Panel(
            self.figures - earlier.figures, self.low - earlier.high, self.high - earlier.low,
            np.sqrt(np.maximum(self.error**2 + earlier.error**2 - together, 0)), self.counts & earlier.counts,
        )  # fmt: skip


def not_comparable(how: str, names: Sequence[str], measure: Panel, panel: Panel) -> str | None:
    """Return why the units of `panel` cannot be compared, in words that name the component; None where they can.

    Args:
        how: what makes components comparable, `standardise` of the definition.
        names: those of the components.
        measure: the figures that they are measured by.
        panel: the figures that are compared, the same or those of another Stichtag.
    """
    if measure.counts.sum() < FEWEST:
        left = "none is" if not measure.counts.any() else "only one is"
        return f"expected units to compare, found that {left} not left out"
    for place, name in enumerate(names):
        spread = Spread.of(measure.measure[:, place])
        if len(spread.ordered) < FEWEST:
            return f"expected figures of {name} for two units or more, found {len(spread.ordered)}"
        if spread.constant:
            return f"expected figures of {name} that differ, found {spread.mean:g} everywhere"
        nothing = (panel.low[:, place] <= 0) & (panel.high[:, place] >= 0) & panel.counts
        if how == "quotient" and spread.mean < 0 and nothing.any():
            found = "0" if (panel.figures[nothing, place] == 0).any() else "one that is suppressed and may be 0"
            return f"expected figures of {name} above 0, since a quotient of little is mean / figure, found {found}"
    if (~np.isnan(measure.measure)).all(axis=1).sum() < FEWEST:
        return "expected two units or more with figures of every component, found fewer"
    return None
