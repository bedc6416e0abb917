"""Gates before parsing: what stops, what it says, and the line that lets it pass."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.base.errors import ConfigError, ContractBroken
from flows.pull.gate import refuse_other_files
from flows.pull.landing.accepted import Taken
from tests.pull.replay import Said

YEARS = {year: f"BBS;EW\n01100001;{year}\n" + "01100002;7\n" * 1000 for year in range(2020, 2025)}
UNTIL = dt.date(2024, 12, 31)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """Files of 2020 to 2022."""
    folder = tmp_path / "drop"
    folder.mkdir()
    for year in (2020, 2021, 2022):
        (folder / f"jahr_{year}.csv").write_text(YEARS[year])
    return folder


@pytest.fixture
def carried_through(desk, source, drop: Path) -> Callable[..., object]:
    """A desk whose last run took the files of 2020 to 2022; fields are those of the source."""

    def given(**fields: str):
        before = desk(source("jahr"))
        before.accept(before.pull(folder=drop))
        return desk(source("jahr", **fields))

    return given


def line_told(message: str) -> str:
    """The line that a message says would let the file pass."""
    start = message.index("relax = ")
    return message[start : message.index("]", message.index("reason")) + 1]


# --- Kind ---


@pytest.mark.parametrize(
    ("told", "stops"),
    [
        ("text/html; charset=utf-8", True),
        ("application/pdf", True),
        ("image/png", True),
        ("application/json", True),
        ("application/geo+json", True),
        ("text/csv; charset=utf-16", False),
        ("application/octet-stream", False),
        ("application/vnd.ms-excel", False),
        ("text/plain", False),
    ],
)
def test_what_a_server_calls_a_file_stops_only_where_it_cannot_be_data(
    replay, desk, bestand, told: str, stops: bool
) -> None:
    server = replay(lambda _: Said(200, YEARS[2022].encode(), {"Content-Type": told}))
    given = desk(bestand(url=f'"{server.url}/bestand.csv"'))
    if stops:
        assert f"found what its server calls {told.partition(';')[0]}" in given.refusal()
        relaxed = 'relax = [{ gate = "content_type", reason = "Der Server nennt alles HTML" }]'
        given = desk(bestand(url=f'"{server.url}/bestand.csv"', relax=relaxed.removeprefix("relax = ")))
    assert given.pull().new == 1


def test_geojson_that_was_cut_is_reported(desk, source, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "raum.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": "Fea')
    given = desk(
        source(
            "raum",
            'geometry = { id_property = "BBS", crs = "EPSG:25832" }',
            file=r"'raum\.geojson'",
            stichtag="",
            dialect='{ format = "geojson" }',
        )
    )
    assert "expected GeoJSON that ends with '}', found one cut short" in given.refusal(folder=tmp_path / "in")


def test_the_gate_knows_a_file_as_its_variant_is_written(desk, source, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "raum.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": "Fea')
    variant = "{ file = '.*[.]geojson', dialect = { format = \"geojson\" } }"
    given = desk(
        source(
            "raum", 'geometry = { id_property = "BBS", crs = "EPSG:25832" }', file=r"'raum\..*'", stichtag="",
            dialect='{ format = "gpkg" }', variant=f"[{variant}]",
        )
    )  # fmt: skip
    assert "expected GeoJSON that ends with '}', found one cut short" in given.refusal(folder=tmp_path / "in")


# --- Size ---


def test_a_file_far_smaller_than_the_accepted_one_stops_with_both_figures(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2022.csv").write_text(YEARS[2022][:7000])
    message = given.refusal(folder=drop)
    assert "jahr_2022.csv: expected about the size of the last accepted with 11,021 bytes (within 25%)" in message
    assert "found 7,000 bytes (-36%)" in message


def test_the_line_in_the_message_lets_the_file_pass(carried_through, desk, source, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2022.csv").write_text(YEARS[2022][:7000])
    line = line_told(given.refusal(folder=drop))
    assert tomllib.loads(line)["relax"][0]["gate"] == "size"
    given = desk(source("jahr", relax=line.removeprefix("relax = ")))
    assert given.pull(folder=drop).new == 1


@pytest.mark.parametrize("name", ["jahr_2022 [1] (neu) *.csv", "jahr_2022 'Kopie'.csv", "jahr_2022 \"neu\" '1'.csv"])
def test_the_line_in_the_message_fits_a_file_of_any_name(desk, source, drop: Path, name: str) -> None:
    (drop / "jahr_2022.csv").rename(drop / name)
    file = {"file": r"'jahr_(?P<year>\d{4}).*\.csv'"}
    before = desk(source("jahr", **file))
    before.accept(before.pull(folder=drop))
    (drop / name).write_text(YEARS[2022][:7000])
    (told,) = tomllib.loads(line_told(before.refusal(folder=drop)))["relax"]
    assert re.fullmatch(told["file"], name)


def test_a_relaxation_is_about_its_own_file_and_gate(carried_through, drop: Path) -> None:
    (drop / "jahr_2022.csv").write_text(YEARS[2022])
    given = carried_through(relax="""[{ gate = "size", file = 'jahr_2021\\.csv', reason = "Gebietsreform 2021" }]""")
    (drop / "jahr_2022.csv").write_text(YEARS[2022][:7000])
    assert 'gate = "size"' in given.refusal(folder=drop)


def test_a_relaxation_needs_a_reason(small_city, source) -> None:
    with pytest.raises(ConfigError, match="reason"):
        small_city.with_sources(source("jahr", relax='[{ gate = "size", reason = "" }]'))


def test_a_new_years_file_is_held_against_the_year_before(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2023.csv").write_text(YEARS[2023][:5500])
    message = given.refusal(folder=drop)
    assert "about the size of the last accepted, jahr_2022.csv, with 11,021 bytes" in message
    assert "found 5,500 bytes (-50%)" in message


def test_a_refused_file_does_not_become_the_measure(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2022.csv").write_text(YEARS[2022][:7000])
    given.refusal(folder=drop)
    assert "-36%" in given.refusal(folder=drop)
    (drop / "jahr_2022.csv").write_text(YEARS[2022])
    assert given.pull(folder=drop).unchanged == 3


def test_a_run_that_was_not_carried_through_sets_no_measure(desk, source, drop: Path) -> None:
    (drop / "jahr_2022.csv").write_text(YEARS[2022][:5500])
    given = desk(source("jahr"))
    given.pull(folder=drop)
    (drop / "jahr_2022.csv").write_text(YEARS[2022])
    assert given.pull(folder=drop).new == 1


def test_a_short_table_may_grow_by_a_few_lines(desk, source, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "jahr_2022.csv"
    file.write_text("BBS;EW\n01100001;12\n")
    given = desk(source("jahr"))
    given.accept(given.pull(folder=tmp_path / "in"))
    file.write_text("BBS;EW\n01100001;12\n01100002;12\n01100003;12\n")
    assert given.pull(folder=tmp_path / "in").new == 1
    file.write_text("BBS;EW\n")
    assert "-63%" in given.refusal(folder=tmp_path / "in")


# --- The set of files ---


def test_a_file_that_is_missing_now_stops(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2021.csv").unlink()
    message = given.refusal(folder=drop)
    assert "expected the 3 files of the last accepted run and later ones, found 2: jahr_2021.csv missing" in message
    assert "file = 'jahr_2021\\.csv'" in line_told(message)


def test_a_missing_file_may_be_let_pass_by_name(carried_through, drop: Path) -> None:
    given = carried_through(
        relax="""[{ gate = "files", file = 'jahr_2021\\.csv', reason = "vom Amt zurückgezogen" }]"""
    )
    (drop / "jahr_2021.csv").unlink()
    assert len(given.pull(folder=drop).lieferungen) == 2


def test_a_later_file_is_what_a_refresh_is_for(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2023.csv").write_text(YEARS[2023])
    assert given.pull(folder=drop).new == 1


def test_an_earlier_file_that_was_not_there_before_stops(carried_through, drop: Path) -> None:
    given = carried_through()
    (drop / "jahr_2019.csv").write_text(YEARS[2020].replace("2020", "2019"))
    assert "jahr_2019.csv new, though not later than jahr_2022.csv" in given.refusal(folder=drop)


def test_the_latest_of_the_accepted_files_is_named_and_not_the_last_by_its_letters(desk, source, drop: Path) -> None:
    named = desk(source("jahr", file=r"'[a-z]+_(?P<year>\d{4})\.csv'"))
    (drop / "jahr_2020.csv").rename(drop / "zb_2020.csv")
    named.accept(named.pull(folder=drop))
    (drop / "ab_2019.csv").write_text(YEARS[2020].replace("2020", "2019"))
    assert "ab_2019.csv new, though not later than jahr_2022.csv" in named.refusal(folder=drop)


@pytest.mark.parametrize(
    ("pattern", "accepted", "later", "earlier"),
    [
        (r"(?P<day>\d+)\.(?P<month>\d+)\.(?P<year>\d+)\.csv", "31.12.2022.csv", "30.06.2023.csv", "30.11.2022.csv"),
        (r"(?P<month>\d+)-(?P<year>\d{4})\.csv", "9-2022.csv", "12-2022.csv", "10-2021.csv"),
        (r"(?P<quarter>[IV]+)_(?P<year>\d{4})\.csv", "III_2022.csv", "IV_2022.csv", "I_2022.csv"),
        (r"(ew|hh)_(?P<year>\d{4})\.csv", "hh_2022.csv", "ew_2023.csv", "ew_2021.csv"),
    ],
)
def test_which_file_is_later_is_said_by_the_year_before_month_and_day_wherever_they_stand(
    desk, source, pattern: str, accepted: str, later: str, earlier: str
) -> None:
    (given,) = desk(source("jahr", file=f"'{pattern}'")).profile.sources
    before = {accepted: Taken(name=accepted, bytes=1, sha256="0" * 64)}
    refuse_other_files(given, [accepted, later], before)
    with pytest.raises(ContractBroken, match=f"{re.escape(earlier)} new, though not later than {re.escape(accepted)}"):
        refuse_other_files(given, [accepted, earlier], before)


def test_a_run_up_to_an_earlier_year_misses_nothing_and_forgets_nothing(carried_through, drop: Path) -> None:
    given = carried_through()
    early = dt.date(2020, 12, 31)
    given.accept(given.pull(folder=drop, until=early), early)
    (drop / "jahr_2022.csv").unlink()
    assert "jahr_2022.csv missing" in given.refusal(folder=drop)


def test_a_gap_in_the_years_may_be_let_pass_by_year(desk, source, drop: Path) -> None:
    (drop / "jahr_2024.csv").write_text(YEARS[2024])
    message = desk(source("jahr", years="{ first = 2020 }")).refusal(folder=drop)
    line = line_told(message)
    assert tomllib.loads(line)["relax"][0]["years"] == [2023]
    given = desk(source("jahr", years="{ first = 2020 }", relax=line.removeprefix("relax = ")))
    assert len(given.pull(folder=drop).lieferungen) == 4


def test_a_source_that_fails_as_a_whole_is_on_record_until_it_is_mended(carried_through, drop: Path) -> None:
    given = carried_through()
    whole = (drop / "jahr_2021.csv").read_text()
    (drop / "jahr_2021.csv").unlink()
    given.refusal(folder=drop)
    given.refusal(folder=drop)
    (drop / "jahr_2021.csv").write_text(whole)
    given.pull(folder=drop)
    given.pull(folder=drop)
    whole_source = [one.outcome for one in given.landing.attempts() if not one.name]
    assert whole_source == ["refused", "refused", "mended"]


def test_what_was_accepted_is_written_only_when_it_changed(carried_through, drop: Path) -> None:
    given = carried_through()
    given.accept(given.pull(folder=drop))
    lines = (given.landing.folder / "accepted.jsonl").read_text().splitlines()
    assert len(lines) == 1


def test_a_line_cut_short_in_the_record_of_accepted_runs_spoils_no_other(carried_through, drop: Path) -> None:
    given = carried_through()
    with (given.landing.folder / "accepted.jsonl").open("a") as record:
        record.write('{"city":"kleinstadt","ru')
    (drop / "jahr_2021.csv").unlink()
    assert "jahr_2021.csv missing" in given.refusal(folder=drop)
