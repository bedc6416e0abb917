"""The key of a part covers what the part follows from, and nothing else: neither rows of others, nor a place."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.base.db import connect, literal, one_file
from flows.base.resources import resource
from flows.base.sql_order import SqlTable, tables_in_order
from flows.transform import kept_parts
from flows.transform.kept_parts import KeptParts
from flows.transform.part_inputs import PartInputs
from flows.transform.transform_counts import known_names, run_folder
from tests.parameters import first_of
from tests.transform.test_kept_parts import FIRST, KEPT, SECOND, drawn, figures
from tests.transform.test_unsicher import filled, stichtag


@pytest.mark.thorough
@pytest.mark.parametrize("examples", [2, pytest.param(10, marks=pytest.mark.nightly)])
def test_parts_that_are_made_alone_have_the_figures_of_all_together(new_city, tmp_path, monkeypatch, examples) -> None:
    """Otherwise a part would follow from rows that its key does not cover."""
    monkeypatch.setattr(kept_parts, "_rectangles", lambda parts: [[part] for part in parts])

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(earlier=stichtag, later=stichtag, corrected=st.integers(0, 40))
    def holds(earlier, later, corrected) -> None:
        city = filled(new_city(), earlier, later)
        for _ in range(2):
            assert figures(city.transform(KeptParts(tmp_path, "stadt", ()))) == figures(city.transform())
            city.con.execute(f"UPDATE stage.zaehlung_einzeln SET wert = {corrected} WHERE basis_id = '2'")

    holds()


def test_a_part_sees_nothing_that_its_key_does_not_cover(tmp_path) -> None:
    folder = tmp_path / "sql"
    folder.mkdir()
    (folder / "tage.sql").write_text(
        "-- One row per Stichtag, with how many there are.\n-- Kept by stichtag\n"
        "SELECT stichtag, count(*) OVER () AS alle FROM eingang\n",
        encoding="utf-8",
    )
    with connect() as con:
        con.execute(
            "CREATE SCHEMA katalog; CREATE TABLE katalog.indikator (abstand_jahre INTEGER); "
            f"CREATE TABLE eingang AS SELECT unnest([DATE '{FIRST}', DATE '{SECOND}']) AS stichtag, 1 AS geheim"
        )
        (maker,) = tables_in_order(folder, known_names(con))
        assert isinstance(maker, SqlTable)
        inputs = PartInputs(con, maker, ())
        assert inputs.parts == [(FIRST,), (SECOND,)]
        with inputs.only([(FIRST,)]):
            assert [name for name, *_ in con.execute("DESCRIBE eingang").fetchall()] == ["stichtag"]
            assert len(con.execute("FROM eingang").fetchall()) == 1
            with pytest.raises(duckdb.CatalogException):
                con.execute("FROM katalog.indikator")
        assert len(con.execute("FROM eingang").fetchall()) == 2
        before = inputs.key((FIRST,))
        con.execute("UPDATE eingang SET geheim = 2")
        assert PartInputs(con, maker, ()).key((FIRST,)) == before
        con.execute("INSERT INTO eingang VALUES (NULL, 3)")
        assert PartInputs(con, maker, ()).key((FIRST,)) != before


@pytest.mark.parametrize("changed", first_of(("unsicher", "indikator_unsicher", "merkmal_zuschnitt")))
def test_changed_sql_of_a_view_costs_the_tables_that_read_it(city, tmp_path, changed: str) -> None:
    drawn(city).transform()
    made = {path.stem: path.read_text(encoding="utf-8") for path in resource("sql/transform").glob("*.sql")}
    wanted = {name: made[name] for name in ("indikator_wert", "indikator_unsicher", "merkmal_zuschnitt", "unsicher")}
    computed = []
    for text in (made[changed], made[changed] + "LIMIT 1000000\n"):
        folder = tmp_path / f"sql_{len(computed)}"
        folder.mkdir()
        for name, own in {**wanted, changed: text}.items():
            (folder / f"{name}.sql").write_text(own, encoding="utf-8")
        for _ in range(2):
            kept = KeptParts(tmp_path, "stadt", ())
            run_folder(city.con, folder, kept=kept)
            computed.append(len(kept.computed["indikator_wert"]))
    assert computed == [4, 0, 4, 0]


def test_what_is_kept_depends_on_nothing_but_rows(city) -> None:
    """Neither a variable, nor the day, nor chance is part of a key; so no query that is kept may ask for them."""
    drawn(city).transform()
    made = {
        one.name: one for one in tables_in_order(resource("sql/transform"), known_names(city.con)) if one.name in KEPT
    }
    assert set(made) == set(KEPT)
    for maker in made.values():
        queries = " ".join([maker.query, *PartInputs(city.con, maker, KEPT)._views])
        assert not re.search(r"getvariable|current_|today|now\(|random|uuid|nextval|read_|getenv", queries)


def test_no_figure_follows_from_what_no_key_can_cover() -> None:
    """A variable, the clock and random numbers are seen by a query everywhere; a macro is not."""
    unseen = re.compile(r"\b(?:getvariable|getenv|today|now|random|uuid)\s*\(|\bcurrent_(?:date|timestamp)\b", re.I)
    found = {path.name: unseen.findall(path.read_text("utf-8")) for path in resource("sql/transform").glob("*.sql")}
    assert {name: words for name, words in found.items() if words} == {}


def test_a_landing_zone_that_lies_elsewhere_now_has_all_that_was_kept_in_it(new_city, tmp_path) -> None:
    """Base units are shown in a kept file: its place is part of the view, and of no key."""

    def computed(landing: Path) -> int:
        city = drawn(new_city())
        file = landing / "staged" / "zuordnung.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        city.con.execute(f"COPY stage.zuordnung TO {literal(str(file))} (FORMAT parquet)")
        city.con.execute("DROP TABLE stage.zuordnung")
        city.con.execute(f"CREATE VIEW stage.zuordnung AS FROM read_parquet({literal(one_file(file))})")
        kept = KeptParts(landing, "stadt", ())
        city.transform(kept)
        return sum(map(len, kept.computed.values()))

    assert computed(tmp_path / "a [1]") > 0
    (tmp_path / "a [1]").rename(tmp_path / "it's b")
    assert computed(tmp_path / "it's b") == 0
