"""A distributed sum as the command hands it out: a heading, JSON, a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.app.budget_of_release import Asked, Budget
from flows.base.home import Home
from flows.base.texts import Text, german_of, joined, text
from flows.export.budget_workbook import write_budget
from flows.index.budget import euros
from flows.pages.budget_lines import class_words
from flows.release.catalog import Release, published_before, version_key


def earlier_release(home: Home, release: Release) -> Release | None:
    """Return the newest release of a year before that of `release`; None where there is none."""
    before, _ = published_before(home, release.city, release.version)
    year, _ = version_key(release.version)
    return next((each for each in reversed(before) if version_key(each.version)[0] < year), None)


def heading(release: Release, asked: Asked, found: Budget) -> tuple[Text, Text]:
    """Return what is distributed, and by which weights and compared with what."""
    table, terms = found.situation.table, asked.terms
    what = text(
        "{total:,.2f} euros by {index} (version {version}) per {heads}, on {stichtag} ({city} {release})",
        total=terms.total / 100, index=table.label, version=table.version, heads=found.situation.per,
        stichtag=table.stichtag, city=release.city, release=release.version,
    )  # fmt: skip
    bounds = [text("at least {amount:,.2f}", amount=terms.floor / 100)] if terms.floor else []
    bounds += [text("at most {amount:,.2f}", amount=terms.cap / 100)] if terms.cap is not None else []
    weights = text("Weight of a head: {weights}.", weights=weights_in_words(asked, found))
    return joined(", ", (what, *bounds)), joined(" ", (weights, _compared(found)))


def weights_in_words(asked: Asked, found: Budget) -> Text:
    """Return what a head counts in each class."""
    classes = found.situation.table.classes
    weights = asked.weights or tuple(float(number) for number in range(1, len(classes) + 1))
    return joined(", ", [joined(" ", (label, f"{weight:g}")) for label, weight in zip(classes, weights, strict=True)])


def _compared(found: Budget) -> Text:
    if found.before is None:
        return text("There is no Stichtag before.")
    day, release = found.before.table.stichtag, found.before_release
    if release:
        return text("Before: the same sum on {day} in Fortschreibung {release}.", day=day, release=release)
    return text("Before: the same sum on {day}.", day=day)


def as_json(release: Release, asked: Asked, found: Budget) -> dict[str, Any]:
    """Return the amounts as JSON has them, in euros."""
    situation, terms = found.situation, asked.terms
    return {
        "city": release.city, "release": release.version, "index": asked.index, "version": situation.table.version,
        "stichtag": situation.table.stichtag, "raumebene": asked.raumebene, "per": situation.per,
        "sum": terms.total / 100, "floor": terms.floor / 100, "cap": None if terms.cap is None else terms.cap / 100,
        "weights": weights_in_words(asked, found).german, "before": None if found.before is None else {
            "release": found.before_release or release.version, "stichtag": found.before.table.stichtag,
        },
        "units": [_in_euros(unit) for unit in found.units], "without": situation.without,
    }  # fmt: skip


def _in_euros(unit: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: value / 100 for name, value in unit.items() if name.startswith("betrag") and value is not None}
    why = unit.get("wegen")
    return {**unit, **amounts, "wegen": {name: part / 100 for name, part in why.items()} if why else None}


def workbook(path: Path, release: Release, asked: Asked, found: Budget) -> None:
    """Write the amounts to a workbook.

    Raises:
        ConfigError: when nothing can be written there.
    """
    classes = found.situation.table.classes
    rows = [
        {
            **unit,
            **(unit.get("wegen") or {}),
            "koepfe": unit["koepfe"],
            "klasse": german_of(class_words(unit, classes)),
            "koepfe_teil": (unit.get("wegen") or {}).get("koepfe"),
            "anmerkung": "Köpfe geschätzt (geschützt)" if unit["koepfe_von"] != unit["koepfe_bis"] else None,
        }
        for unit in found.units
    ] + [{**unit, "klasse": None, "anmerkung": f"kein Betrag, {unit['grund']}"} for unit in found.situation.without]
    what, how = heading(release, asked, found)
    write_budget(path, rows, {
        "Verteilt": what.german, "Rechnung": how.german, "Summe": euros(sum(unit["betrag"] for unit in found.units)),
        "Spanne": "Betrag in der niedrigsten und der höchsten der Klassen, die zusammen 90 % wahrscheinlich sind; "
                  "die anderen Räume wie angegeben.",
        "Wortwahl": found.situation.table.guidance.german,
    })  # fmt: skip
