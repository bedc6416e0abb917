"""A sum distributed by need, as lines of a terminal: units from the largest amount to the smallest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.german_numbers import number
from flows.base.language import number_shown
from flows.base.texts import Text, joined, shown, text, tr


def budget_lines(units: Sequence[Mapping[str, Any]], without: Sequence[Mapping[str, Any]],
                 classes: Sequence[str]) -> Iterator[str]:  # fmt: skip
    """Yield a header and one line for each unit; `classes` are the names of the classes."""
    rows = [_cells(unit, classes) for unit in sorted(units, key=lambda each: (-each["betrag"], each["raum_id"]))]
    heads = [
        tr("unit"), tr("class"), tr("heads"), tr("amount"), tr("from"), tr("to"), tr("before"), tr("because of")
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [
            cell.ljust(width) if place in (0, 1, 7) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    for unit in without:
        yield tr("{unit}: no amount, {reason}", unit=called(unit), reason=unit["grund"])


def _cells(unit: Mapping[str, Any], classes: Sequence[str]) -> list[str]:
    heads = number_shown(unit["koepfe"])
    if unit["koepfe_von"] != unit["koepfe_bis"]:
        heads = tr("{heads} (estimated)", heads=heads)
    before = unit.get("betrag_vorher")
    return [
        called(unit), shown(class_words(unit, classes)), heads, money_shown(unit["betrag"]),
        money_shown(unit["betrag_von"]), money_shown(unit["betrag_bis"]),
        "" if before is None else money_shown(before), ", ".join(_causes(unit.get("wegen") or {})),
    ]  # fmt: skip


def _causes(amounts: Mapping[str, int]) -> Iterator[str]:
    """Yield why an amount is another than before."""
    words = {
        "bedarf": tr("need"), "koepfe": tr("heads"), "definition": tr("definition"),
        "fortschreibung": tr("Fortschreibung"),
    }  # fmt: skip
    for name, cause in words.items():
        if amount := amounts.get(name):
            yield f"{cause} {'+' if amount > 0 else ''}{money_shown(amount)}"


def class_words(unit: Mapping[str, Any], classes: Sequence[str]) -> Text:
    """Return the class of a unit, or those that hold 90 % where the published figures leave it open."""
    if unit["klasse"]:
        return joined("", [classes[unit["klasse"] - 1]])
    return joined(text(" or "), [classes[int(each) - 1] for each in unit["klassen_90"].split()])


def money_shown(cents: int) -> str:
    """Return an amount as readers of the language write it."""
    return number_shown(cents / 100, 2)


def money(cents: int) -> str:
    """Return an amount as 1.234,50."""
    return number(cents / 100, 2)


def called(unit: Mapping[str, Any]) -> str:
    """Return the id and the name of a unit."""
    return f"{unit['raum_id']} {unit['name']}" if unit.get("name") else str(unit["raum_id"])
