"""What a cut is made on: base units with residents and traits, and which of them share a border.

Everything of this room works on a `Ground`, whether it comes from a city's counts or from a table that somebody tries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Trait:
    """One trait of the character of a Sozialraum, with its part in the sum of squares."""

    id: str
    weight: float = 1.0
    counted: bool = True
    """Whether the numerator counts some of those whom the denominator counts: then its noise is binomial."""


@dataclass(frozen=True)
class Ground:
    """Base units (n), their traits (k), the borders between them (m), and the units that they form today."""

    ids: list[str]
    residents: Floats
    """Shape (n,)."""
    traits: list[Trait]
    numerators: Floats
    """Shape (n, k)."""
    denominators: Floats
    """Shape (n, k); 0 where a base unit has nobody (no dwelling) whom the trait is about."""
    edges: Ints
    """Shape (m, 2): positions of two base units that share a border; the smaller first, each pair once."""
    lengths: Floats
    """Shape (m,): length of the shared border in metres (1 where only the neighbourhood is known)."""
    units: list[str]
    """Ids of today's units."""
    today: Ints
    """Shape (n,): position in `units` of the unit that a base unit lies in."""
    barrier: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """Shape (m,): whether a barrier (rail, river) runs along the shared border; empty where no layer was given."""
    nest: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Shape (n,): the larger unit (Stadtteil) that a unit must not leave; empty where units need not nest."""

    def __len__(self) -> int:
        """Return the number of base units."""
        return len(self.ids)


def sums(of: Ints, values: Floats, positions: int = 0) -> Floats:
    """Return what is added by position, of so many positions at least."""
    return np.bincount(of, values, positions).astype(np.float64)
