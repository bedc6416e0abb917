"""The main job from end to end: what a statistician gets, and when nothing is published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from tests.refresh.conftest import Office

CITIES = Path(__file__).resolve().parents[2] / "cities"


def test_a_refresh_over_http_publishes_and_says_where(office: Office, small_extracts: Path) -> None:
    with serve(small_extracts) as server:
        first = office.command("refresh", "musterstadt", "--json", FORTSCHREIBUNG_MUSTERSTADT_URL=server.url)
        again = office.command("refresh", "musterstadt", "--json", FORTSCHREIBUNG_MUSTERSTADT_URL=server.url)
        asked = sum(server.answers[path, 304] for path in server.requests)

    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert first.answer["published"] is True
    assert first.answer["release"] == "2024.1"
    assert Path(first.answer["path"]) == office.home / "releases" / "musterstadt" / "2024.1"
    assert len(first.answer["content_hash"]) == 64
    assert again.answer == first.answer | {
        "published": False,
        "reason": "Nothing new: 2024.1 was made from the same files, profile and code.",
        "warnings": 0,
    }
    assert asked > 50, "the second pull asks whether anything is new instead of fetching it again"
    assert list(office.user_home.rglob("*")) == [], "the user's home directory stays untouched"


def test_the_release_holds_every_station_of_the_way(one_release: Office) -> None:
    release = one_release.home / "releases" / "musterstadt" / "2024.1"

    present = {path.name for path in release.iterdir()}
    assert present >= {"fortschreibung.duckdb", "csv", "parquet", "geo", "codebook.html", "codebook.csv", "checks"}
    assert present >= {"changes.html", "changes.json", "disclosure.html", "disclosure.json"}
    assert present >= {"datapackage.json", "dcat.jsonld", "manifest.json"}
    manifest = json.loads((release / "manifest.json").read_text())
    assert len(manifest["sources"]) == 67
    with one_release.database() as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM information_schema.tables").fetchall()}
        assert tables >= {"sozialraum", "stadtteil", "stadtbezirk", "stadt", "indikator", "wert", "sozialraum_jahr"}
        assert tables >= {"umsteigeschluessel", "raum_ereignis", "_release", "_sources", "_columns", "_checks"}
        assert tables >= {"_lineage", "_changes"}
        (stichtage,) = con.execute("SELECT count(DISTINCT stichtag) FROM wert").fetchone() or (0,)
        assert stichtage == 10
        unlike = con.execute(
            """
            SELECT stichtag, list(DISTINCT summe)
            FROM (
                SELECT stichtag, raumebene, sum(zaehler) AS summe
                FROM wert WHERE indikator_id = 'einwohner' GROUP BY stichtag, raumebene
            )
            GROUP BY stichtag
            HAVING count(DISTINCT summe) > 1
            """
        ).fetchall()
        suppressed = con.execute(
            "SELECT count(*) FROM wert WHERE status = 'geschuetzt' AND wert IS NOT NULL"
        ).fetchone()
    assert unlike == [], "every Raumebene has the same residents"
    assert suppressed == (0,)


def published_hash(office: Office) -> str:
    with office.database() as con:
        (found,) = con.execute("SELECT content_hash FROM _release").fetchone() or ("",)
        return str(found)


@pytest.mark.thorough
def test_an_office_that_keeps_no_results_publishes_the_same_content(
    one_release: Office, office: Office, small_extracts: Path
) -> None:
    given = ["refresh", "musterstadt", "--from", small_extracts, "--no-cache", "--json"]
    theirs = office.run(*given, FORTSCHREIBUNG_THREADS="1")

    assert theirs.answer["published"] is True
    assert theirs.answer["content_hash"] == published_hash(one_release)
    assert not (office.home / "landing" / "staged").exists()


@pytest.mark.thorough
def test_a_refresh_from_kept_results_publishes_the_same_content(
    one_release: Office, office_with_one: Office, small_extracts: Path
) -> None:
    shutil.rmtree(office_with_one.home / "releases")
    staged = office_with_one.home / "landing" / "staged"
    kept = {path: path.stat().st_ino for path in staged.rglob("*.parquet")}
    again = office_with_one.run("refresh", "musterstadt", "--from", small_extracts, "--json")

    assert again.answer["published"] is True
    assert again.answer["content_hash"] == published_hash(one_release)
    assert any(path.is_relative_to(staged / "transform") for path in kept)
    assert kept == {path: path.stat().st_ino for path in staged.rglob("*.parquet")}, "nothing was made again"


@pytest.mark.thorough
def test_after_an_update_that_changes_no_figure_only_the_first_refresh_works(
    office_with_one: Office, small_extracts: Path, tmp_path: Path
) -> None:
    """A word more in the profile stands for an update of the program: both are part of what a release is made of."""
    shutil.copytree(CITIES / "musterstadt", tmp_path / "cities" / "musterstadt")
    with (tmp_path / "cities" / "musterstadt" / "city.toml").open("a", encoding="utf-8") as file:
        file.write("# gelesen am Montag\n")
    given = ["refresh", "musterstadt", "--from", small_extracts, "--cities", tmp_path / "cities", "--json"]

    first, second = office_with_one.run(*given), office_with_one.run(*given)

    assert first.answer["reason"] == "Nothing new: the content is that of 2024.1."
    assert second.answer["reason"] == (
        "Nothing new: 2024.1 has the content that comes of these files, profile and code."
    )
    assert (second.code, second.answer["published"]) == (0, False)


def test_a_changed_file_gives_the_next_edition_and_the_change_is_reported(two_releases: Office) -> None:
    with two_releases.database() as con:
        assert con.execute("SELECT version FROM _release").fetchone() == ("2024.2",)
        changed = {name for (name,) in con.execute("SELECT DISTINCT indikator_id FROM _changes").fetchall()}
    assert changed == {"mindestsicherung_65_plus", "mindestsicherungsquote_65_plus"}


@pytest.mark.thorough
def test_an_earlier_stichtag_publishes_its_own_year_and_latest_stays(
    office_with_one: Office, small_extracts: Path
) -> None:
    office = office_with_one
    ended = office.run("refresh", "musterstadt", "--from", small_extracts, "--stichtag", "2019-12-31", "--json")

    assert ended.answer["release"] == "2019.1"
    with office.database(version="2019.1") as con:
        assert con.execute("SELECT max(stichtag)::VARCHAR, max(zuschnitt) FROM wert").fetchone() == (
            "2019-12-31",
            "2015-01-01",
        )
    assert (office.home / "releases" / "musterstadt" / "latest").resolve().name == "2024.1"


def test_a_dry_run_publishes_nothing_and_leaves_nothing_confidential(office: Office, small_extracts: Path) -> None:
    ended = office.command("refresh", "musterstadt", "--from", small_extracts, "--dry-run", "--json")

    assert ended.code == 0
    assert ended.answer["published"] is False
    assert ended.answer["release"] is None
    assert not (office.home / "releases" / "musterstadt").exists()
    left = {path.name for path in (office.home / "runs").glob("*/*")}
    notes = {".alive", "run.json", "progress.jsonl", "lieferungen.json", "files.json", "quarantine.csv", "checks",
             "great_expectations", "review.json", "types.json"}  # fmt: skip
    assert left == notes, "nothing confidential"
    (review,) = (office.home / "runs").glob("*/review.json")
    named = json.loads(review.read_text("utf-8"))["named"]
    assert named
    assert {key for unit in named for key in unit} == {"id", "name", "triggers"}, "and no figure"
    (types,) = (office.home / "runs").glob("*/types.json")
    suites = {each["suite"] for each in json.loads(types.read_text("utf-8"))}
    assert suites == {"typen"}, "which the report of the checks says too"


def test_a_blocking_check_stops_names_the_unit_and_leaves_the_last_release(
    office_with_one: Office, extracts: Path
) -> None:
    office = office_with_one
    zuordnung = extracts / "raum" / "Zuordnung_2020.csv"
    lines = zuordnung.read_text("utf-8-sig").splitlines()
    unassigned = lines[len(lines) // 2].partition(";")[0]
    zuordnung.write_text("\n".join(line for line in lines if unassigned not in line) + "\n", "utf-8-sig")

    ended = office.command("refresh", "musterstadt", "--from", extracts, "--json")

    assert ended.code == 1
    assert unassigned in ended.err
    assert "expected" in ended.err
    assert "what to do" in ended.err
    assert [path.name for path in (office.home / "releases" / "musterstadt").glob("20*")] == ["2024.1"]
    with office.database() as con:
        assert con.execute("SELECT count(*) > 0 FROM wert").fetchone() == (True,)


@pytest.mark.thorough
def test_a_row_that_breaks_its_contract_stops_with_its_place(office: Office, extracts: Path) -> None:
    sgb2 = extracts / "soziales" / "SGBII_2020.csv"
    lines = sgb2.read_text("utf-8").splitlines()
    lines[6] = lines[6].rpartition(";")[0] + ";viele"
    sgb2.write_text("\n".join(lines) + "\n", "utf-8")

    ended = office.run("refresh", "musterstadt", "--from", extracts)

    assert ended.code == 1
    assert "SGBII_2020.csv" in ended.err
    assert "7" in ended.err
    assert "ARBEITSLOSE" in ended.err


def test_a_missing_source_stops_with_exit_code_3(office: Office, extracts: Path) -> None:
    for path in (extracts / "haushalte").iterdir():
        path.unlink()

    ended = office.run("refresh", "musterstadt", "--from", extracts)

    assert ended.code == 3
    assert "haushalte" in ended.err
    assert "required = false" in ended.err


@pytest.mark.thorough
def test_an_office_that_does_not_answer_stops_with_exit_code_3(office: Office) -> None:
    ended = office.run("refresh", "musterstadt", FORTSCHREIBUNG_MUSTERSTADT_URL="http://127.0.0.1:9")

    assert ended.code == 3
    assert "127.0.0.1:9" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["refresh", "atlantis"], "Cities with a profile: berlin"),
        (["refresh", "musterstadt", "--from", "/nowhere"], "--from /nowhere"),
        (["refresh", "musterstadt"], "FORTSCHREIBUNG_MUSTERSTADT_URL"),
        (["refresh", "musterstadt", "--stichtag", "gestern"], "gestern"),
        (["refresh"], "expected CITY"),
    ],
)
def test_wrong_use_is_explained_and_ends_with_exit_code_2(office: Office, arguments: list[str], said: str) -> None:
    ended = office.run(*arguments)

    assert ended.code == 2
    assert said in (ended.out + ended.err)


def test_a_map_shows_every_sozialraum_and_marks_those_without_a_figure(one_release: Office, tmp_path: Path) -> None:
    office = one_release
    drawn = office.run("map", "musterstadt", "sgb2_quote_0_17", "-o", tmp_path / "map.svg")
    wrong = office.run("map", "musterstadt", "sgb2_quota")

    assert drawn.code == 0, drawn.err
    svg = (tmp_path / "map.svg").read_text("utf-8")
    with office.database() as con:
        shown = con.execute(
            "SELECT count(*), count(*) FILTER (status = 'geschuetzt') FROM wert WHERE indikator_id = 'sgb2_quote_0_17' "
            "AND raumebene = 'sozialraum' AND stichtag = '2024-12-31' AND zuschnitt = '2020-01-01'"
        ).fetchone()
    assert shown == (svg.count("<path "), svg.count('fill="url(#geheim)"'))
    assert wrong.code == 2
    assert "sgb2_quote_0_17" in wrong.err, "the message lists what there is"


def test_what_came_first_waits_for_the_others_where_the_policy_says_so(office: Office, extracts: Path) -> None:
    (extracts / "soziales" / "SGBII_2024.csv").unlink()

    ended = office.run("refresh", "musterstadt", "--from", extracts, "--publish", "complete", "--json")

    assert ended.code == 7
    assert (ended.answer["published"], ended.answer["release"]) == (False, None)
    assert [(one["source"], one["year"]) for one in ended.answer["held_for"]] == [("sgb2", 2024)]
    assert "before this came: SGB II und Arbeitslose nach Baublockseiten 2024: " in ended.answer["reason"]
    assert "Jobcenter" in ended.answer["reason"]
    assert not list((office.home / "releases").iterdir())


def test_a_release_says_what_was_not_there_when_it_was_published(two_releases: Office) -> None:
    with two_releases.database() as con:
        rows = con.execute("SELECT quelle, jahr, lieferstand, erwartet_bis FROM _deliveries ORDER BY ALL").fetchall()
    assert ("sgb2", 2024, "vorhanden", None) in rows
    assert "einwohner_bbs" not in [row[0] for row in rows], "it ended in 2021"
