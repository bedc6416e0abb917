"""A sum distributed by need, as lines of a terminal: units from the largest amount to the smallest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.german_numbers import number

CAUSES: Mapping[str, str] = {
    "bedarf": "Bedarf", "koepfe": "Köpfe", "definition": "Definition", "fortschreibung": "Fortschreibung",
}  # fmt: skip
"""Why an amount is another than before, and the head of its column."""


def budget_lines(units: Sequence[Mapping[str, Any]], without: Sequence[Mapping[str, Any]],
                 classes: Sequence[str]) -> Iterator[str]:  # fmt: skip
    """Yield a header and one line for each unit; `classes` are the names of the classes."""
    rows = [_cells(unit, classes) for unit in sorted(units, key=lambda each: (-each["betrag"], each["raum_id"]))]
    heads = ["Raum", "Klasse", "Köpfe", "Betrag", "von", "bis", "vorher", "weil"]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [
            cell.ljust(width) if place in (0, 1, 7) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    for unit in without:
        yield f"{called(unit)}: kein Betrag, {unit['grund']}"


def _cells(unit: Mapping[str, Any], classes: Sequence[str]) -> list[str]:
    heads = number(unit["koepfe"]) + (" (geschätzt)" if unit["koepfe_von"] != unit["koepfe_bis"] else "")
    before = unit.get("betrag_vorher")
    return [
        called(unit), class_words(unit, classes), heads, money(unit["betrag"]), money(unit["betrag_von"]),
        money(unit["betrag_bis"]), "" if before is None else money(before),
        ", ".join(
            f"{words} {'+' if unit['wegen'][name] > 0 else ''}{money(unit['wegen'][name])}"
            for name, words in CAUSES.items() if unit["wegen"][name]
        ) if unit.get("wegen") else "",
    ]  # fmt: skip


def class_words(unit: Mapping[str, Any], classes: Sequence[str]) -> str:
    """Return the class of a unit, or those that hold 90 % where the published figures leave it open."""
    if unit["klasse"]:
        return str(classes[unit["klasse"] - 1])
    return " oder ".join(classes[int(each) - 1] for each in unit["klassen_90"].split())


def money(cents: int) -> str:
    """Return an amount as 1.234,50."""
    return number(cents / 100, 2)


def called(unit: Mapping[str, Any]) -> str:
    """Return the id and the name of a unit."""
    return f"{unit['raum_id']} {unit['name']}" if unit.get("name") else str(unit["raum_id"])
