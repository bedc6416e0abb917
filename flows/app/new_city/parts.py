"""Which values of a dimension are added up to the whole: those that are no sum, and no part, of the others.

A row for "alle Altersgruppen" beside those of the age groups would count everybody twice; its label need not say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from flows.app.new_city.above_units import TOTAL
from flows.app.new_city.ages import Band, band_in, covering, true_bands
from flows.app.new_city.figures import number_in
from flows.app.new_city.roles import Dimension, Roles

_ENOUGH = 5
"""Groups of rows in which a figure must be the sum of others before it is believed to be one."""
_BEGINS_A_PART = ("darunter", "davon", "of which")


def parts_of_whole(roles: Roles, dimension: Dimension, value: str) -> tuple[list[str], list[str]] | None:
    """Return the values of a dimension that add up in the column `value`, and those that are counted in others.

    None where age bands overlap, and none of them make up all ages.
    """
    totals = [text for text, label in dimension.labels.items() if TOTAL.fullmatch(label)]
    if totals:
        return totals[:1], []
    parts = [text for text, label in dimension.labels.items() if not label.lower().startswith(_BEGINS_A_PART)]
    parts = parts or list(dimension.labels)
    bands = {text: found[0] for text in parts if (found := band_in(dimension.labels[text]))}
    parts = _without_sums(parts, {*bands}, _groups(roles, dimension, value))
    if _overlap(clear := true_bands(bands)[0]):
        cover = covering(clear, 0, max(band.last for band in clear.values()))
        if cover is None:
            return None
        parts = [text for text in parts if text in cover or text not in bands]
    return parts, [text for text in dimension.labels if text not in parts]


def _overlap(bands: Mapping[str, Band]) -> bool:
    ordered = sorted(bands.values(), key=lambda band: (band.first, band.last))
    return any(second.first <= first.last for first, second in pairwise(ordered))


def _groups(roles: Roles, dimension: Dimension, value: str) -> list[dict[str, Decimal]]:
    """Return the figures by the dimension's values, a mapping for each unit, Stichtag and value of other dimensions."""
    table = roles.table
    same = [roles.unit, *filter(None, [roles.stichtag]), *(each.column for each in roles.dimensions)]
    keys = zip(*(table.cells(column) for column in same if column != dimension.column), strict=True)
    groups: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for key, text, cell in zip(keys, table.cells(dimension.column), table.cells(value), strict=True):
        if (number := number_in(cell, table.dialect)) is not None:
            groups.setdefault(key, {})[text] = number
    return list(groups.values())


def _without_sums(texts: Sequence[str], never: set[str], groups: Sequence[Mapping[str, Decimal]]) -> list[str]:
    """Return the texts without those, but for `never`, whose figures are always the sum of several beside them."""
    left = _in_order(texts, groups)
    while total := next((text for text in left if text not in never and _is_sum(text, left, groups)), None):
        left.remove(total)
    return [text for text in texts if text in left]


def _in_order(texts: Iterable[str], groups: Sequence[Mapping[str, Decimal]]) -> list[str]:
    """Return the texts as they follow each other in the file."""
    order = {text: place for place, text in reversed(list(enumerate(text for group in groups for text in group)))}
    return sorted(texts, key=lambda text: order.get(text, len(order)))


def _is_sum(total: str, texts: Sequence[str], groups: Sequence[Mapping[str, Decimal]]) -> bool:
    """Say whether the figures of `total` are the sums of two or more texts that directly precede or follow it."""
    told = [group for group in groups if group.get(total)]
    place = texts.index(total)
    beside = [[*texts[first:place]] for first in range(place - 1)]
    beside += [[*texts[place + 1 : end]] for end in range(place + 3, len(texts) + 1)]
    return len(told) >= _ENOUGH and any(
        all(sum(group.get(text, Decimal()) for text in run) == group[total] for group in told) for run in beside
    )
