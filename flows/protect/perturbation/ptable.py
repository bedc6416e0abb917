"""The table of perturbations of the cell key method: what is added to a count, by the count and its cell key."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.base.db import columns_of, literal, one_file
from flows.base.errors import ConfigError

_COLUMNS = ("pcv", "ckey", "pvalue")
_FAULTS = {
    "a cell that is no whole number (of 9 digits at most)": "pcv IS NULL OR ckey IS NULL OR pvalue IS NULL",
    "a count (pcv) below 1": "pcv < 1",
    "a key (ckey) below 0": "ckey < 0",
    "a perturbation that makes a count negative": "pcv + pvalue < 0",
}


def read_ptable(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Make the table ``ptable`` from a CSV file and return how many keys it has.

    Raises:
        ConfigError: the file is not there, or no table of perturbations; says what is wrong.
    """
    if not path.is_file():
        raise ConfigError(
            f"{path}: expected the table of perturbations that city.toml names (ptable), found no file.",
            code="FS-CONFIG-03",
        )
    file = f"read_csv({literal(one_file(path))}, all_varchar = TRUE, header = TRUE, hive_partitioning = FALSE)"
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE ptable AS FROM {file}")
    except duckdb.Error as problem:
        raise ConfigError(
            f"{path}: expected a CSV file with the columns {', '.join(_COLUMNS)}: {problem}", code="FS-CONFIG-03"
        ) from problem
    names = columns_of(con, "ptable")
    if missing := [name for name in _COLUMNS if name not in names]:
        raise ConfigError(
            f"{path}: expected the columns {', '.join(_COLUMNS)}, found {', '.join(names)}. Rename the columns; "
            f"missing: {', '.join(missing)}."
        )
    numbers = ", ".join(
        f"CASE WHEN regexp_full_match(trim({name}), '[+-]?[0-9]{{1,9}}') THEN {name}::BIGINT END AS {name}"
        for name in _COLUMNS
    )  # a cast alone would round a probability of 0.5 to 1 and add that
    con.execute(f"CREATE OR REPLACE TEMP TABLE ptable AS FROM ptable SELECT {numbers}")
    for fault, condition in _FAULTS.items():
        row = con.execute(
            f"SELECT pcv, ckey, pvalue FROM ptable WHERE {condition} ORDER BY ALL LIMIT 1"  # noqa: S608 -- fixed
        ).fetchone()
        if row:
            shown = ", ".join(f"{name} {value}" for name, value in zip(_COLUMNS, row, strict=True))
            raise ConfigError(f"{path}: expected no {fault.removeprefix('a ')}, found {shown}. Correct the row.")
    rows, counts, keys, different = con.execute(
        "SELECT count(*), coalesce(max(pcv), 0), coalesce(max(ckey) + 1, 0), count(DISTINCT (pcv, ckey)) FROM ptable"
    ).fetchone() or (0, 0, 0, 0)
    if not rows == different == counts * keys or not rows:
        raise ConfigError(
            f"{path}: expected one row for each count from 1 to {counts} and each key from 0 to {max(keys - 1, 0)} "
            f"({counts * keys} rows), found {rows} rows with {different} different pairs. Complete the table."
        )
    return int(keys)
