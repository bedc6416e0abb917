"""The command that reviews a Gliederung: nothing is published, and what it names stays with its owner."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from flows.base.home import Home
from flows.run_folders import State, run_folders
from tests.page_texts import wrong_days
from tests.refresh.conftest import ROOT, Office


@pytest.mark.thorough
def test_a_review_says_what_is_to_be_looked_at_and_leaves_no_counts_behind(
    office: Office, small_extracts: Path, tmp_path: Path
) -> None:
    page = tmp_path / "review.html"
    page.write_text("an earlier one, which everybody may read")
    page.chmod(0o644)
    ended = office.run("review", "musterstadt", "--from", small_extracts, "--html", page, "--json")

    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert (found["zuschnitt"], found["cut_made"], found["borders"]) == ("2020-01-01", "2019-12-31", True)
    assert any(unit["triggers"] for unit in found["units"])
    assert found["barriers"]
    html = page.read_text("utf-8")
    assert html.index("Vertraulich") < html.index("Confidential") < html.index('<svg class="map"')
    assert wrong_days(html) == []
    assert html.count("<title>Barriere</title>") == 2  # the railway and the river
    assert page.stat().st_mode & 0o077 == 0
    (run,) = (office.home / "runs").glob("musterstadt-*")
    assert not list(run.glob("work.duckdb*"))
    assert [each.state for each in run_folders(Home(office.home), "musterstadt")] == [State.FINISHED]
    assert not list((office.home / "releases").rglob("*.duckdb"))


def test_a_page_in_a_folder_that_is_not_there_is_refused_before_anything_is_read(office: Office) -> None:
    ended = office.run("review", "musterstadt", "--html", "/nowhere/review.html")
    assert (ended.code, "--html: expected a file in a folder that is there" in ended.err) == (2, True)


@pytest.mark.thorough
def test_without_a_folder_the_files_of_the_latest_release_are_reviewed(
    office_with_one: Office, small_extracts: Path
) -> None:
    """The variable that the city's sources are asked by is not set."""
    given = json.loads(office_with_one.run("review", "musterstadt", "--from", small_extracts, "--json").out)
    ended = office_with_one.run("review", "musterstadt", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out) == given


@pytest.mark.thorough
def test_what_the_latest_release_left_out_as_too_late_is_not_reviewed(office_with_one: Office) -> None:
    path = office_with_one.home / "releases" / "musterstadt" / "2024.1" / "manifest.json"
    path.chmod(0o600)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"until": "2021-12-31"}), "utf-8")
    assert json.loads(office_with_one.run("review", "musterstadt", "--json").out)["stichtag"] == "2021-12-31"
    asked = office_with_one.run("review", "musterstadt", "--stichtag", "2022-12-31", "--json")
    assert json.loads(asked.out)["stichtag"] == "2022-12-31"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[source.amtlich", "[source.amtliche_zahl"),
        ("[source.zuordnung_2020]", '[source.zuordnung_2025]\ntitle_de = "Zuordnung"\ntitle_en = "Assignment"\n'
         'connector = "http_file"\nurl = "${FORTSCHREIBUNG_MUSTERSTADT_URL}/raum/neu.csv"\nfile = "neu"\n'
         'licence = "CC0 1.0"\nattribution = "x"\nzuschnitt = 2025-01-01\n'
         'assignment = { unit = "BBS", units = { sozialraum = "R" } }\n\n[source.zuordnung_2020]'),
    ],
    ids=["renamed", "a new Zuschnitt"],
)  # fmt: skip
def test_a_profile_with_other_sources_than_the_release_asks_them(
    office_with_one: Office, tmp_path: Path, old: str, new: str
) -> None:
    profile = tmp_path / "cities" / "musterstadt"
    shutil.copytree(ROOT / "cities" / "musterstadt", profile)
    for file, before, after in (
        ("sources.toml", old, new),
        ("city.toml", "[[zuschnitt]]\nvalid_from = 2020-01-01\n",
         '[[zuschnitt]]\nvalid_from = 2020-01-01\nbase = "bbs"\n\n[[zuschnitt]]\nvalid_from = 2025-01-01\n'),
    ):  # fmt: skip
        text = (profile / file).read_text("utf-8")
        assert before in text
        (profile / file).write_text(text.replace(before, after), "utf-8")

    ended = office_with_one.run("review", "musterstadt", FORTSCHREIBUNG_CITIES=str(tmp_path / "cities"))

    assert ended.code == 2
    assert "needs the environment variable FORTSCHREIBUNG_MUSTERSTADT_URL" in ended.err


@pytest.mark.thorough
def test_a_proposal_from_the_latest_release_brings_its_files_for_the_recut(office_with_one: Office) -> None:
    ended = office_with_one.run("propose", "musterstadt", "--rounds", "1", "--json")
    assert ended.code == 0, ended.err
    (folder,) = re.findall(r"--from (\S+)", json.loads(ended.out)["recut"])
    assert {"Baublockseiten.geojson", "Zuordnung_Vorschlag.csv"} <= {path.name for path in Path(folder).iterdir()}
    assert all(path.is_file() for path in Path(folder).iterdir())
