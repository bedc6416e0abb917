"""Files of SQL put themselves in order, and a broken one is named."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep, tables_in_order
from flows.space.event_step import EVENTS
from flows.space.redraw_step import KEYS
from flows.space.shape_step import SHAPES
from flows.transform.transform_counts import run_folder

ROW = "-- One row per thing.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "sql"
    path.mkdir()
    return path


def write(folder: Path, **queries: str) -> None:
    for name, query in queries.items():
        (folder / f"{name}.sql").write_text(query, encoding="utf-8")


def test_a_table_comes_after_those_that_it_reads_whatever_the_files_are_called(folder):
    write(
        folder,
        a=f"{ROW}SELECT * FROM c",
        b=f"{ROW}SELECT 1 AS x",
        c=f"{ROW}WITH step AS (SELECT * FROM b) SELECT * FROM step",
    )

    assert [table.name for table in tables_in_order(folder)] == ["b", "c", "a"]


def test_what_is_read_is_found_in_joins_subqueries_and_unions(folder):
    write(
        folder,
        a=f"{ROW}SELECT * FROM stage.x ANTI JOIN y USING (id) WHERE id IN (SELECT id FROM z) UNION ALL FROM w",
    )

    [table] = tables_in_order(folder, frozenset({"stage.x", "y", "z", "w"}))

    assert table.reads == {"stage.x", "y", "z", "w"}


def test_a_step_of_the_query_is_no_table(folder):
    write(folder, a=f"{ROW}WITH step AS (SELECT 1 AS x) SELECT * FROM step")

    [table] = tables_in_order(folder)

    assert table.reads == set()
    assert table.row == "One row per thing."


def test_a_circle_is_shown_with_the_files_in_it(folder):
    write(folder, a=f"{ROW}SELECT * FROM b", b=f"{ROW}SELECT * FROM a")

    with pytest.raises(ConfigError, match=r"circle: (a -> b -> a|b -> a -> b)"):
        tables_in_order(folder)


def test_a_table_that_reads_itself_is_a_circle(folder):
    write(folder, a=f"{ROW}SELECT * FROM a")

    with pytest.raises(ConfigError, match="circle: a -> a"):
        tables_in_order(folder)


def test_an_unknown_name_is_named_with_its_file(folder):
    write(folder, a=f"{ROW}SELECT * FROM stage.zaelung")

    with pytest.raises(ConfigError, match=r"a\.sql reads stage\.zaelung, .*stage\.zaehlung"):
        tables_in_order(folder, frozenset({"stage.zaehlung"}))


@pytest.mark.parametrize("text", ["SELECT 1 AS x", "-- the things\nSELECT 1 AS x", ""])
def test_a_file_that_does_not_say_what_a_row_is_is_named(folder, text):
    write(folder, a=text)

    with pytest.raises(ConfigError, match=r"a\.sql, line 1: expected a comment that begins '-- One row '"):
        tables_in_order(folder)


@pytest.mark.parametrize("text", ["SELEC 1 FROM x", "SELECT 'open", "SELECT (1", "not sql at all", ""])
def test_text_that_is_not_sql_is_named(folder, text):
    write(folder, a=ROW + text)

    with pytest.raises(ConfigError, match=r"a\.sql"):
        tables_in_order(folder)


@pytest.mark.parametrize("text", ["SELECT 1 AS x; DROP TABLE y", "DROP TABLE y", "CREATE TABLE y AS SELECT 1"])
def test_a_file_that_is_not_one_query_is_named(folder, text):
    write(folder, a=ROW + text)

    with pytest.raises(ConfigError, match=r"a\.sql: expected one query"):
        tables_in_order(folder, frozenset({"y"}))


def test_a_step_named_like_a_table_is_named(folder):
    write(folder, a=f"{ROW}WITH raum AS (SELECT * FROM raum) SELECT * FROM raum", raum=f"{ROW}SELECT 1 AS x")

    with pytest.raises(ConfigError, match=r"a\.sql names a step .* like a table, raum"):
        tables_in_order(folder)


def test_a_query_that_the_database_refuses_is_named(folder):
    write(folder, a=f"{ROW}SELECT nowhere FROM stage.x")

    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA stage; CREATE TABLE stage.x (here INTEGER)")
        with pytest.raises(ConfigError, match=r"a\.sql cannot be run: .*nowhere"):
            run_folder(con, folder)


def test_each_file_makes_the_table_of_its_name(folder):
    write(folder, a=f"{ROW}SELECT x + 1 AS x FROM b", b=f"{ROW}SELECT x FROM stage.x")

    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA stage; CREATE TABLE stage.x AS SELECT 1 AS x")
        run_folder(con, folder)
        run_folder(con, folder)  # a task that is tried again

        assert con.execute("FROM a").fetchall() == [(2,)]


def test_a_file_that_says_so_makes_a_view(folder):
    write(folder, a=f"{ROW}-- A view: nothing is copied.\nSELECT x + 1 AS x FROM b", b=f"{ROW}SELECT 1 AS x")

    with duckdb.connect() as con:
        run_folder(con, folder)
        run_folder(con, folder)

        assert con.execute("FROM a").fetchall() == [(2,)]
        assert con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == [("a",)]


@pytest.mark.parametrize("station", ["stage", "transform", "check", "protect"])
def test_every_file_of_the_project_says_what_a_row_is(station):
    files = sorted((resource("sql") / station).glob("*.sql"))

    assert files
    assert [path.name for path in files if not path.read_text(encoding="utf-8").startswith("-- One row ")] == []


def test_every_table_of_the_station_is_called_like_its_file(city):
    city.zuschnitt("2020-01-01", sozialraum="A")
    city.transform()

    made = {name for (name,) in city.rows(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal")}  # fmt: skip

    files = {path.stem for path in resource("sql/transform").glob("*.sql")}
    assert made == files | {*SHAPES.makes, *KEYS.makes, *EVENTS.makes}


def test_a_step_in_python_has_its_place_by_what_it_reads(folder):
    (folder / "a.sql").write_text("-- One row is x.\nSELECT count(*) AS n FROM fit")
    (folder / "b.sql").write_text("-- One row is x.\nSELECT 1 AS x")
    step = PythonStep({"fit": "One row is y.", "report": "One row is z."}, frozenset({"b"}), lambda con: None)

    b, fit, a = tables_in_order(folder, steps=[step])

    assert (b.name, fit, a.name) == ("b", step, "a")


def test_a_pivot_by_the_values_of_the_data_is_read_like_any_query(folder):
    write(folder, a=f"{ROW}WITH step AS (SELECT * FROM b) PIVOT step ON x USING any_value(y) GROUP BY z")

    [table] = tables_in_order(folder, frozenset({"b"}))

    assert (table.reads, table.steps) == ({"b"}, {"step"})


@pytest.mark.parametrize("station", ["transform", "protect"])
def test_duckdbs_parser_finds_the_names_that_sqlglot_finds(station):
    folder = resource("sql") / station
    trees = {path.stem: sqlglot.parse_one(path.read_text("utf-8"), dialect="duckdb") for path in folder.glob("*.sql")}
    steps = {name: {step.alias_or_name for step in tree.find_all(exp.CTE)} for name, tree in trees.items()}
    reads = {
        name: {f"{each.db}.{each.name}" if each.db else each.name
               for each in tree.find_all(exp.Table) if each.name and (each.db or each.name not in steps[name])}
        for name, tree in trees.items()
    }  # fmt: skip

    tables = tables_in_order(folder, frozenset(set().union(*reads.values()) - set(reads)))

    assert {table.name: (table.reads, table.steps) for table in tables} == {
        name: (reads[name], steps[name]) for name in trees
    }
