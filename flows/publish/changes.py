"""What is different from the release before, for people (HTML), programs (JSON) and in the file (`_changes`).

A figure that the previous release did not have has *come*, one that only it had is *gone*, and one whose
value or status differs has *changed*. Two releases are compared figure by figure, on the same Zuschnitt.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

from flows.publish.contract import literal
from flows.publish.job import Previous

_TEMPLATES = Path(__file__).parent / "templates"
_MOVERS = 10

# one row a figure that stands in one release only, or differs between the two
_DIFFERENCES = """
CREATE OR REPLACE TEMP TABLE unterschied AS
WITH paired AS (
    SELECT
        zuschnitt, raumebene, raum_id, stichtag, indikator_id,
        before.wert AS alt, after.wert AS neu, before.status AS status_alt, after.status AS status_neu
    FROM vorher_wert AS before
    FULL JOIN wert AS after USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
)
SELECT
    paired.*,
    CASE WHEN status_alt IS NULL THEN 'come' WHEN status_neu IS NULL THEN 'gone' ELSE 'changed' END AS kind
FROM paired
WHERE status_alt IS DISTINCT FROM status_neu OR alt IS DISTINCT FROM neu
"""

# one row a Raumebene and Indikator with a difference
_SUMMARY = """
SELECT
    raumebene, indikator_id,
    count(*) FILTER (kind = 'changed') AS geaendert,
    count(*) FILTER (kind = 'come') AS hinzugekommen,
    count(*) FILTER (kind = 'gone') AS entfallen,
    arg_max(neu - alt, (abs(neu - alt), raum_id, stichtag)) FILTER (neu - alt <> 0) AS groesste_abweichung,
    arg_max(raum_id, (abs(neu - alt), raum_id, stichtag)) FILTER (neu - alt <> 0) AS raum_id,
    arg_max(stichtag, (abs(neu - alt), raum_id, stichtag)) FILTER (neu - alt <> 0) AS stichtag
FROM unterschied
GROUP BY raumebene, indikator_id
ORDER BY raumebene, indikator_id
"""

# one row a figure among those of its Raumebene and Indikator that moved furthest
_LARGEST = """
SELECT raumebene, indikator_id, zuschnitt, raum_id, stichtag, alt, neu, neu - alt AS abweichung
FROM unterschied
WHERE neu - alt <> 0
QUALIFY row_number() OVER (
    PARTITION BY raumebene, indikator_id ORDER BY abs(neu - alt) DESC, zuschnitt, raum_id, stichtag
) <= ?
ORDER BY raumebene, indikator_id, abs(neu - alt) DESC, zuschnitt, raum_id, stichtag
"""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class IndikatorChange(_Model):
    """How many figures of an Indikator on a Raumebene are different, and the one that moved furthest."""

    raumebene: str
    indikator_id: str
    geaendert: int
    hinzugekommen: int
    entfallen: int
    groesste_abweichung: float | None
    raum_id: str | None
    stichtag: dt.date | None


class Mover(_Model):
    """A figure that moved."""

    raumebene: str
    indikator_id: str
    zuschnitt: str
    raum_id: str
    stichtag: dt.date
    alt: float
    neu: float
    abweichung: float


class Changes(_Model):
    """The whole comparison; `previous` is None for the first release of a city."""

    format: str = "fortschreibung-changes/1"
    city: str
    version: str
    previous: str | None
    geaendert: int
    hinzugekommen: int
    entfallen: int
    stichtage_hinzugekommen: list[dt.date]
    stichtage_entfallen: list[dt.date]
    indikatoren_hinzugekommen: list[str]
    indikatoren_entfallen: list[str]
    indikatoren: list[IndikatorChange]
    movers: list[Mover]


def changes_since(con: duckdb.DuckDBPyConnection, city: str, version: str, previous: Previous | None) -> Changes:
    """Return how the tables open in `con` differ from the release `previous`."""
    if previous is None:
        con.execute("CREATE OR REPLACE TEMP VIEW vorher_wert AS SELECT * FROM wert LIMIT 0")
        return _compared(con, city, version, None)
    con.execute(f"ATTACH {literal(str(previous.database))} AS vorher (READ_ONLY)")
    try:
        con.execute("CREATE OR REPLACE TEMP VIEW vorher_wert AS SELECT * FROM vorher.wert")
        return _compared(con, city, version, previous.version)
    finally:
        con.execute("DROP VIEW IF EXISTS temp.vorher_wert")
        con.execute("DETACH vorher")


def _compared(con: duckdb.DuckDBPyConnection, city: str, version: str, previous: str | None) -> Changes:
    con.execute(_DIFFERENCES)
    indikatoren = [
        IndikatorChange(**dict(zip(IndikatorChange.model_fields, row, strict=True)))
        for row in con.execute(_SUMMARY).fetchall()
    ]
    movers = [
        Mover(**dict(zip(Mover.model_fields, row, strict=True))) for row in con.execute(_LARGEST, [_MOVERS]).fetchall()
    ]
    changes = Changes(
        city=city,
        version=version,
        previous=previous,
        geaendert=sum(each.geaendert for each in indikatoren),
        hinzugekommen=sum(each.hinzugekommen for each in indikatoren),
        entfallen=sum(each.entfallen for each in indikatoren),
        stichtage_hinzugekommen=_only(con, "stichtag", "wert", "vorher_wert"),
        stichtage_entfallen=_only(con, "stichtag", "vorher_wert", "wert"),
        indikatoren_hinzugekommen=_only(con, "indikator_id", "wert", "vorher_wert"),
        indikatoren_entfallen=_only(con, "indikator_id", "vorher_wert", "wert"),
        indikatoren=indikatoren,
        movers=movers,
    )
    con.execute("DROP TABLE temp.unterschied")
    return changes


def _only(con: duckdb.DuckDBPyConnection, column: str, here: str, not_there: str) -> list[Any]:
    rows = con.execute(
        f"SELECT {column} FROM {here} EXCEPT SELECT {column} FROM {not_there} ORDER BY ALL"  # noqa: S608 -- our own names
    ).fetchall()
    return [value for (value,) in rows]


def changes_html(changes: Changes) -> str:
    """Return the comparison as a page that is complete in itself."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("changes.html.j2").render(changes=changes, number=_number)


def _number(value: float | None) -> str:
    """Write a number as German readers do: 1.234,5."""
    if value is None:
        return ""
    return f"{value:,.6g}".translate(str.maketrans(",.", ".,")) if abs(value) < 1e6 else f"{value:.0f}"
