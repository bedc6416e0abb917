"""What the files of space make together is kept as a whole: found again while they are the same, and never wrongly."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.stage import kept_space
from flows.stage.kept_space import assignments_can_be_added
from tests.stage.test_kept_results import rewrite, space_sources, square, tables

FILES = {
    "zuordnung.csv": "BBS;SR\n01100001;011001\n01100002;011002\n",
    "namen.csv": "EBENE;ID;NAME\nSR;011001;Nord\nSR;011002;Süd\n",
    "bbs_1.geojson": square("01100001"),
}


@pytest.fixture(params=[1, 1_000], ids=["shown", "loaded"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From how many rows on base units are shown in the kept file; here there are less than ten."""
    monkeypatch.setattr(kept_space, "MANY", request.param)
    return int(request.param)


@pytest.fixture
def city(stage_city, source) -> Callable[..., object]:
    return lambda *, keeping=True: stage_city(space_sources(source), FILES, keeping=keeping)


@pytest.fixture
def not_made_again(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on, nothing can be made of the files of space."""
    return lambda: monkeypatch.setattr("flows.stage.space.create_gathered", None)


def is_shown(staged) -> bool:
    return bool(staged.rows("SELECT 1 FROM duckdb_views() WHERE view_name = 'zuordnung'"))


def test_what_was_just_made_and_what_is_found_are_as_without(city, many: int, not_made_again) -> None:
    anew = city(keeping=False)
    made = city()
    not_made_again()
    found = city()
    assert tables(anew) == tables(made) == tables(found)
    assert [is_shown(each) for each in (anew, made, found)] == [False, many == 1, many == 1]


def test_another_name_of_a_unit_in_city_toml_makes_it_anew(city, small_city) -> None:
    city()
    text = (small_city.folder / "city.toml").read_text(encoding="utf-8")
    small_city.write("city.toml", text.replace('id = "sozialraum"', 'id = "sozialraum"\nnames = { 011003 = "West" }'))
    assert ("011003", "West") in city().rows("SELECT raum_id, name FROM stage.raum_name")


def without_a_row(table: str) -> Callable[[Path], None]:
    def spoil(description: Path) -> None:
        path = description.with_name(f"{table}.parquet")
        less = path.with_name("less")
        duckdb.sql(f"COPY (SELECT * FROM read_parquet('{path}') OFFSET 1) TO '{less}' (FORMAT parquet)")
        less.replace(path)
        rewrite(description, {table: path.read_bytes()})

    return spoil


def text_instead(description: Path) -> None:
    description.with_name("zuordnung.parquet").write_bytes(b"none")
    rewrite(description, {"zuordnung": b"none"})


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(without_a_row("zuordnung"), id="a base unit less"),
        pytest.param(without_a_row("raum_name"), id="a name less"),
        pytest.param(text_instead, id="text instead of Parquet"),
    ],
)
def test_rows_that_are_not_those_that_were_kept_are_made_again_though_their_checksum_is_right(
    city, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    first = tables(city())
    [kept] = (path.parent for path in (tmp_path / "landing" / "staged").glob("*/*/zuordnung.parquet"))
    spoil(kept / "result.json")
    assert tables(city()) == first


@pytest.mark.usefixtures("many")
def test_rows_can_be_added_to_base_units_that_a_kept_file_shows(city) -> None:
    city()
    staged = city()
    before = staged.rows("FROM stage.zuordnung")
    assignments_can_be_added(staged.con)
    staged.con.execute("INSERT INTO stage.zuordnung VALUES ('2020-01-01', 'bbs', '01100003', 'sozialraum', '011002')")
    assert len(staged.rows("FROM stage.zuordnung")) == len(before) + 1
