"""What releases say of counts, as tables of one connection: from their databases, or folders of files to be published.

``auskunft``: what each says of each count; ``seite``: its Indikatoren and their rules; ``teil``: of which finest units
places are made; ``paar``: which finest units of two Zuschnitte overlap; ``geschaetzt``: where it has estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import duckdb

from flows.base.all_figures import all_figures
from flows.base.db import columns_of, has_table, literal, one_file, quoted, sql
from flows.profile.vocabulary import vocabulary
from flows.protect.draft import CHANGED

_VIEWS = ("indikator", "indikator_teil", "merkmal", "schutzklasse")
_LATER = {
    "schutzklasse": {"mindest_gruppe": "0", "mindest_faelle": "0", "hoechst_beitrag": "NULL::DOUBLE"},
    "merkmal": {"faelle": "NULL::VARCHAR", "groesster": "NULL::VARCHAR"},
}
"""Columns that a release of an older schema lacks, and what they would say there."""
_UNIT = {"zuschnitt": "VARCHAR", "raumebene": "VARCHAR", "raum_id": "VARCHAR"}
_TABLES_LATER = {
    "raum_gesperrt": {"schutzklasse": "VARCHAR"} | _UNIT,
    "merkmal_entzogen": _UNIT | {"stichtag": "DATE", "merkmale": "VARCHAR"},
    "wert_spanne": _UNIT
    | {"stichtag": "DATE", "indikator_id": "VARCHAR"}
    | dict.fromkeys(("zaehler_von", "zaehler_bis", "nenner_von", "nenner_bis"), "DOUBLE"),
}
"""Tables that a release of an older schema lacks."""
_SIDES = "SELECT indikator_id, rolle, typ, seite, mindestens, mindest_gruppe FROM indikator_seite"


class ReleaseTables:
    """The tables of some releases, and of one more that may change between audits."""

    def __init__(
        self, files: Sequence[Path], days: frozenset[str] | None = None, *, estimates: bool = False
    ) -> None:  # fmt: skip
        """Read releases from old to new, of these Stichtage or of all: what they count, or what they estimate."""
        self.con = duckdb.connect(config={"threads": 2})
        self.con.execute("CREATE SCHEMA katalog")
        self._rows = _of(vocabulary().estimates if estimates else vocabulary().base_units)
        self._asked = "" if days is None else f" WHERE list_contains({literal(sorted(days))}, stichtag::VARCHAR)"
        self._count, self._has_last = len(files), False
        for number, file in enumerate(files):
            self._take(file, number)

    def __enter__(self) -> Self:
        """Return the tables, whose connection is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.con.close()

    def take_last(self, folder: Path) -> frozenset[str]:
        """Read the tables in a folder as the newest release, in place of what stood there before.

        Returns:
            The Stichtage of which it says something else than that.
        """
        name, newest = f"r{self._count}", f"FROM auskunft WHERE fassung = {self._count}"
        if self._has_last:
            self._note(newest)
            self.con.execute(f"DROP SCHEMA {name} CASCADE")
            for table in ("auskunft", "geschaetzt", "seite", "teil", "paar"):
                self.con.execute(f"DELETE FROM {table} WHERE fassung = {self._count}")  # noqa: S608 -- fixed names
        self._take(folder, self._count)
        found = self._days_unlike(newest) if self._has_last else frozenset[str]()
        self._has_last = True
        return found

    def take_changes(self, folder: Path) -> frozenset[str]:
        """Read what the newest release says now of some units, in place of what it said of them.

        The tables in a folder hold figures of these units, and ``beruehrt`` names them with their Stichtage.

        Returns:
            The Stichtage of which it says something else than before.
        """
        here = f"{CHANGED}_jetzt"
        _open(self.con, folder, here)
        for name in ("merkmal_entzogen", "wert_spanne"):
            self.con.execute(f"CREATE OR REPLACE VIEW {name} AS FROM {here}.{name}")
        self._look_at(here)
        changed = f"SEMI JOIN {here}.{CHANGED} USING ({', '.join(_UNIT)}, stichtag)"
        newest = f"FROM auskunft {changed} WHERE fassung = {self._count}"
        self._note(newest)
        same = " AND ".join(f"auskunft.{key} = neu.{key}" for key in (*_UNIT, "stichtag"))
        self.con.execute(
            f"DELETE FROM auskunft USING {here}.{CHANGED} AS neu WHERE auskunft.fassung = {self._count} AND {same}"  # noqa: S608 -- fixed names
        )
        now = f"FROM ({sql('audit/auskunft')}) {changed}"
        self.con.execute(f"INSERT INTO auskunft BY NAME SELECT {self._count} AS fassung, * {now}")
        found = self._days_unlike(newest)
        self.con.execute(f"DROP SCHEMA {here} CASCADE")
        return found

    def _note(self, said: str) -> None:
        """Keep what is said now, to be compared with what is said later."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE zuvor AS {said}")

    def _days_unlike(self, now: str) -> frozenset[str]:
        """Return the Stichtage of which something else is said now than was noted."""
        unlike = self.con.sql(f"(({now}) EXCEPT FROM zuvor) UNION ALL (FROM zuvor EXCEPT ({now}))")
        return frozenset(day for (day,) in unlike.project("stichtag::DATE::VARCHAR").distinct().fetchall())

    def days_with_news(self) -> frozenset[str] | None:
        """Return the Stichtage of which the newest release says what the one before did not; None if of all.

        What two earlier ones told apart from each other is news as well: side by side it may tell more.
        """
        for table in ("seite", "teil", "paar"):  # what relates figures of every Stichtag, of whichever release
            if self.con.execute(f"{self._new_in(table, 0)} LIMIT 1").fetchone():
                return None
        days = set[str]()
        for table in ("auskunft", "geschaetzt"):
            new = self.con.sql(self._new_in(table, self._count - 1))
            days |= {day for (day,) in new.project("stichtag::DATE::VARCHAR").distinct().fetchall()}
        return frozenset(days)

    def _new_in(self, table: str, since: int) -> str:
        said = f"SELECT * EXCLUDE (fassung) FROM {table} WHERE fassung"  # noqa: S608 -- fixed names
        return f"{said} = {self._count} EXCEPT {said} BETWEEN {since} AND {self._count - 1}"

    def _take(self, file: Path, number: int) -> None:
        """Add what a release says to the tables of all."""
        release = f"r{number}"
        _open(self.con, file, release)
        _take_sides(self.con, release)
        self._look_at(release)
        _take_rows(self.con, release, number, self._asked)

    def _look_at(self, release: str) -> None:
        """Let ``wert_alle`` be the figures of a release."""
        self.con.execute(
            f"CREATE OR REPLACE VIEW wert_alle AS FROM {all_figures(self.con, release)} WHERE {self._rows}"
        )

    def take_rules(self, file: Path) -> None:
        """Let the rules of a release hold for the others too: its thresholds, and what it forbids altogether."""
        _open(self.con, file, "regeln")
        _take_sides(self.con, "regeln")
        self.con.execute(
            f"INSERT INTO seite FROM ({_SIDES}) SEMI JOIN seite AS da USING (seite) SELECT -1 AS fassung, *"
        )
        self._look_at("regeln")
        same = " AND ".join(f"auskunft.{key} = neu.{key}" for key in (*_UNIT, "stichtag", "seite"))
        self.con.execute(
            f"UPDATE auskunft SET regel = TRUE FROM ({sql('audit/auskunft')}) AS neu WHERE neu.regel AND {same}"  # noqa: S608
        )


def told_counts(files: Sequence[tuple[str, Path]], target: Path, *, estimates: bool = False) -> None:
    """Write each count that a release tells, or suppresses (without a value), with the first that does, as Parquet.

    With `estimates`, those that are estimated, else those that are counted.
    """
    versions = [version for version, _ in files]
    with ReleaseTables([file for _, file in files], estimates=estimates) as tables:
        tables.con.execute(
            f"COPY (SELECT zuschnitt, raumebene, raum_id, stichtag, seite, wert, entzogen, "  # noqa: S608 -- versions, quoted
            f"{literal(versions)}[min(fassung) + 1] AS fassung FROM auskunft GROUP BY ALL) "
            f"TO {literal(str(target))} (FORMAT parquet)"
        )


def _open(con: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    """Make the tables of a release readable: of its database, or of a folder of Parquet files to be published."""
    if file.is_file():
        con.execute(f"ATTACH {literal(str(file))} AS {name} (READ_ONLY)")
        return
    con.execute(f"CREATE SCHEMA {name}")
    for path in sorted(file.glob("*.parquet")):
        table = quoted(path.stem.removeprefix("katalog_"))
        con.execute(
            f"CREATE VIEW {name}.{table} AS FROM read_parquet({literal(one_file(path))}, hive_partitioning = FALSE)"
        )


def _take_rows(con: duckdb.DuckDBPyConnection, release: str, number: int, asked: str) -> None:
    more = "INSERT INTO {0} BY NAME SELECT {1} AS fassung, * FROM ({2})"
    how = "CREATE OR REPLACE TABLE {0} AS SELECT {1} AS fassung, * FROM ({2})" if number == 0 else more
    con.execute(how.format("auskunft", number, f"FROM ({sql('audit/auskunft')}){asked}"))
    figures = all_figures(con, release)
    estimated = f"SELECT DISTINCT stichtag, zuschnitt FROM {figures} WHERE {_of(vocabulary().estimates)}"  # noqa: S608
    con.execute(how.format("geschaetzt", number, estimated))
    con.execute(how.format("seite", number, _SIDES))
    levels = con.execute(f"FROM {release}.raumebene SELECT raumebene, rang ORDER BY rang").fetchall()
    finest = levels[0][0]
    units = f"{release}.{quoted(finest)}"
    columns = columns_of(con, units)
    for level, rank in levels:
        own = f"{level}_id"
        if level == finest or own in columns:
            inner = f"FROM {units} SELECT zuschnitt, {finest}_id AS fein, {quoted(own)} AS raum_id"
        elif rank == levels[-1][1]:
            inner = (
                f"FROM {units} AS fein INNER JOIN {release}.{quoted(level)} AS stadt USING (zuschnitt) "
                f"SELECT fein.zuschnitt, fein.{finest}_id AS fein, stadt.{quoted(own)} AS raum_id"
            )
        else:
            continue
        query = f"FROM ({inner}) SELECT {literal(level)} AS raumebene, {rank} AS rang, * WHERE raum_id IS NOT NULL"
        con.execute((how if level == finest else more).format("teil", number, query))
    pairs = (
        f"FROM {release}.raum_ereignis SELECT DISTINCT von_zuschnitt, nach_zuschnitt, von_id, nach_id "
        f"WHERE raumebene = {literal(finest)} AND von_id IS NOT NULL AND nach_id IS NOT NULL"
    )
    con.execute(how.format("paar", number, pairs))


def _of(methods: Sequence[str]) -> str:
    return f"methode IN ({', '.join(map(literal, methods))})"


def _take_sides(con: duckdb.DuckDBPyConnection, release: str) -> None:
    """Make ``indikator_seite`` of a release: what its Indikatoren count, and from how many on it may be published."""
    for table in _VIEWS:
        has = columns_of(con, f"{release}.{table}")
        lacks = "".join(f", {value} AS {name}" for name, value in _LATER.get(table, {}).items() if name not in has)
        con.execute(f"CREATE OR REPLACE VIEW katalog.{table} AS FROM {release}.{table} SELECT *{lacks}")
    for name in ("merkmal_beitrag", "merkmal_schwelle", "indikator_seite"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'protect/{name}')}")
    for name, columns in _TABLES_LATER.items():
        nothing = f"SELECT {', '.join(f'NULL::{kind} AS {column}' for column, kind in columns.items())} WHERE FALSE"
        found = f"FROM {release}.{name}" if has_table(con, name, release) else nothing
        con.execute(f"CREATE OR REPLACE VIEW {name} AS {found}")
