"""An index as lines of a terminal: units from much need to little, none with a place that it only may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.language import number_shown, percent_shown
from flows.base.texts import Text, shown, text, tr


def index_lines(rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> Iterator[str]:
    """Yield a header and one line for each unit; `labels` are those of the classes, from little need to much."""
    placed = [row for row in rows if row.get("klasse_von")]
    unit, of_class = tr("unit"), tr("class")
    width = max([len(unit), *(len(_called(row)) for row in rows)])
    classes = max([len(of_class), *(len(class_words(row, labels)) for row in placed)])
    yield f"{unit:{width}}  {tr('score'):>8}  {of_class:{classes}}  {tr('sure'):>8}  {tr('rank')}"
    for row in sorted(placed, key=lambda each: (each["rang_von"] + each["rang_bis"], each["raum_id"])):
        sure = max(row["sicherheit"]) if row["klasse"] is None else row["sicherheit"][row["klasse"] - 1]
        changed = _change(row.get("veraenderung_urteil"))
        yield (
            f"{_called(row):{width}}  {number_shown(row['punkte'], 2):>8}  {class_words(row, labels):{classes}}  "
            f"{percent_shown(sure):>8}  {shown(rank_words(row))}" + (f"  {changed}" if changed else "")
        )
    for row in rows:
        if not row.get("klasse_von"):
            why = f"{row['index_status']} ({row['index_grund']})"
            yield f"{_called(row):{width}}  " + tr("without an index: {why}", why=why)


def _change(verdict: str | None) -> str:
    return {
        "besser": tr("change: better"), "schlechter": tr("change: worse"),
        "nicht_unterscheidbar": tr("change: no different from chance"),
    }.get(verdict or "", "")  # fmt: skip


def class_words(row: Mapping[str, Any], labels: Sequence[str]) -> str:
    """Return the class of a unit, or those that are possible."""
    return tr(" or ").join(map(shown, labels[row["klasse_von"] - 1 : row["klasse_bis"]]))


def rank_words(row: Mapping[str, Any]) -> Text:
    """Return the rank of a unit as a range, a single place only where it is sure."""
    first, last = row["rang_von"], row["rang_bis"]
    return Text(f"{first}") if first == last else text("{first} to {last}", first=first, last=last)


def _called(row: Mapping[str, Any]) -> str:
    return f"{row['raum_id']} {row['name']}" if row.get("name") else str(row["raum_id"])
