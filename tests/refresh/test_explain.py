"""What `refresh --dry-run --explain` says of each file, and of one in detail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refresh.conftest import Ended, Office

COUNTS = "Einwohner;;;\nNR;NAME;EW;PLZ\n101;Altstadt;1200;1\n102;Süd;300;2\n;;;\n103;Ost;4000;3\nQuelle: Amt\n"


def city_of(office: Office) -> Path:
    """Give the office a city with a profile that reads COUNTS; return the folder of its files."""
    files = office.root / "files"
    files.mkdir()
    (files / "ew_2023.csv").write_text(COUNTS, encoding="utf-8")
    made = office.run("new-city", "neustadt", "--from", files, "--yes", "--no-dry-run")
    assert made.code == 0, made.err
    return files


@pytest.fixture
def city(office: Office) -> Path:
    """See `city_of`."""
    return city_of(office)


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory, warm_prefect: Path) -> Ended:
    """A dry run of the city that explains its one file."""
    office = Office(tmp_path_factory.mktemp("explained"), warm_prefect)
    return office.run("refresh", "neustadt", "--from", city_of(office), "--dry-run", "--explain", "ew_2023.csv")


def test_the_rows_of_each_file_add_up_and_the_city_s_total_stands_beside(explained: Ended) -> None:
    assert explained.code == 0, explained.err
    assert "ew_2023.csv (source ew)" in explained.out
    assert "rows 5 = taken 3 + left out 2 (fusszeile 1, leer 1) + quarantined 0" in explained.out
    assert "einwohner of the city on 2023-12-31: 5,500" in explained.out


@pytest.mark.thorough
def test_files_that_are_published_already_are_read_and_explained_as_well(office: Office, city: Path) -> None:
    assert office.run("refresh", "neustadt", "--from", city).code == 0

    ended = office.run("refresh", "neustadt", "--from", city, "--dry-run", "--explain")

    assert ended.code == 0, ended.err
    assert "rows 5 = taken 3 + left out 2" in ended.out
    assert "not read" not in ended.out


def test_one_file_is_shown_with_its_first_rows_and_the_fate_of_each_column(explained: Ended) -> None:
    assert "NR | NAME | EW | PLZ\n    101 | Altstadt | 1200 | 1" in explained.out
    assert "NR: the unit\n" in explained.out
    assert "EW: Merkmal einwohner" in explained.out
    assert "PLZ: left out (ignore)" in explained.out


def test_a_column_that_nobody_names_comes_as_a_line_to_paste(office: Office, city: Path) -> None:
    more = "\n".join(f"{line};x" if ";" in line else line for line in COUNTS.splitlines())
    (city / "ew_2023.csv").write_text(
        more.replace("PLZ;x", "PLZ;NEU").replace(";;;;x", ";;;;") + "\n", encoding="utf-8"
    )

    ended = office.run("refresh", "neustadt", "--from", city, "--dry-run", "--explain", "ew_2023.csv")

    assert ended.code == 5
    assert "NEU: nobody names it" in ended.out
    assert 'add to `ignore` in sources.toml: ["NEU"]' in ended.out
    assert "not read: the run stopped before it was" in ended.out


@pytest.mark.thorough
def test_rows_that_broke_the_contract_are_shown_with_line_and_rule(office: Office, city: Path) -> None:
    (city / "ew_2023.csv").write_text(COUNTS.replace(";300;", ";drei;"), encoding="utf-8")

    ended = office.run("refresh", "neustadt", "--from", city, "--dry-run", "--explain", "ew_2023.csv")

    assert ended.code == 1
    assert "quarantined 1" in ended.out
    assert "line 4, column EW: 'drei'" in ended.out
    assert "einwohner of the city on 2023-12-31: 5,200" in ended.out


@pytest.mark.thorough
def test_the_same_comes_as_json(office: Office, city: Path) -> None:
    ended = office.run("refresh", "neustadt", "--from", city, "--dry-run", "--explain", "--json")

    assert [(one["file"], one["rows"], one["taken"]) for one in ended.answer["files"] if one["source"] == "ew"] == [
        ("ew_2023.csv", 5, 3)
    ]


@pytest.mark.thorough
def test_explaining_needs_a_dry_run_and_a_file_that_was_there(office: Office, city: Path) -> None:
    assert office.run("refresh", "neustadt", "--from", city, "--explain").code == 2
    ended = office.run("refresh", "neustadt", "--from", city, "--dry-run", "--explain", "ew_2032.csv")

    assert ended.code == 2
    assert "expected a file of this run, which are ew_2023.csv" in ended.err
