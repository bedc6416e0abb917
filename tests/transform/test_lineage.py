"""Which columns a column is computed from: known answers on queries that one can see through."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot.lineage import lineage as traced

from flows.base.resources import resource
from flows.transform.lineage import NONE, Source, lineage, table
from tests.transform.conftest import City

KNOWN = {"t": table("t", ["a", "b", "c"]), "u": table("u", ["a", "x"]), "roh": table("roh", None)}


def sources(query: str, column: str = "z") -> list[str]:
    """The sources of a column of the query, written as table.column."""
    found = lineage(sqlglot.parse_one(query, dialect="duckdb"), KNOWN).of(column)
    assert found is not None, f"the query has no column {column}"
    return sorted(f"{source.table}.{source.column}" for source in found)


def columns_there(city: City) -> dict[str, list[str]]:
    rows = city.rows(
        "SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name, "
        "list(column_name ORDER BY column_index) FROM duckdb_columns() WHERE NOT internal GROUP BY ALL"
    )
    return dict(rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT a + b AS z FROM t", ["t.a", "t.b"]),
        ("SELECT A + B AS Z FROM T", ["t.a", "t.b"]),
        ("SELECT 1 AS z FROM t", []),
        ("SELECT getvariable('v') AS z FROM t", []),
        ("SELECT a AS z FROM t WHERE b > 0 ORDER BY c", ["t.a"]),
        ("SELECT t.a AS z FROM t INNER JOIN u ON t.b = u.x", ["t.a"]),
        ("SELECT CASE WHEN u.x > 1 THEN t.a END AS z FROM t LEFT JOIN u ON t.a = u.a", ["t.a", "u.x"]),
        ("SELECT sum(a) FILTER (b > 0) AS z FROM t", ["t.a", "t.b"]),
        ("SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS z FROM t", ["t.a", "t.b"]),
        ("SELECT list((a, b) ORDER BY c) AS z FROM t", ["t.a", "t.b", "t.c"]),
        ("SELECT a AS y, y + 1 AS z FROM t", ["t.a"]),
        ("SELECT (SELECT max(x) FROM u) AS z FROM t", ["u.x"]),
        ("SELECT z FROM (SELECT b AS z FROM t)", ["t.b"]),
        ("WITH s AS (SELECT a, b AS q FROM t), r AS (SELECT q AS z FROM s) SELECT * FROM r", ["t.b"]),
        ("WITH t AS (SELECT x AS a FROM u) SELECT a AS z FROM t", ["u.x"]),
        ("SELECT a AS z FROM t UNION ALL SELECT x FROM u", ["t.a", "u.x"]),
        ("SELECT a AS z FROM t UNION ALL BY NAME SELECT a, x AS z FROM u", ["t.a", "u.x"]),
        ("SELECT * RENAME (a AS z) FROM t", ["t.a"]),
        ("SELECT * REPLACE (b + c AS a), a AS z FROM t", ["t.a"]),
        ("SELECT count(*) AS z FROM t", ["t.*"]),
        ("WITH s AS (SELECT a FROM t SEMI JOIN u ON t.a = u.a) SELECT count(*) AS z FROM s", ["t.*"]),
        ("SELECT z FROM roh", ["roh.*"]),
        ("SELECT z FROM elsewhere", ["elsewhere.*"]),
        ("SELECT s.z FROM duckdb_columns() AS s", ["duckdb_columns().*"]),
    ],
)
def test_a_column_comes_from(query: str, expected: list[str]) -> None:
    assert sources(query) == expected


def test_a_star_leaves_out_what_it_excludes_and_takes_what_replaces() -> None:
    found = lineage(sqlglot.parse_one("SELECT * EXCLUDE (b) REPLACE (b + c AS a) FROM t", dialect="duckdb"), KNOWN)

    assert dict(found.columns) == {"a": {Source("t", "b"), Source("t", "c")}, "c": {Source("t", "c")}}


def test_an_expression_over_all_columns_makes_each_from_itself() -> None:
    query = "SELECT a, sum(COLUMNS(* EXCLUDE (a)))::BIGINT FROM t GROUP BY a"

    assert [sources(query, column) for column in "abc"] == [["t.a"], ["t.b"], ["t.c"]]


@pytest.mark.parametrize(
    "query",
    ["UNPIVOT t ON COLUMNS(* EXCLUDE (a)) INTO NAME n VALUE z", "FROM t UNPIVOT (z FOR n IN (COLUMNS(* EXCLUDE (a))))",
     "FROM t UNPIVOT (z FOR n IN (b, c))", "UNPIVOT t ON b, c INTO NAME n VALUE z"],
)  # fmt: skip
def test_what_unpivot_makes_may_come_from_each_column_that_it_takes_apart(query: str) -> None:
    assert sources(query) == ["t.b", "t.c"]
    assert sources(query, "a") == ["t.a"]


def test_what_pivot_makes_comes_from_the_value_and_from_what_names_it() -> None:
    query = "PIVOT t ON b USING any_value(c) GROUP BY a"

    assert sources(query, "anything") == ["t.b", "t.c"]
    assert sources(query, "a") == ["t.a"]


@pytest.mark.parametrize(
    ("station", "file"),
    [("transform", "indikator_wert"), ("transform", "raum"), ("transform", "schluessel"), ("protect", "wert_alle"),
     ("protect", "raum_ereignis")],
)  # fmt: skip
def test_it_finds_what_sqlglots_own_lineage_finds(city: City, station: str, file: str) -> None:
    """The library traces one column at a time, much slower, and needs every table declared in one schema."""
    city.zuschnitt("2020-01-01", sozialraum="A")
    city.transform()
    city.con.execute("CREATE TABLE schwelle (indikator_id TEXT, typ TEXT, mindest_zaehler INT, mindest_nenner INT)")
    city.con.execute("CREATE TABLE merkmal_schwelle (merkmal TEXT, mindestens INT)")
    city.con.execute(
        "CREATE TABLE angabe_still (zuschnitt TEXT, raumebene TEXT, raum_id TEXT, stichtag DATE, seite BIGINT);"
        "CREATE TABLE angabe_regel AS FROM angabe_still;"
        "CREATE TABLE indikator_seite (indikator_id TEXT, seite BIGINT, jahre_davor INTEGER);"
        "CREATE TABLE indikator_spielraum (zuschnitt TEXT, raumebene TEXT, raum_id TEXT, stichtag DATE, "
        "indikator_id TEXT, ueberlagert BOOLEAN)"
    )
    city.con.execute((resource("sql") / "schema" / "spielraum.sql").read_text("utf-8"))
    there = {name.replace(".", "_"): columns for name, columns in columns_there(city).items()}
    known = {name: table(name, columns) for name, columns in there.items()}
    query = re.sub(r"\b(katalog|stage)\.", r"\1_", (resource("sql") / station / f"{file}.sql").read_text("utf-8"))
    schema = {name: dict.fromkeys(columns, "VARCHAR") for name, columns in there.items()}
    for column, found in lineage(sqlglot.parse_one(query, dialect="duckdb"), known).columns.items():
        leaves = traced(column, query, schema=schema, dialect="duckdb").walk()
        theirs = {
            Source(leaf.expression.name, leaf.name.rpartition(".")[2])
            for leaf in leaves if isinstance(leaf.expression, sqlglot.exp.Table)
        }  # fmt: skip
        assert {source for source in found if source.column != "*"} == theirs, column


def test_the_columns_found_are_those_that_duckdb_makes(city: City) -> None:
    city.zuschnitt("2020-01-01", sozialraum="A")
    city.transform()
    there = columns_there(city)
    known = {name: table(name, columns) for name, columns in there.items()}

    for path in sorted(resource("sql/transform").glob("*.sql")):
        made = lineage(sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb"), known)
        assert (list(made.columns), made.others) == (there[path.stem], None), path.name
        named = NONE.union(*made.columns.values())
        assert {source for source in named if source.column not in ("*", *there.get(source.table, []))} == set()
