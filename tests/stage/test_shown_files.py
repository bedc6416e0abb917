"""Large kept files of counts are shown where they lie: the same rows as loaded ones, and nothing of them is copied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.base.errors import ProgramDefect
from flows.stage import file_rows
from flows.stage.kept_results import KeptResults
from tests.stage.test_kept_results import REGISTER

PERSON = "BBS;TAG;ALTER;SEX;NATION;MIG;DAUER\n{0};31.12.{1};30;w;D;0;3\n{0};31.12.{1};5;m;A;1;2\n"
FILES = {
    "personen_2021.csv": PERSON.format("01100001", 2021),
    "personen_2022.csv": PERSON.format("01100002", 2022),
    "autos_2021.csv": "BBS;N\n01100001;3\n01100002;4\n",
    "autos_2022.csv": "BBS;N\n01100001;5\n01100002;keins\n",
}


@pytest.fixture
def city(stage_city, source, monkeypatch) -> Callable[..., object]:
    """Stage a register and a table, or which of them has files; each file counts as large."""
    monkeypatch.setattr(file_rows, "MANY", 1)
    sources = {
        "personen": source("personen", REGISTER, stichtag='{ source = "column", column = "TAG", format = "%d.%m.%Y" }'),
        "autos": source("autos", 'matrix = { unit = "BBS", merkmale = { sgb2 = ["N"] } }',
                        file=r"'autos_(?P<year>\d{4})\w?\.csv'", quarantine="1"),
    }  # fmt: skip

    def staged(files: dict[str, str] | None = None, *, keeping: bool = True, **options: object) -> object:
        files = files or FILES
        given = [text for name, text in sources.items() if any(file.startswith(name) for file in files)]
        return stage_city(given, files, keeping=keeping, **options)

    return staged


def counts(staged) -> list[tuple]:
    return staged.rows("FROM stage.zaehlung ORDER BY ALL")


def shown(staged) -> list[str]:
    """The Stichtage whose rows lie in files."""
    return [day for (day,) in staged.rows("SELECT DISTINCT stichtag::VARCHAR FROM stage.reihe_datei ORDER BY 1")]


def test_rows_that_are_shown_are_those_that_are_loaded(city) -> None:
    loaded = city(keeping=False)
    assert shown(loaded) == []
    for _ in ("written now", "kept before"):
        staged = city()
        assert counts(staged) == counts(loaded)
        assert shown(staged) == ["2021-12-31", "2022-12-31"]
        assert staged.rows("SELECT count(*) FROM stage.zaehlung_geladen") == [(0,)]


def test_small_files_are_loaded(city, monkeypatch) -> None:
    monkeypatch.setattr(file_rows, "MANY", 3)
    for _ in ("written now", "kept before"):
        staged = city()
        assert shown(staged) == []
        assert counts(staged) == counts(city(keeping=False))


def test_the_bound_of_a_run_leaves_out_later_rows_of_a_file_that_is_shown(city) -> None:
    both = {"personen_2021.csv": FILES["personen_2021.csv"] + PERSON.format("01100002", 2022).partition("\n")[2]}
    until = dt.date(2021, 12, 31)
    for staged in (city(both, until=until), city(both, until=until)):
        assert counts(staged) == counts(city(both, keeping=False, until=until))
        assert shown(staged) == ["2021-12-31"]


def test_files_with_rows_of_one_unit_and_stichtag_are_not_shown(city) -> None:
    first = {"autos_2021.csv": FILES["autos_2021.csv"]}
    alike = {**first, "autos_2021b.csv": "BBS;N\n01100001;3\n"}
    assert shown(city(first)) == ["2021-12-31"]
    for staged in (city(alike), city(alike)):
        assert shown(staged) == []
        assert counts(staged) == counts(city(alike, keeping=False))


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"PAR1")])
def test_a_damaged_file_is_staged_again_and_shown_anew(city, tmp_path, spoil) -> None:
    first = counts(city())
    for path in (tmp_path / "landing" / "staged").glob("*/*/zaehlung_reihe.parquet"):
        spoil(path)
    again = city()
    assert counts(again) == first
    assert shown(again) == ["2021-12-31", "2022-12-31"]


def test_a_person_that_is_lost_in_a_file_that_is_written_stops_the_run(city, monkeypatch) -> None:
    keep = KeptResults.keep

    def less(kept, con, address, queries, note):
        half = {table: f"{query} AND FALSE" for table, query in queries.items()}
        return keep(kept, con, address, half, note)

    monkeypatch.setattr(KeptResults, "keep", less)
    with pytest.raises(ProgramDefect, match=r"expected the 4 persons of its files in stage\.zaehlung_reihe, found 0"):
        city()


def test_a_count_without_a_unit_is_not_kept(city, monkeypatch) -> None:
    sql = file_rows.sql
    monkeypatch.setattr(
        "flows.stage.register.sql",
        lambda name: sql(name).replace("einheit.basis_id,", "NULL AS basis_id,") if "gezaehlt" in name else sql(name),
    )
    with pytest.raises(Exception, match="NOT NULL constraint failed"):
        city()


def test_the_digest_of_a_stichtag_follows_from_its_rows_alone(city) -> None:
    def contents(files: dict[str, str]) -> list[tuple]:
        return city(files).rows("SELECT stichtag, inhalt FROM stage.reihe_datei ORDER BY ALL")

    first = {"personen_2021.csv": FILES["personen_2021.csv"]}
    turned = FILES["personen_2021.csv"].splitlines()
    assert contents(first) == contents({"personen_2021.csv": "\n".join([turned[0], turned[2], turned[1], ""])})
    assert contents(first) != contents({"personen_2021.csv": FILES["personen_2021.csv"].replace(";30;", ";70;")})
    assert contents(first) != contents({"personen_2021.csv": FILES["personen_2021.csv"].replace(";30;w", ";30;m")})
