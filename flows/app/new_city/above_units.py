"""Which rows are about more than a unit, or about none: totals of the city or of a Bezirk, and people without a place.

They are called so, or written in another way than the units. Their figures decide whether the second is believed: a
block `0105A` among numbers is no total, and its residents would be lost with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flows.app.new_city.figures import number_in
from flows.app.new_city.tables import Table

TOTAL = re.compile(
    r"(ganze |gesamt|alle )?(stadt|insgesamt|gesamt|zusammen|summe|total|alle)( insgesamt| gesamt)?", re.I
)
_NOWHERE = re.compile(
    r"(ohne (angabe|zuordnung|festen|adresse)|nicht zu|unbekannt|unzugeordnet|keine (angabe|zuordnung)|sonstige$|"
    r"unknown|not assigned).*",
    re.I,
)
NO_UNIT = "it names no unit"
"""The reason of a text that says that people could be placed nowhere."""
_CLOSE = Decimal("0.01")
"""The share by which a total may differ from its parts, as it does where each was rounded."""

_Group = list[tuple[str, Decimal | None]]
"""The units and figures of one column, Stichtag and value of each dimension, in the order of the file."""


def above_units(table: Table, unit: str, within: Sequence[str], figures: Sequence[str]) -> dict[str, str]:
    """Return the texts in the unit's column that name no unit, each with the reason.

    Rows are compared that agree in the columns `within`, the Stichtag and the dimensions. Where such texts are half of
    all or more, a total must be the sum of the others before it is believed what is merely written in another way.
    """
    texts = set(table.cells(unit))
    found = {text: "it is called like a total" for text in texts if TOTAL.fullmatch(text)}
    shapes: dict[str, list[str]] = {}
    for text in texts - {*found}:
        shapes.setdefault(re.sub(r"\d+", "9", text) if re.search(r"\d", text) else "a", []).append(text)
    usual = max(shapes.values(), key=len, default=[])
    groups = [group for column in figures for group in _groups(table, unit, within, column)]
    for alike in shapes.values():
        if alike is usual or len(alike) >= len(usual):
            continue
        nowhere = {text for text in alike if _NOWHERE.fullmatch(text)}
        found |= dict.fromkeys(nowhere, NO_UNIT)
        sums = _are_totals(others := {*alike} - nowhere, {*usual}, groups)
        if sums or (sums is None and len(alike) * 2 < len(usual)):
            found |= dict.fromkeys(others, f"the others are written like {min(usual)!r}")
    called = {text: why for text, why in found.items() if TOTAL.fullmatch(text)}
    cells = [table.cells(column) for column in figures]
    days = list(zip(*map(table.cells, within), strict=True)) or [()] * len(table.rows)
    believed = len(found) * 2 < len(texts) or any(
        held_against_parts(table.cells(unit), days, cells, text, set(found)) for text in called
    )
    chosen = found if believed else called
    return dict(sorted(chosen.items())) if len(chosen) < len(texts) else {}


def _groups(table: Table, unit: str, within: Sequence[str], column: str) -> Iterable[_Group]:
    groups: dict[tuple[str, ...], _Group] = {}
    keys = zip(*map(table.cells, within), strict=True) if within else iter([()] * len(table.rows))
    for key, name, cell in zip(keys, table.cells(unit), table.cells(column), strict=True):
        groups.setdefault(key, []).append((name, number_in(cell, table.dialect)))
    return groups.values()


def _are_totals(texts: set[str], units: set[str], groups: Iterable[_Group]) -> bool | None:
    """Say whether most figures of the texts are sums of units, or all together; None where too many are missing."""
    told = list[bool]()
    for group in groups:
        if any(number is None for name, number in group if name in units):
            continue
        together = _close(_sum(group, texts), _sum(group, units))
        for place, (name, number) in enumerate(group):
            if name in texts and number:
                after = (group[each] for each in range(place + 1, len(group)))
                before = (group[each] for each in range(place - 1, -1, -1))
                told.append(together or any(_adds_up_to(number, rows, units) for rows in (after, before)))
    return sum(told) * 2 >= len(told) if told else None


def _sum(group: _Group, names: set[str]) -> Decimal:
    return sum((number for name, number in group if name in names and number is not None), Decimal())


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= abs(other) * _CLOSE


def _adds_up_to(total: Decimal, rows: Iterable[tuple[str, Decimal | None]], units: set[str]) -> bool:
    """Say whether the first units of the rows, one at least, add up to the total."""
    so_far = Decimal()
    for name, number in rows:
        if name in units and number is not None:
            so_far += number
            if _close(so_far, total):
                return True
            if so_far > total:
                return False
    return False


def held_against_parts(
    units: Sequence[str], days: Sequence[object], figures: Sequence[Sequence[str]], total: str, above: set[str]
) -> str:
    """Return, in words, in how many figures a row of totals is the sum of all units of its Stichtag."""
    same = compared = 0
    for cells in figures:
        sums: dict[object, int] = {}
        for unit, day, cell in zip(units, days, cells, strict=True):
            sums[day] = sums.get(day, 0) + (int(cell) if unit not in above and cell.isdecimal() else 0)
        stated = [(day, cell) for unit, day, cell in zip(units, days, cells, strict=True) if unit == total]
        compared += len(stated)
        same += sum(cell.isdecimal() and int(cell) == sums[day] for day, cell in stated)
    return f"; it is the sum of the units in {same} of {compared} figures" if same else ""
