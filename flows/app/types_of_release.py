"""The types of one release for a person at the terminal: each with its units, and crossed with the classes of need."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.base.errors import ConfigError
from flows.base.texts import Text

if TYPE_CHECKING:
    import duckdb

OPEN = Text("open", "offen")
"""What stands for the class of a unit where published figures leave more than one, or none."""


@dataclass(frozen=True)
class TypesTable:
    """A typology of a Raumebene at a Stichtag, in one version."""

    typology: str
    version: str
    label: Text
    base: str
    stichtag: str
    limitations: Text
    types: list[dict[str, Any]]
    units: list[dict[str, Any]]
    need: dict[str, Any] | None = field(default=None)
    """The main index: its label, its classes, and for each type the number of units by class."""
    empty: list[str] = field(default_factory=list)
    """Types that no unit had at any of the last Stichtage."""


def types_of(
    database: Path, typology: str | None, level: str, stichtag: dt.date | None
) -> list[TypesTable]:  # fmt: skip
    """Return a typology (default: the first) of the units of a Raumebene at a Stichtag (default: the newest).

    There is one table for each version that is applied at that Stichtag; none where the release has no typology at all.

    Raises:
        ConfigError: the release does not have that typology, Raumebene or Stichtag.
    """
    from flows.base.db import connect, has_table, literal, quoted, records, set_variables, sql  # noqa: PLC0415
    from flows.release.main_index import find_main_index  # noqa: PLC0415

    with connect() as con:
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not has_table(con, "typologie"):
            raise ConfigError(
                f"Expected a release with types, found one made before there were any: {database}. Refresh the city "
                "with this version, or name another release (--version).",
                code="FS-USE-04",
            )
        versions = records(con.execute(
            "SELECT * REPLACE (basisstichtag::VARCHAR AS basisstichtag) FROM typologie ORDER BY position"
        ))  # fmt: skip
        if not versions and typology is None:
            return []
        known = list(dict.fromkeys(row["typologie_id"] for row in versions))
        name = typology or known[0]
        found = con.execute(
            f"SELECT DISTINCT raumebene, stichtag::VARCHAR FROM typ WHERE typologie_id = {literal(name)} ORDER BY ALL"  # noqa: S608
        ).fetchall()
        levels = sorted({ebene for ebene, _ in found})
        if name not in known or level not in levels:
            raise ConfigError(
                f"Expected a typology of {', '.join(known) or 'none'} and a Raumebene of "
                f"{', '.join(levels) or 'none'}, found {name} and {level} in {database}.",
                code="FS-USE-04",
            )
        days = [day for ebene, day in found if ebene == level]
        day = str(stichtag) if stichtag else days[-1]
        if day not in days:
            raise ConfigError(
                f"Expected a Stichtag with the typology {name} ({', '.join(days)}), found {day}.", code="FS-USE-04"
            )
        set_variables(con, typologie=name, typ_ebene=level, typ_stichtag=day)
        con.execute(
            "CREATE TEMP VIEW raum_name AS "  # noqa: S608 -- a Raumebene of the release, quoted
            f"SELECT zuschnitt, {quoted(level + '_id')} AS raum_id, name FROM {quoted(level)}"
        )
        find_main_index(con)
        rows = records(con.execute(sql("read/typ_raum")))
        return [
            _table(con, row, day, units)
            for row in versions if row["typologie_id"] == name
            if (units := [each for each in rows if each["typologie_version"] == row["typologie_version"]])
        ]  # fmt: skip


def _table(con: duckdb.DuckDBPyConnection, row: dict[str, Any], day: str, units: list[dict[str, Any]]) -> TypesTable:
    from flows.base.db import literal, records  # noqa: PLC0415

    version = row["typologie_version"]
    of = f"typologie_id = {literal(row['typologie_id'])} AND typologie_version = {literal(version)}"
    centroids = records(con.execute(
        "SELECT z.typ_id, z.indikator_id, i.label_de, i.label_en, i.einheit, i.nachkommastellen, z.zentrum "  # noqa: S608 -- literals
        "FROM typologie_zentrum AS z INNER JOIN indikator AS i USING (indikator_id) "
        "INNER JOIN typologie_merkmal AS m USING (typologie_id, typologie_version, indikator_id) "
        f"WHERE {of} ORDER BY m.position"
    ))  # fmt: skip
    counts = Counter(each["typ_id"] for each in units)
    unclear = Counter(each["typ_id"] for each in units if each["typ_lage"] == "grenzfall")
    types = [
        {"typ_id": each["typ_id"], "label_de": each["label_de"], "label_en": each["label_en"],
         "beschreibung_de": each["beschreibung_de"], "beschreibung_en": each["beschreibung_en"],
         "raeume": counts[each["typ_id"]], "grenzfaelle": unclear[each["typ_id"]],
         "zentrum": [{name: value for name, value in one.items() if name != "typ_id"} for one in centroids
                     if one["typ_id"] == each["typ_id"]]}
        for each in records(con.execute(f"FROM typologie_typ WHERE {of} ORDER BY position"))
    ]  # fmt: skip
    label = Text(row["label_en"], row["label_de"])
    limitations = Text(row["einschraenkung_en"], row["einschraenkung_de"])
    need, empty = _crossed(con, units, [each["typ_id"] for each in types]), _empty(con, of, day, types)
    return TypesTable(
        row["typologie_id"], version, label, row["basisstichtag"], day, limitations, types, units, need, empty
    )


def _crossed(con: duckdb.DuckDBPyConnection, units: list[dict[str, Any]], types: list[str]) -> dict[str, Any] | None:
    """Return how many units of each type are in each class of the main index."""
    from flows.base.db import literal  # noqa: PLC0415

    first = next((each for each in units if each["index_id"]), None)
    if first is None:
        return None
    of = f"index_id = {literal(first['index_id'])} AND index_version = {literal(first['index_version'])}"
    found = con.execute(
        "SELECT [d.label_en, d.label_de], list([k.label_en, k.label_de] ORDER BY k.klasse) FROM index_definition AS d "  # noqa: S608 -- literals
        "INNER JOIN index_klasse AS k USING (index_id, index_version) "
        f"WHERE {of} AND k.klassenart = 'stand' GROUP BY ALL"
    ).fetchone()
    assert found is not None  # noqa: S101 -- an index has classes
    label, classes = found
    held = Counter((each["typ_id"], each["klasse"]) for each in units)
    numbers = [*range(1, len(classes) + 1), None]
    return {
        "index": first["index_id"], "label": Text(*label), "classes": [*(Text(*each) for each in classes), OPEN],
        "units": {name: [held[name, number] for number in numbers] for name in types},
    }  # fmt: skip


def _empty(con: duckdb.DuckDBPyConnection, of: str, day: str, types: list[dict[str, Any]]) -> list[str]:
    from flows.typology.held import Held, empty_types  # noqa: PLC0415

    rows = con.execute(
        "SELECT stichtag::VARCHAR, list(typ_id) FROM typ "  # noqa: S608 -- literals
        f"WHERE {of} AND raumebene = getvariable('typ_ebene') AND stichtag <= '{day}' "
        "GROUP BY stichtag ORDER BY stichtag"
    ).fetchall()
    return empty_types([each["typ_id"] for each in types], [Held(at, found, 0) for at, found in rows])
