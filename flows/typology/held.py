"""What is worth saying of a typology as years go by: how its types are held, and when it is time to fit anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.profile.typology import NamedTypology

EMPTY_FOR = 3
"""So many Stichtage without a single unit are no chance any more."""


@dataclass(frozen=True)
class Held:
    """The types of the units with a type at a Stichtag, and how many of these are borderline."""

    stichtag: str
    types: Sequence[str]
    borderline: int


@dataclass(frozen=True)
class Applied:
    """A typology that was applied, and the types of its units over the Stichtage."""

    typology: NamedTypology
    held: Sequence[Held]

    @property
    def empty(self) -> list[str]:
        """The types without units at the last Stichtage; none of a version that ends, which nobody is to fit anew."""
        return [] if self.typology.definition.until else empty_types(self.names, self.held)

    @property
    def names(self) -> list[str]:
        """Its types."""
        return [each.id for each in self.typology.definition.type]


def said_of(applied: Applied) -> Iterator[str]:
    """Yield how many units each type has at the newest Stichtag, and a warning for each type that has died out."""
    typology, held = applied.typology, applied.held
    if not held:
        return
    last, counts = held[-1], Counter(held[-1].types)
    units = ", ".join(f"{name} {counts[name]}" for name in applied.names)
    yield (
        f"typology {typology.id} on {last.stichtag}: {units}; {last.borderline} of {len(last.types)} units are "
        "borderline"
    )
    for name in applied.empty:
        yield f"warning: {died_out(typology.id, name)} ({typology.where})"


def empty_types(names: Sequence[str], held: Sequence[Held]) -> list[str]:
    """Return the types that no unit had at any of the newest Stichtage."""
    recent = held[-EMPTY_FOR:]
    return [
        name for name in names if len(recent) == EMPTY_FOR and not any(name in each.types for each in recent)
    ]  # fmt: skip


def died_out(typology: str, name: str) -> str:
    """Return what is said of a type without units, and what to do."""
    return (
        f"typology {typology}: no unit is of type {name} at the last {EMPTY_FOR} Stichtage; look whether the city is "
        "still described by it, and fit it anew as another version (fortschreibung types CITY --fit)"
    )
