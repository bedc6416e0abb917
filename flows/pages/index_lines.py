"""An index as lines of a terminal: units from much need to little, none with a place that it only may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.german_numbers import number, percent

_VERDICTS = {
    "besser": "besser", "schlechter": "schlechter", "nicht_unterscheidbar": "vom Zufall nicht zu unterscheiden",
}  # fmt: skip


def index_lines(rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> Iterator[str]:
    """Yield a header and one line for each unit; `labels` are those of the classes, from little need to much."""
    placed = [row for row in rows if row.get("klasse_von")]
    width = max([len("Raum"), *(len(_called(row)) for row in rows)])
    classes = max([len("Klasse"), *(len(class_words(row, labels)) for row in placed)])
    yield f"{'Raum':{width}}  {'Punkte':>8}  {'Klasse':{classes}}  {'sicher':>8}  Rang"
    for row in sorted(placed, key=lambda each: (each["rang_von"] + each["rang_bis"], each["raum_id"])):
        sure = max(row["sicherheit"]) if row["klasse"] is None else row["sicherheit"][row["klasse"] - 1]
        changed = _VERDICTS.get(row.get("veraenderung_urteil") or "")
        yield (
            f"{_called(row):{width}}  {number(row['punkte'], 2):>8}  {class_words(row, labels):{classes}}  "
            f"{percent(sure):>8}  {rank_words(row)}" + (f"  Veränderung: {changed}" if changed else "")
        )
    for row in rows:
        if not row.get("klasse_von"):
            yield f"{_called(row):{width}}  ohne Index: {row['index_status']} ({row['index_grund']})"


def class_words(row: Mapping[str, Any], labels: Sequence[str]) -> str:
    """Return the class of a unit, or those that are possible."""
    return " oder ".join(labels[row["klasse_von"] - 1 : row["klasse_bis"]])


def rank_words(row: Mapping[str, Any]) -> str:
    """Return the rank of a unit as a range, a single place only where it is sure."""
    first, last = row["rang_von"], row["rang_bis"]
    return f"{first}" if first == last else f"{first} bis {last}"


def _called(row: Mapping[str, Any]) -> str:
    return f"{row['raum_id']} {row['name']}" if row.get("name") else str(row["raum_id"])
