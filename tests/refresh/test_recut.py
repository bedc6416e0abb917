"""A boundary change: everything on the new Zuschnitt, a report, and no half-done redraw."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.parameters import first_of
from tests.refresh.conftest import Ended, Office

NEW = "2020-01-01"
ASSIGNMENT = "raum/Zuordnung_2020.csv"


def report(ended: Ended) -> dict:
    return json.loads(Path(ended.answer["report"]).with_suffix(".json").read_text("utf-8"))


def test_a_recut_publishes_the_whole_history_on_the_new_zuschnitt_and_reports(
    office: Office, small_extracts: Path
) -> None:
    ended = office.command("recut", "musterstadt", NEW, "--from", small_extracts, "--json")

    assert ended.code == 0, ended.err
    assert ended.answer["published"] is True
    with office.database() as con:
        stichtage = con.execute(
            f"SELECT count(DISTINCT stichtag), bool_and(methode = 'exact') FROM wert WHERE zuschnitt = '{NEW}'"
        ).fetchone()
        split = con.execute(
            "SELECT count(DISTINCT vorgang) FROM raum_ereignis "
            "WHERE raumebene = 'sozialraum' AND vorgang_art = 'geteilt'"
        ).fetchone()
    assert stichtage == (10, True), "Musterstadt's redraw is exact through its base units"
    found = report(ended)
    assert found == ended.answer["impact"]
    assert (found["von_zuschnitt"], found["nach_zuschnitt"], found["stichtag"]) == ("2015-01-01", NEW, "2019-12-31")
    assert found["release"] == ended.answer["release"] == "2024.1"
    assert split is not None
    assert found["kinds"]["sozialraum"]["geteilt"] == split[0] > 0
    page = Path(ended.answer["report"]).read_text("utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory, warm_prefect: Path, small_extracts: Path) -> tuple[Office, Ended]:
    """A recut of an office without a release, as a dry run."""
    office = Office(tmp_path_factory.mktemp("dry"), warm_prefect)
    return office, office.run("recut", "musterstadt", NEW, "--from", small_extracts, "--dry-run", "--json")


@pytest.mark.thorough
def test_residents_before_and_after_a_change_are_the_same_people(dry_run: tuple[Office, Ended]) -> None:
    compared = [
        (sum(unit["einwohner"]["wert"] for unit in change["before"]),
         sum(unit["einwohner"]["wert"] for unit in change["after"]))
        for change in report(dry_run[1])["changes"]
        if all(unit["einwohner"]["wert"] is not None for unit in change["before"] + change["after"])
    ]  # fmt: skip
    assert compared
    assert all(before == after for before, after in compared)


@pytest.mark.thorough
def test_a_dry_run_only_reports(dry_run: tuple[Office, Ended]) -> None:
    office, ended = dry_run

    assert (ended.code, ended.answer["published"], ended.answer["release"]) == (0, False, None)
    assert not (office.home / "releases" / "musterstadt").exists()
    assert report(ended)["dry_run"] is True
    left = {path.name for path in Path(ended.answer["report"]).parent.iterdir()}
    assert not left & {"work.duckdb", "publish", "plain"}, "nothing confidential"


def rewrite(change: Callable[[list[str]], list[str]], prefix: str = "") -> Callable[[Path], str]:
    """Spoil the assignment of base units; return the base unit that the message must name."""

    def spoil(extracts: Path) -> str:
        path = extracts / ASSIGNMENT
        lines = path.read_text("utf-8-sig").splitlines()
        named = prefix + lines[1 if prefix else middle(lines)].partition(";")[0]
        path.write_text("\n".join(change(lines)) + "\n", "utf-8-sig")
        return named

    return spoil


def middle(lines: list[str]) -> int:
    return len(lines) // 2


SPOILED = {
    "a base unit is assigned twice": rewrite(
        lambda lines: [*lines, lines[middle(lines)].partition(";")[0] + ";" + lines[1].partition(";")[2]]
    ),
    "a base unit is missing": rewrite(lambda lines: lines[: middle(lines)] + lines[middle(lines) + 1 :]),
    "ids of another city": rewrite(lambda lines: [lines[0], *(f"X{line}" for line in lines[1:])], prefix="X"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("what", first_of(list(SPOILED)[:1], nightly=list(SPOILED)[1:]))
def test_a_broken_zuschnitt_stops_names_the_unit_and_leaves_the_last_release(
    what: str, office_with_one: Office, extracts: Path
) -> None:
    office = office_with_one
    named = SPOILED[what](extracts)

    ended = office.run("recut", "musterstadt", NEW, "--from", extracts, "--json")

    assert ended.code in (1, 2, 3, 5)
    assert named in ended.err
    assert "expected" in ended.err.lower()
    assert [path.name for path in (office.home / "releases" / "musterstadt").glob("20*")] == ["2024.1"]
    assert (office.home / "releases" / "musterstadt" / "latest").resolve().name == "2024.1"


@pytest.mark.thorough
def test_an_empty_zuschnitt_stops_and_names_its_file(office: Office, extracts: Path) -> None:
    path = extracts / ASSIGNMENT
    path.write_text(path.read_text("utf-8-sig").splitlines()[0] + "\n", "utf-8-sig")

    ended = office.run("recut", "musterstadt", NEW, "--from", extracts)

    assert ended.code in (1, 3, 5)
    assert "Zuordnung_2020.csv" in ended.err


@pytest.mark.thorough
def test_polygons_in_degrees_where_metres_are_declared_stop(office: Office, extracts: Path) -> None:
    path = extracts / "raum" / "Baublockseiten.geojson"
    collection = json.loads(path.read_text("utf-8"))
    for feature in collection["features"]:
        feature["geometry"]["coordinates"] = [
            [[x / 1e5, y / 1e5] for x, y in ring] for ring in feature["geometry"]["coordinates"]
        ]
    path.write_text(json.dumps(collection), "utf-8")

    ended = office.run("recut", "musterstadt", NEW, "--from", extracts)

    assert ended.code == 5
    assert "EPSG:25832" in ended.err


@pytest.mark.parametrize(
    ("zuschnitt", "said"),
    [
        ("2015-01-01", "expected the newest zuschnitt of musterstadt, 2020-01-01"),
        ("2031-01-01", "valid_from = 2031-01-01"),
        ("gestern", "zuschnitt"),
    ],
)
def test_a_zuschnitt_that_is_not_the_newest_is_wrong_use(office: Office, zuschnitt: str, said: str) -> None:
    ended = office.run("recut", "musterstadt", zuschnitt)

    assert ended.code == 2
    assert said in ended.err.lower()
    assert not (office.home / "runs").exists()


@pytest.mark.thorough
def test_the_report_knows_official_totals_of_stichtage_without_counts(office: Office, extracts: Path) -> None:
    totals = extracts / "amtlich" / "Bevoelkerung.csv"
    totals.write_bytes(totals.read_bytes().replace(b"31.12.2024;", b"30.06.2021;16.500\r\n31.12.2024;", 1))

    ended = office.run("recut", "musterstadt", NEW, "--from", extracts, "--dry-run", "--json")

    assert ended.code == 0, ended.err
    methods = {each["methode"] for each in report(ended)["extent"] if each["raumebene"] == "stadt"}
    assert methods == {"exact", "amtlich"}
    assert "official total" in Path(ended.answer["report"]).read_text("utf-8")
