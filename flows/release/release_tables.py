"""Fills the release file from the protected Parquet files, by the contract, and says what breaks it.

Columns are private until the contract publishes them: one that it does not name stops the build in a table of
figures, and stays behind in a table of the catalogue, which holds what the computation needs as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb

from flows.base.db import literal, one_file, quoted
from flows.base.errors import FortschreibungError
from flows.profile.vocabulary import vocabulary
from flows.release.content_hash import TableHash
from flows.release.table_contract import Column, Table, contract

_DERIVED = ("_release", "_sources", "_deliveries", "_columns", "_changes")
_SHOWN = 5


def create(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create the empty `table` with a comment on it and on each column."""
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
    con.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")
    con.execute(f"COMMENT ON TABLE {quoted(table.name)} IS {literal(table.comment)}")
    for column in table.columns:
        where = f"{quoted(table.name)}.{quoted(column.name)}"
        con.execute(f"COMMENT ON COLUMN {where} IS {literal(column.comment)}")


def create_views(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Create the views of the contract over `tables`, with a comment on each and on its columns."""
    columns = {table.name: table.columns for table in tables}
    for name, view in contract().view.items():
        rows = " UNION ALL ".join(f"SELECT * FROM {quoted(table)}" for table in view.of)  # noqa: S608 -- contract names
        con.execute(f"CREATE VIEW {quoted(name)} AS {rows}")
        con.execute(f"COMMENT ON VIEW {quoted(name)} IS {literal(f'{view.description_de} / {view.description_en}')}")
        for column in columns[view.of[0]]:
            con.execute(f"COMMENT ON COLUMN {quoted(name)}.{quoted(column.name)} IS {literal(column.comment)}")


def load(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], folder: Path) -> None:
    """Fill each of `tables` that comes as a Parquet file from `folder`, rows in the order of the contract.

    Raises:
        FortschreibungError: when a file is missing, or its columns are not those of the contract.
    """
    for table in tables:
        if table.name in _DERIVED:
            continue
        path = folder / f"{table.parquet}.parquet"
        selected = ", ".join(_cast(column, found) for column, found in _matched(con, table, path))
        try:
            con.execute(
                f"INSERT INTO {quoted(table.name)} SELECT {selected} "  # noqa: S608 -- contract names, quoted
                f"FROM {parquet(path)} ORDER BY {table.rows_in_order}"
            )
        except duckdb.ConversionException as problem:
            raise FortschreibungError(
                f"{path} does not hold what sql/release.toml says of the table {table.name}: {problem}",
                code="FS-RELEASE-04",
            ) from problem


def parquet(path: Path) -> str:
    """Return what SQL calls the rows of a Parquet file, however its folders are called."""
    return f"read_parquet({literal(one_file(path))}, hive_partitioning = FALSE)"


def parquet_columns(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the columns of a Parquet file with their types.

    Raises:
        FortschreibungError: when it is missing or is no Parquet file.
    """
    if not path.exists():
        raise FortschreibungError(
            f"Expected the protected table {path.stem} in {path}, found no file; nothing was published. "
            "The station before (protect) writes it.",
            code="FS-RELEASE-04",
        )
    try:
        return {name: kind for name, kind, *_ in con.execute(f"DESCRIBE FROM {parquet(path)}").fetchall()}
    except duckdb.Error as problem:
        raise FortschreibungError(f"{path} cannot be read as Parquet: {problem}", code="FS-RELEASE-04") from problem


def _matched(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> list[tuple[Column, str]]:
    found = parquet_columns(con, path)
    missing = [column.name for column in table.columns if column.name not in found]
    catalogue = table.parquet.startswith("katalog_") or table.parquet in ("indikator", "merkmal")
    unknown = [] if catalogue else sorted(set(found) - {column.name for column in table.columns})
    if missing or unknown:
        raise FortschreibungError(
            f"{path} does not hold the columns of the table {table.name} in sql/release.toml: "
            f"missing {missing or 'none'}, not in the contract {unknown or 'none'}. "
            "Only columns of the contract may be published; add it there or leave it out.",
            code="FS-RELEASE-04",
        )
    return [(column, found[column.name]) for column in table.columns]


def _cast(column: Column, found: str) -> str:
    name = quoted(column.name)
    value = f"array_to_string({name}, ', ')" if found.endswith("[]") else name
    return f"CAST({value} AS {column.type}) AS {name}"


def faults(
    con: duckdb.DuckDBPyConnection, tables: Sequence[Table], hashes: Mapping[str, TableHash] | None = None
) -> list[str]:
    """Return what in the open release breaks the contract in keys, gaps, references and protection.

    What `hashes` say was seen of the same rows is not asked again.
    """
    found: list[str] = []
    seen = hashes or {}
    for table in tables:
        of = seen.get(table.name, TableHash(""))
        found += [] if of.unique else _key_faults(con, table)
        found += _gap_faults(con, table, of.filled) + _reference_faults(con, table, seen)
    units = [table for table in tables if any(column.name == "geometrie" for column in table.columns)]
    found += _unit_faults(con, units) + _stand_faults(con) + _protection_faults(con) + _wide_faults(con)
    return found + _undescribed(con)


def _key_faults(con: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    key = ", ".join(map(quoted, table.key))
    rows = con.execute(
        f"SELECT {key} FROM {quoted(table.name)} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"  # noqa: S608
    ).fetchmany(_SHOWN)
    shown = "; ".join("/".join(map(str, row)) for row in rows)
    return [f"{table.name}: more than one row for the key ({', '.join(table.key)}): {shown}"] if rows else []


def _gap_faults(con: duckdb.DuckDBPyConnection, table: Table, filled: Collection[str]) -> list[str]:
    required = [column for column in table.columns if column.required and column.name not in filled]
    if not required:
        return []
    tests = ", ".join(
        f"count(*) FILTER ({quoted(column.name)} IS NULL"
        + (f" OR {quoted(column.name)} = '')" if column.type == "VARCHAR" else ")")
        for column in required
    )
    row = con.execute(f"SELECT {tests} FROM {quoted(table.name)}").fetchone()  # noqa: S608 -- contract names
    return [
        f"{table.name}.{column.name}: {count} rows are empty, and the contract wants none"
        for column, count in zip(required, row or (), strict=True)
        if count
    ]


def _reference_faults(con: duckdb.DuckDBPyConnection, table: Table, seen: Mapping[str, TableHash]) -> list[str]:
    found = []
    for column, target in table.references.items():
        texts, known = (seen[name].texts.get(column) if name in seen else None for name in (table.name, target))
        if texts is not None and known is not None and texts <= known:
            continue
        rows = con.execute(
            f"SELECT DISTINCT {quoted(column)} FROM {quoted(table.name)} "  # noqa: S608 -- contract names
            f"WHERE {quoted(column)} NOT IN (SELECT {quoted(column)} FROM {quoted(target)}) "
            f"ORDER BY ALL LIMIT {_SHOWN}"
        ).fetchall()
        if rows:
            found.append(f"{table.name}.{column}: not in {target}: {', '.join(str(value) for (value,) in rows)}")
    return found


def _unit_faults(con: duckdb.DuckDBPyConnection, units: Sequence[Table]) -> list[str]:
    found = []
    for table in units:
        rows = con.execute(
            "SELECT DISTINCT zuschnitt, raum_id FROM wert_alle "  # noqa: S608 -- contract names
            f"WHERE raumebene = {literal(table.name)} "
            f"AND (zuschnitt, raum_id) NOT IN (SELECT (zuschnitt, {quoted(table.name + '_id')}) "
            f"FROM {quoted(table.name)}) ORDER BY ALL LIMIT {_SHOWN}"
        ).fetchall()
        if rows:
            shown = ", ".join(f"{raum_id} ({zuschnitt})" for zuschnitt, raum_id in rows)
            found.append(f"wert: units that are not in the table {table.name}: {shown}")
    return found


def _undescribed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the Indikatoren that nobody could cite: without unit, description or source, or from unlicensed files."""
    said = con.execute(
        """
        SELECT
            indikator_id,
            [CASE WHEN coalesce(trim(einheit), '') = '' THEN 'unit' END,
             CASE WHEN coalesce(trim(quelle), '') = '' THEN 'source' END,
             CASE WHEN coalesce(trim(beschreibung_de), '') = '' THEN 'German description' END,
             CASE WHEN coalesce(trim(beschreibung_en), '') = '' THEN 'English description' END] AS fehlend
        FROM indikator
        WHERE list_count(fehlend) > 0
        ORDER BY position
        """
    ).fetchall()
    found = [
        f"indikator {name}: no {', no '.join(each for each in lacking if each)}; "
        "complete it in the codebook (cities/codebook.toml or that of the city)"
        for name, lacking in said
    ]
    unlicensed = con.execute(
        """
        SELECT indikator_teil.indikator_id, string_agg(DISTINCT _origins.quelle, ', ' ORDER BY _origins.quelle)
        FROM indikator_teil
        INNER JOIN _origins ON indikator_teil.merkmal = _origins.merkmal
        SEMI JOIN _sources ON _origins.quelle = _sources.quelle AND trim(_sources.lizenz) = ''
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    return found + [
        f"indikator {name}: comes from Lieferungen without a licence; say it at `licence` of {sources} in sources.toml"
        for name, sources in unlicensed
    ]


def _stand_faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the Stichtage that stand on several Zuschnitte, or not on the newest on which they have figures."""
    rows = con.execute(
        """
        WITH stand AS (
            SELECT raumebene, stichtag, max(zuschnitt) AS neuester FROM wert_alle GROUP BY ALL
        ),
        shown AS (
            SELECT DISTINCT 'wert' AS tabelle, raumebene, stichtag, zuschnitt FROM wert
            UNION ALL
            SELECT DISTINCT 'index_wert' AS tabelle, raumebene, stichtag, zuschnitt FROM index_wert
            UNION ALL
            SELECT DISTINCT 'typ' AS tabelle, raumebene, stichtag, zuschnitt FROM typ
        )
        SELECT shown.tabelle, shown.raumebene, shown.stichtag, shown.zuschnitt
        FROM shown INNER JOIN stand USING (raumebene, stichtag)
        WHERE shown.zuschnitt <> stand.neuester
        ORDER BY ALL
        """
    ).fetchmany(_SHOWN)
    return [
        f"{table}: {level} at {day} stands on Zuschnitt {zuschnitt}, though it has figures on a newer one"
        for table, level, day, zuschnitt in rows
    ]


def _protection_faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Look a last time before the door: what is marked as suppressed must be empty, and conversely."""
    there = ", ".join(map(literal, vocabulary().with_value))
    rows = con.execute(
        f"""
        SELECT indikator_id, status, count(*)
        FROM wert_alle
        WHERE (status NOT IN ({there}) AND wert IS NOT NULL)
            OR (status = 'geschuetzt' AND zaehler IS NOT NULL)
            OR (status = 'ok' AND wert IS NULL)
        GROUP BY ALL ORDER BY ALL
        """  # noqa: S608 -- fixed words
    ).fetchmany(_SHOWN)
    return [f"wert: {count} rows of {name} have status {status} and contradict it" for name, status, count in rows]


def _wide_faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = []
    for table, column, expected, rest in (
        ("sozialraum_jahr", "wert", "long.inhalt",
         "zuschnitt, sozialraum_id, name, stichtag, methode, index_punkte, index_klasse, typ_id, typ_lage"),
        ("sozialraum_jahr_status", "status", "coalesce(long.inhalt, 'nicht_geliefert')",
         "zuschnitt, sozialraum_id, name, stichtag, index_status, typ_status"),
    ):  # fmt: skip
        rows = con.execute(
            f"""
            WITH wide AS (
                UNPIVOT {table} ON COLUMNS(* EXCLUDE ({rest})) INTO NAME indikator_id VALUE inhalt
            ), long AS (
                SELECT zuschnitt, raum_id AS sozialraum_id, stichtag, indikator_id, {column} AS inhalt
                FROM wert
                WHERE raumebene = 'sozialraum' AND {column} IS NOT NULL
            )
            SELECT indikator_id, count(*)
            FROM long FULL JOIN wide USING (zuschnitt, sozialraum_id, stichtag, indikator_id)
            WHERE wide.inhalt IS DISTINCT FROM {expected}
            GROUP BY ALL ORDER BY ALL
            """  # noqa: S608 -- fixed names
        ).fetchmany(_SHOWN)
        found += [f"{table}.{name}: {count} fields differ from those in wert" for name, count in rows]
    return found
