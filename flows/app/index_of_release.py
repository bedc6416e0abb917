"""The indices of one release for a person at the terminal: which there are, and one of them unit by unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.base.errors import ConfigError
from flows.base.texts import Text


@dataclass(frozen=True)
class IndexTable:
    """An index at a Stichtag, in one version and by one measure."""

    label: Text
    guidance: Text
    version: str
    measure: str
    stichtag: str
    classes: list[Text]
    units: list[dict[str, Any]]


def index_days(database: Path, index: str) -> list[dt.date]:
    """Return the Stichtage at which a release has an index, the oldest first; none in a release without indices."""
    from flows.base.db import connect, has_table, literal  # noqa: PLC0415

    with connect() as con:
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not has_table(con, "index_wert"):
            return []
        found = con.execute(
            f"SELECT DISTINCT stichtag FROM index_wert WHERE index_id = {literal(index)} ORDER BY 1"  # noqa: S608
        )
        return [day for (day,) in found.fetchall()]


def index_of(database: Path, index: str | None, level: str, stichtag: dt.date | None) -> list[IndexTable]:
    """Return an index (default: the main one) of the units of a Raumebene at a Stichtag (default: the newest).

    There is one table for each version and measure.

    Raises:
        ConfigError: the release has no such index, or not at that Stichtag.
    """
    from flows.base.db import connect, has_table, literal, quoted, records, set_variables, sql  # noqa: PLC0415
    from flows.release.main_index import find_main_index  # noqa: PLC0415

    with connect() as con:
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not has_table(con, "index_definition"):
            raise ConfigError(
                f"Expected a release with indices, found one made before there were any: {database}. Refresh the city "
                "with this version, or name another release (--version).",
                code="FS-USE-04",
            )
        levels = [name for (name,) in con.execute("SELECT raumebene FROM raumebene ORDER BY rang").fetchall()]
        known = [name for (name,) in con.execute("SELECT index_id FROM index_definition ORDER BY position").fetchall()]
        index = index or find_main_index(con) or ""
        if index not in known or level not in levels:
            raise ConfigError(
                f"Expected an index of {', '.join(dict.fromkeys(known)) or 'none'} and a Raumebene of "
                f"{', '.join(levels)}, found {index or 'none'} and {level} in {database}.",
                code="FS-USE-04",
            )
        set_variables(con, index_id=index, index_ebene=level)
        days = [str(day) for (day,) in con.execute(
            "SELECT DISTINCT stichtag FROM index_wert WHERE index_id = getvariable('index_id') ORDER BY 1"
        ).fetchall()]  # fmt: skip
        day = str(stichtag) if stichtag else days[-1]
        if day not in days:
            raise ConfigError(
                f"Expected a Stichtag with the index {index} ({', '.join(days)}), found {day}.", code="FS-USE-04"
            )
        set_variables(con, index_stichtag=day)
        con.execute(
            "CREATE TEMP VIEW raum_name AS "  # noqa: S608 -- a Raumebene of the release, quoted
            f"SELECT zuschnitt, {quoted(level + '_id')} AS raum_id, name FROM {quoted(level)}"
        )
        rows = [
            {name: str(value) if isinstance(value, dt.date) else value for name, value in row.items()}
            for row in records(con.execute(sql("read/index_raum")))
        ]
        texts = con.execute(
            "SELECT index_version, any_value([d.label_en, d.label_de]), any_value([d.wortwahl_en, d.wortwahl_de]), "
            "list([k.label_en, k.label_de] ORDER BY k.klasse) "
            "FROM index_definition AS d INNER JOIN index_klasse AS k USING (index_id, index_version) "
            "WHERE index_id = getvariable('index_id') AND k.klassenart = 'stand' "
            "GROUP BY index_version ORDER BY any_value(d.position)"
        ).fetchall()
    return [
        IndexTable(Text(*label), Text(*guidance), version, measure, day, [Text(*each) for each in classes], units)
        for version, label, guidance, classes in texts
        for measure in sorted({row["massstab"] for row in rows})
        if (units := [row for row in rows if (row["index_version"], row["massstab"]) == (version, measure)])
    ]
