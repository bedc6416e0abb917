"""The last release as the checks read it: its figures and definitions as working tables, empty where there is none.

`gezaehlt` says of a figure that it was published as it was counted. Those that were rounded or overlaid for
confidentiality are looked for, but not compared with counted ones: they would differ each time.

The file is opened for reading only. Only columns that every release since schema version 1 has are asked for, so that
an older one is no obstacle; one that cannot be read is reported by a check, and compared with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.base.all_figures import all_figures

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import duckdb

_EMPTY = """
CREATE TEMP TABLE _vorversion (version VARCHAR, problem VARCHAR);
CREATE TEMP TABLE _vorversion_wert (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, indikator_id VARCHAR, wert DOUBLE,
    gezaehlt BOOLEAN
);
CREATE TEMP TABLE _vorversion_definition (indikator_id VARCHAR, rechnung VARCHAR);
"""

_FIGURES = """
INSERT INTO _vorversion_wert
SELECT zuschnitt, raumebene, raum_id, stichtag, indikator_id, wert, status NOT IN ('gerundet', 'ueberlagert')
FROM {figures}
WHERE
    wert IS NOT NULL
    AND stichtag <= coalesce(getvariable('bis')::DATE, DATE '9999-12-31')
    AND zuschnitt <= coalesce(getvariable('bis')::VARCHAR, '9999-12-31')
"""

# the text that sql/check/_definition.sql makes of the codebook of today
_DEFINITIONS = """
INSERT INTO _vorversion_definition
SELECT
    i.indikator_id,
    concat_ws(
        ' ', i.typ, i.faktor, i.nachkommastellen, i.abstand_jahre,
        string_agg(t.rolle || ':' || t.merkmal, ' ' ORDER BY t.rolle, t.merkmal)
    )
FROM vorversion.indikator AS i
LEFT JOIN vorversion.indikator_teil AS t ON i.indikator_id = t.indikator_id
GROUP BY i.indikator_id, i.typ, i.faktor, i.nachkommastellen, i.abstand_jahre
"""


def read_last_release(connection: duckdb.DuckDBPyConnection, database: Path | None, until: dt.date | None) -> None:
    """Make the working tables `_vorversion...` from the release in `database`.

    What is later than `until` is left out, as the run left it out of its own figures; frames read the bound as the
    variable `bis`.
    """
    import duckdb  # noqa: PLC0415 -- heavy

    connection.execute("SET VARIABLE bis = " + (f"'{until}'" if until else "NULL"))
    connection.execute(_EMPTY)
    if database is None:
        return
    try:
        connection.execute(f"ATTACH {_quoted(str(database))} AS vorversion (READ_ONLY)")
        connection.execute("INSERT INTO _vorversion SELECT version, NULL FROM vorversion._release")
        connection.execute(_FIGURES.format(figures=all_figures(connection, "vorversion")))
        connection.execute(_DEFINITIONS)
    except duckdb.Error as problem:
        for table in ("_vorversion", "_vorversion_wert", "_vorversion_definition"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- our tables
        said = _quoted(str(problem).splitlines()[0])
        connection.execute(f"INSERT INTO _vorversion VALUES ({_quoted(database.parent.name)}, {said})")  # noqa: S608


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
