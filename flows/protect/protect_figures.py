"""Station protect: what may leave the office, and only that, as Parquet files for the publishing process.

Columns are private until sql/release.toml publishes them: every file is written by the columns named there,
so that a column which the computation needs stays behind without anybody thinking of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb

from flows.base.cycles import cycles_wait
from flows.base.db import insert, literal, records, sql
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.index.city_indices import make_indices
from flows.profile.load import Profile
from flows.protect.gate import repaired
from flows.protect.memory import Released, remember
from flows.protect.origins import lineage_rows
from flows.protect.perturbation.perturb_counts import perturb
from flows.protect.review_classes import lay_review
from flows.protect.secondary_step import SecondaryStep
from flows.redrawing.review import Review
from flows.transform.transform_counts import run_folder
from flows.typology.city_types import types_step
from flows.typology.held import Applied

# without the condition, which may quote counts of single base units
_CORRECTIONS = "(FROM stage.korrektur SELECT * RENAME (spalte AS korrigierte_spalte, grund AS korrektur_grund))"

# of a table with every Zuschnitt: each Stichtag once per Raumebene (sql/protect/raum_stand.sql), and all else
_ONCE = "(FROM {0} SEMI JOIN raum_stand USING (raumebene, stichtag, zuschnitt))"
_AGAIN = "(FROM {0} ANTI JOIN raum_stand USING (raumebene, stichtag, zuschnitt))"

# published table -> where its rows are in the working database
PUBLISHED = {
    "wert": _ONCE.format("wert_alle"),
    "wert_zuschnitt": _AGAIN.format("wert_alle"),
    "wert_spanne": "wert_spanne",
    "umsteigeschluessel": "umsteigeschluessel",
    "raum_ereignis": "raum_ereignis",
    "indikator": "katalog.indikator",
    "indikator_teil": "katalog.indikator_teil",
    "merkmal": "katalog.merkmal",
    "raumebene": "katalog.raumebene",
    "zuschnitt": "katalog.zuschnitt",
    "schutzklasse": "katalog.schutzklasse",
    "raum_gesperrt": "raum_gesperrt",
    "merkmal_entzogen": "(FROM angabe_entzogen SELECT * RENAME (seite AS merkmale))",
    "hinweis": "katalog.hinweis",
    "korrektur": _CORRECTIONS,
    "ausstehend": "ausstehend",
    "_origins": "herkunft",
}
_COMPUTED = "SEMI JOIN index_wert_alle USING (index_id, index_version)"
# published table with indices, types or the review, which are made once the figures are safe -> where its rows are
INDICES = {
    "sozialraum_jahr": "sozialraum_jahr",
    "sozialraum_jahr_status": "sozialraum_jahr_status",
    "index_definition": "index_definition",
    "index_komponente": f"(FROM katalog.index_komponente {_COMPUTED})",
    "index_klasse": f"(FROM katalog.index_klasse {_COMPUTED})",
    "index_wert": _ONCE.format("index_wert_alle"),
    "index_wert_zuschnitt": _AGAIN.format("index_wert_alle"),
    "index_sicherheit": "index_sicherheit",
    "index_beitrag": "index_beitrag",
    "index_robustheit": "index_wahl",
    "index_ursache": "index_ursache",
    "index_ursache_beitrag": "index_ursache_beitrag",
    "typologie": "katalog.typologie",
    "typologie_merkmal": "katalog.typologie_merkmal",
    "typologie_typ": "katalog.typologie_typ",
    "typologie_zentrum": "katalog.typologie_zentrum",
    "typ": _ONCE.format("typ_ergebnis"),
    "typ_zuschnitt": _AGAIN.format("typ_ergebnis"),
    "raum_pruefung": "raum_pruefung",
}

# what a repair changes: working table -> the published tables that are written again
FIGURES: Mapping[str, Sequence[str]] = {
    "wert_alle": ("wert", "wert_zuschnitt", "merkmal_entzogen"), "wert_spanne": ("wert_spanne",)
}  # fmt: skip


def protect(
    con: duckdb.DuckDBPyConnection, profile: Profile, target: Path, earlier: Released = (), *, review: Review | None,
    note: Callable[[str], None] = lambda _: None, hear: Callable[[Applied], object] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Suppress, round or overlay what identifies people and write the tables of the release to `target`.

    `earlier` are the releases that are out: what they tell is known, whatever is suppressed now. `note` hears which
    ready index the city does not get, and `hear` is given each typology that is applied. Of a `review` of the
    Gliederung coarse classes are published.

    Returns:
        How many figures are published and how many suppressed, under ``published`` and ``suppressed``; how many of
        these are suppressed by themselves, under ``primary``; under ``contradictory`` of how many counts the audit
        cannot say what bounds them; under ``withdrawn`` of how many counts on a new Zuschnitt nothing is said.

    Raises:
        CheckStopped: a count that must not be known follows from what would be published, and nothing helps.
        ConfigError: a file of sql/protect cannot be run, or an index of the city cannot be computed.
    """
    target.mkdir(parents=True, exist_ok=True)
    secondary = SecondaryStep()
    perturb(con, profile, earlier)
    with cycles_wait():
        suppress(con, earlier, secondary)
        units = _write_tables(con, profile, target)
        contradictory = repaired(con, profile, target, earlier, partial(_make_again, con), deciding=secondary)
    run_folder(con, resource("sql/wide"))
    make_indices(con, profile.indices, note, [types_step(profile.typologies, note, hear)])
    lay_review(con, review)
    _write_queries(con, {name: _query(con, name) for name in INDICES}, target)
    queries = units | {name: _query(con, name) for name in PUBLISHED | INDICES}
    _write_lineage(con, queries, target / "_lineage.parquet")
    (counted,) = records(con.execute(
        "SELECT count(wert) AS published, count(*) FILTER (status = 'geschuetzt') AS suppressed, "
        "count(*) FILTER (selbst_geheim) AS primary FROM wert_alle"
    ))  # fmt: skip
    ((withdrawn,),) = con.execute("SELECT count(*) FROM angabe_entzogen").fetchall()
    return counted | {"contradictory": contradictory, "withdrawn": withdrawn}


def _make_again(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Make the working tables that a repair changes again, and write the published ones that read them."""
    for table, published in FIGURES.items():
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {sql(f'protect/{table}')}")
        for name in published:
            _write(con, _query(con, name), target / f"{name}.parquet")


@cache
def _contract() -> dict[str, Any]:
    return tomllib.loads(resource("sql/release.toml").read_text(encoding="utf-8"))


def _query(con: duckdb.DuckDBPyConnection, name: str) -> str:
    entry = _contract()["table"][name]
    columns = [*entry["columns"], *(_indikatoren(con) if entry.get("one_column_per_indikator") else [])]
    return f"FROM {(PUBLISHED | INDICES)[name]} SELECT {', '.join(columns)}"


def _write_tables(con: duckdb.DuckDBPyConnection, profile: Profile, target: Path) -> dict[str, str]:
    """Write all tables without indices; return the queries of the units of space."""
    units = {level.id: _units_of(con, level.id, _contract()["raumebene"]) for level in profile.city.raumebene}
    _write_queries(con, units | {name: _query(con, name) for name in PUBLISHED}, target)
    return units


def _write_queries(con: duckdb.DuckDBPyConnection, queries: dict[str, str], target: Path) -> None:
    for name, query in queries.items():
        file = _contract()["table"].get(name, {}).get("parquet", name)
        _write(con, query, target / f"{file}.parquet")


def suppress(con: duckdb.DuckDBPyConnection, earlier: Released = (), secondary: SecondaryStep | None = None) -> None:
    """Make the tables of sql/protect: the figures without what identifies people.

    `secondary` is kept by the caller where repairs follow.

    Raises:
        ConfigError: a file of sql/protect cannot be run, or a unit that is never published does not exist.
    """
    con.execute(sql("schema/zu_klein"))
    con.execute(sql("schema/fehler"))
    con.execute(sql("schema/spielraum"))
    remember(con, earlier)
    _check_names(con)
    run_folder(con, resource("sql/protect"), steps=[(secondary or SecondaryStep()).step])


def _check_names(con: duckdb.DuckDBPyConnection) -> None:
    """Raise ConfigError for a unit that must never be published and is in no Zuschnitt: its name is wrong."""
    missing = con.execute(
        "FROM katalog.nie_veroeffentlicht AS nie ANTI JOIN raum ON raum.raumebene = nie.raumebene "
        "AND raum.raum_id = nie.raum_id AND raum.zuschnitt = coalesce(nie.zuschnitt, raum.zuschnitt) "
        "SELECT schutzklasse, raumebene, raum_id, coalesce(' on Zuschnitt ' || zuschnitt, '') "
        "WHERE zuschnitt IS NULL OR zuschnitt IN (SELECT raum.zuschnitt FROM raum) ORDER BY ALL LIMIT 1"
    ).fetchone()
    if missing:
        name, level, unit, where = missing
        raise ConfigError(
            f"city.toml: protection.{name}.never_published: expected the id of a {level}{where}, found '{unit}', which "
            "no unit has. Nothing is published, since the unit that is meant would be."
        )


def _write_lineage(con: duckdb.DuckDBPyConnection, queries: dict[str, str], path: Path) -> None:
    content = {name: query for name, query in queries.items() if not name.startswith("_")}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE herleitung "
        "(tabelle VARCHAR, spalte VARCHAR, aus_tabelle VARCHAR, aus_spalte VARCHAR)"
    )
    columns = ("tabelle", "spalte", "aus_tabelle", "aus_spalte")
    insert(con, "herleitung", [dict(zip(columns, row, strict=True)) for row in lineage_rows(con, content)])
    _write(con, "FROM herleitung ORDER BY ALL", path)


def _indikatoren(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT indikator_id FROM katalog.indikator ORDER BY position").fetchall()
    return [f'"{indikator_id}"' for (indikator_id,) in rows]


def _units_of(con: duckdb.DuckDBPyConnection, level: str, entry: dict[str, Any]) -> str:
    """Return the query of a Raumebene's units, with one column for each coarser one in which they lie."""
    columns: list[str] = []
    for column in entry["columns"]:
        if column == "{raumebene}_id":
            columns.append(f"raum_id AS {level}_id")
        elif column == "{uebergeordnet}_id":
            columns += [f"eltern[{literal(parent)}] AS {parent}_id" for parent in _coarser(con, level)]
        else:
            columns.append(column)
    relation = "raum INNER JOIN raum_dauer USING (zuschnitt, raumebene, raum_id)"
    return f"FROM {relation} SELECT {', '.join(columns)} WHERE raumebene = {literal(level)}"


def _coarser(con: duckdb.DuckDBPyConnection, level: str) -> Sequence[str]:
    """Return the coarser Raumebenen in which a unit of `level` lies, from fine to coarse."""
    rows = con.execute(
        f"FROM (FROM raum SELECT unnest(map_keys(eltern)) AS ober WHERE raumebene = {literal(level)}) "
        "INNER JOIN katalog.raumebene ON ober = raumebene.raumebene SELECT DISTINCT ober, rang ORDER BY rang"
    ).fetchall()
    return [parent for parent, _ in rows]


def _write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")
