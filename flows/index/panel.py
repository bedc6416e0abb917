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


def without_measure(panel: Panel, names: Sequence[str]) -> str | None:
    """Return why units cannot be compared by `panel`, in words that name the component; None where they can."""
    if panel.counts.sum() < FEWEST:
        left = "none is" if not panel.counts.any() else "only one is"
        return f"expected units to compare, found that {left} not left out"
    for name, column in zip(names, panel.measure.T, strict=True):
        spread = Spread.of(column)
        if len(spread.ordered) < FEWEST:
            return f"expected figures of {name} for two units or more, found {len(spread.ordered)}"
        if spread.constant:
            return f"expected figures of {name} that differ, found {spread.mean:g} everywhere"
    if (~np.isnan(panel.measure)).all(axis=1).sum() < FEWEST:
        return "expected two units or more with figures of every component, found fewer"
    return None


def without_quotient(how: str, panel: Panel, names: Sequence[str]) -> str | None:
    """Return why a quotient of figures of `panel` has no value, in words that name the component; None where all have.

    Of what little is need, it is the mean over the figure: of a figure of 0 there is none.
    """
    for name, column in zip(names, panel.measure.T, strict=True):
        known = column[~np.isnan(column)]
        if how == "quotient" and (known == 0).any() and known.mean() < 0:
            return f"expected figures of {name} above 0, since a quotient of little is mean / figure, found 0"
    return None
