"""Tables that call units by name: which base unit each name stands for, before their rows are read."""

from __future__ import annotations

import hashlib

import duckdb

from flows.base.db import set_variables, sql
from flows.base.errors import ConfigError, ContractBroken
from flows.profile.source import Source


def write_unit_names(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make ``einheit_name``, which has a row per name that rows of the source may have; none where they have ids.

    What is known of space is staged before.

    Raises:
        ConfigError: the lookup file has an id that no unit has.
        ContractBroken: no unit of the Raumebene has a name.
    """
    level = source.matrix.unit_by_name if source.matrix else None
    set_variables(con, quelle=source.id, ebene_der_namen=level)
    con.execute(f"CREATE OR REPLACE TEMP TABLE einheit_name AS {sql('stage/einheit_name')}")
    if level is None or source.matrix is None:
        return
    strange = con.execute(sql("stage/name_ohne_einheit")).fetchall()
    if strange:
        found = ", ".join(f"{unit!r} of {name!r}" for name, unit in strange[:3])
        raise ConfigError(
            f"{source.matrix.unit_lookup} of source {source.id}: expected ids of units of {level}, found {found}"
            f"{' ...' if len(strange) > 3 else ''}. Correct the file, or the source that says which units there are.",
            code="FS-CONFIG-17",
        )
    if con.execute("SELECT 1 FROM einheit_name LIMIT 1").fetchone() is None:
        raise ContractBroken(
            f"Source {source.id}: expected names of the units of {level}, by which its rows call them "
            "(`unit_by_name`), found none. They come from polygons (`geometry.names`), a source with `names`, `names` "
            "in city.toml, or `unit_lookup`.",
            code="FS-CONTRACT-16",
        ).at(f"Source {source.id}")


def is_name_of_unit(con: duckdb.DuckDBPyConnection, text: str) -> bool:
    """Say whether a text that stands alone in its row is the name of a unit whose figure is blank.

    A name that a larger area has too may be the heading of a section.
    """
    set_variables(con, ueberschrift=text)
    return con.execute(sql("stage/name_einer_einheit")).fetchone() is not None


def digest_of_names(con: duckdb.DuckDBPyConnection) -> str:
    """Return a sha256 over what the names stand for, which a kept result depends on."""
    rows = con.execute("FROM einheit_name ORDER BY ALL").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()
