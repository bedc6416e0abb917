"""A sum distributed over units by heads and need, with a floor and a cap, exact to the cent.

An amount is a common rate times heads times the weight of the unit's class, but not less than the floor nor more than
the cap. The rate is the one by which the amounts add up to the sum. Cents that are left over go to the largest
remainders, of equal ones to the larger weight: so more need never gets less at the same heads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flows.base.errors import ConfigError

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Terms:
    """How much is distributed, in cents, and the least and the most that a unit gets."""

    total: int
    floor: int = 0
    cap: int | None = None

    def check(self, units: int) -> None:
        """Raise ConfigError where the sum cannot be distributed over so many units."""
        if units == 0:
            raise ConfigError(
                "Expected units with an index and heads to distribute over, found none.", code="FS-USE-01"
            )
        if self.floor * units > self.total:
            raise ConfigError(
                f"--floor: expected at most {euros(self.total // units)} for {units} units, found {euros(self.floor)}, "
                f"which takes {euros(self.floor * units)} of the sum of {euros(self.total)}.",
                code="FS-USE-01",
            )
        if self.cap is not None and self.cap * units < self.total:
            raise ConfigError(
                f"--cap: expected at least {euros(-(-self.total // units))} for {units} units, found "
                f"{euros(self.cap)}, by which {euros(self.total - self.cap * units)} of the sum would be left over.",
                code="FS-USE-01",
            )
        if self.cap is not None and self.cap < self.floor:
            raise ConfigError(
                f"--cap: expected at least the floor of {euros(self.floor)}, found {euros(self.cap)}.", code="FS-USE-01"
            )


@dataclass(frozen=True)
class Need:
    """Who gets money: heads of each unit, the weight of its class, and the least and the most that each may be."""

    heads: Numbers
    weight: Numbers
    low: Numbers
    """Heads times weight at least: by the lowest class of those that hold 90 %, and the fewest heads that may be."""
    high: Numbers

    @property
    def product(self) -> Numbers:
        """Heads times weight."""
        return self.heads * self.weight


def cents(option: str, written: str) -> int:
    """Return an amount in euros, as the option of a command has it, in cents.

    Raises:
        ConfigError: it is none.
    """
    if not re.fullmatch(r"\d+([.,]\d{1,2})?", written.strip()):
        raise ConfigError(
            f"{option}: expected an amount in euros such as 1000000 or 1000000.50, found {written!r}.", code="FS-USE-01"
        )
    return int(Decimal(written.strip().replace(",", ".")) * 100)


def euros(amount: int) -> str:
    """Return an amount as messages have it."""
    return f"{amount / 100:,.2f}"


def exact(weights: Numbers, terms: Terms) -> Numbers:
    """Return the amounts in cents, not yet whole ones.

    Raises:
        ConfigError: nobody has a weight who could get what is left beside the floors.
    """
    cap = np.inf if terms.cap is None else float(terms.cap)
    amounts = np.full(len(weights), float(terms.floor))
    free = weights > 0
    while True:
        left = terms.total - float(amounts[~free].sum())
        if not free.any():
            if left > 0.5:
                raise ConfigError(
                    f"Expected units with heads and a weight for {euros(round(left))} that no floor and no cap takes, "
                    "found none. Raise --cap, or give more classes a weight.",
                    code="FS-USE-01",
                )
            return amounts
        wanted = left * weights / weights[free].sum()
        over, under = free & (wanted > cap), free & (wanted < terms.floor)
        if not over.any() and not under.any():
            return np.where(free, wanted, amounts)
        too_much, too_little = (wanted[over] - cap).sum(), (terms.floor - wanted[under]).sum()
        if too_much >= too_little:  # the side with more to give is settled first, or the other would be settled wrongly
            amounts[over], free = cap, free & ~over
        if too_little >= too_much:
            amounts[under], free = float(terms.floor), free & ~under


def whole_cents(amounts: Numbers, weights: Numbers, total: int) -> NDArray[np.int64]:
    """Return amounts in whole cents that add up to the total: what is left over goes to the largest remainders."""
    near = np.round(amounts)
    amounts = np.where(np.abs(amounts - near) < _NOISE, near, amounts)
    whole = np.floor(amounts).astype(np.int64)
    order = np.lexsort((np.arange(len(amounts)), -weights, -(amounts - whole)))
    whole[order[: total - int(whole.sum())]] += 1
    return whole


_NOISE = 1e-5
"""Of a cent: what computing leaves."""


def distributed(weights: Numbers, terms: Terms) -> NDArray[np.int64]:
    """Return what each unit gets, in cents."""
    return whole_cents(exact(weights, terms), weights, terms.total)


def ranges(need: Need, terms: Terms) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the least and the most that each unit would get if its own need were otherwise, the others as they are.

    An amount never falls when the need of its unit rises, so the ends of the need give the ends of the amount. No need
    is taken as next to none: where the cap keeps the others from taking the whole sum, the unit gets what they leave.
    """
    ends = []
    for bound in (need.low, need.high):
        found = np.empty(len(bound), dtype=np.int64)
        for at in range(len(bound)):
            weights = need.product.copy()
            weights[at] = bound[at]
            found[at] = round(float(exact(weights, terms)[at])) if weights[at] > 0 else _left_for(at, weights, terms)
        ends.append(found)
    return ends[0], ends[1]


def _left_for(at: int, weights: Numbers, terms: Terms) -> int:
    """Return what a unit gets that has next to no need: the floor, or what the others may not take."""
    others = np.delete(weights, at) > 0
    if others.any() and terms.cap is None:
        return terms.floor
    most = int(others.sum()) * (terms.cap or 0) + int((~others).sum()) * terms.floor
    return max(terms.floor, terms.total - most)


def because(steps: Sequence[tuple[Numbers, Numbers]], terms: Terms) -> list[NDArray[np.int64]]:
    """Return what each step from one distribution to the next, given by heads and weights, does to each amount."""
    amounts = [distributed(heads * weight, terms) for heads, weight in steps]
    return [after - before for before, after in pairwise(amounts)]
