"""What differs between two releases in the codebook and in the units, before any figure is looked at.

Both are needed to say why a figure differs: because its Indikator is computed in another way, or because its
unit is another piece of the city. The releases are attached as `vorher` and `fortschreibung`.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.base.db import literal, quoted, records
from flows.compare.diff_model import CodebookChange, FieldChange, UnitChange

DEFINITION = ("zaehler", "nenner", "faktor", "nachkommastellen", "typ", "abstand_jahre", "bezug", "einheit")
"""Properties of an Indikator that decide its figures; in any other property it is only worded differently."""

# one row per Indikator, with what is above and below its line
_CODEBOOK = """
SELECT
    i.*,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'zaehler') AS zaehler,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'nenner') AS nenner
FROM {release}.indikator AS i
LEFT JOIN {release}.indikator_teil AS t USING (indikator_id)
GROUP BY ALL
ORDER BY i.position
"""

# one row per unit that is in one release only, or not the same in both
_UNITS = """
SELECT
    zuschnitt, {level} AS raumebene, {unit} AS raum_id, coalesce(after.name, before.name) AS name,
    CASE
        WHEN before.da IS NULL THEN 'come'
        WHEN after.da IS NULL THEN 'gone'
        WHEN after.lage IS DISTINCT FROM before.lage THEN 'boundary'
        ELSE 'name'
    END AS change
FROM (SELECT zuschnitt, {unit}, name, ({place}) AS lage, true AS da FROM vorher.{table}) AS before
FULL JOIN (SELECT zuschnitt, {unit}, name, ({place}) AS lage, true AS da FROM fortschreibung.{table}) AS after
    USING (zuschnitt, {unit})
WHERE
    before.da IS DISTINCT FROM after.da
    OR before.lage IS DISTINCT FROM after.lage
    OR before.name IS DISTINCT FROM after.name
"""

# one row per unit of a release that has no name yet
_NAMES = """
INSERT INTO temp.einheit_name
SELECT zuschnitt, {level}, {unit}, name
FROM {release}.{table} AS einheit
ANTI JOIN temp.einheit_name AS bekannt
    ON einheit.zuschnitt = bekannt.zuschnitt AND einheit.{unit} = bekannt.raum_id AND bekannt.raumebene = {level}
"""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are left for the figures, empty: a step that fails leaves nothing known."""
    con.execute("CREATE OR REPLACE TEMP TABLE definition_anders (indikator_id VARCHAR)")
    unit = "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR"
    con.execute(f"CREATE OR REPLACE TEMP TABLE einheit_anders ({unit}, change VARCHAR)")
    con.execute(f"CREATE OR REPLACE TEMP TABLE einheit_name ({unit})")


def codebook_changes(con: duckdb.DuckDBPyConnection) -> list[CodebookChange]:
    """Return the Indikatoren whose entries differ, and note those with another definition."""
    before, after = _codebook(con, "vorher"), _codebook(con, "fortschreibung")
    changes = [_codebook_change(name, before.get(name), after.get(name)) for name in {**after, **before}]
    found = [change for change in changes if change is not None]
    other = [change.indikator_id for change in found if change.change == "definition"]
    for name in other:
        con.execute(f"INSERT INTO temp.definition_anders VALUES ({literal(name)})")  # noqa: S608 -- quoted
    return found


def _codebook(con: duckdb.DuckDBPyConnection, release: str) -> dict[str, dict[str, str | None]]:
    return {
        row["indikator_id"]: {
            name: None if value in (None, "") else str(value)
            for name, value in row.items()
            if name not in ("indikator_id", "position")
        }
        for row in records(con.execute(_CODEBOOK.format(release=release)))
    }


def _codebook_change(
    name: str, before: dict[str, str | None] | None, after: dict[str, str | None] | None
) -> CodebookChange | None:
    if before is None or after is None:
        return CodebookChange(indikator_id=name, change="come" if before is None else "gone", fields=[])
    fields = [
        FieldChange(field=each, before=before.get(each), after=after.get(each))
        for each in {**after, **before}
        if before.get(each) != after.get(each)
    ]
    if not fields:
        return None
    computed = any(each.field in DEFINITION for each in fields)
    return CodebookChange(indikator_id=name, change="definition" if computed else "wording", fields=fields)


def note_names(con: duckdb.DuckDBPyConnection, release: str) -> None:
    """Keep the names of a release's units in temp.einheit_name, unless they have one there already."""
    for (level,) in con.execute(f"SELECT raumebene FROM {release}.raumebene ORDER BY rang").fetchall():  # noqa: S608
        names = {"level": literal(level), "table": quoted(level), "unit": quoted(f"{level}_id")}
        con.execute(_NAMES.format(release=release, **names))


def unit_changes(con: duckdb.DuckDBPyConnection) -> list[UnitChange]:
    """Return the units that differ, and keep them in temp.einheit_anders."""
    note_names(con, "fortschreibung")
    note_names(con, "vorher")
    for level in _levels(con):
        columns = _shared_columns(con, level)
        place = [name for name in columns if name.endswith("_id") and name != f"{level}_id"] + ["geometrie"]
        con.execute(
            "INSERT INTO temp.einheit_anders "
            + _UNITS.format(
                level=literal(level),
                table=quoted(level),
                unit=quoted(f"{level}_id"),
                place="row(" + ", ".join(map(quoted, place)) + ")",
            )
        )
    rows = con.execute("FROM temp.einheit_anders ORDER BY zuschnitt, raumebene, raum_id").fetchall()
    return [UnitChange(**dict(zip(UnitChange.model_fields, row, strict=True))) for row in rows]


def _levels(con: duckdb.DuckDBPyConnection) -> Sequence[str]:
    rows = con.execute(
        "SELECT raumebene FROM vorher.raumebene INTERSECT SELECT raumebene FROM fortschreibung.raumebene ORDER BY 1"
    ).fetchall()
    return [level for (level,) in rows]


def _shared_columns(con: duckdb.DuckDBPyConnection, table: str) -> Sequence[str]:
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() "  # noqa: S608 -- quoted
        f"WHERE table_name = {literal(table)} AND database_name IN ('vorher', 'fortschreibung') "
        "GROUP BY column_name HAVING count(*) = 2 ORDER BY min(column_index)"
    ).fetchall()
    return [name for (name,) in rows]
