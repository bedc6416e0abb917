"""Proposals for a city from its files to a Zuschnitt that `recut --dry-run` takes, by the commands one types."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.page_texts import wrong_days
from tests.refresh.conftest import Office


@pytest.mark.thorough
def test_a_proposal_is_made_decided_and_can_be_recut_to(office: Office, small_extracts: Path) -> None:
    asked = ("propose", "musterstadt", "--from", small_extracts, "--rounds", "20", "--json")
    ended = office.run(*asked)
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["proposals"], found
    assert len(found["frontier"]) == 10
    folder = Path(found["folder"])
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "vorschlaege.json").stat().st_mode & 0o077 == 0
    page = (folder / "vorschlaege.html").read_text("utf-8")
    assert "Vorschläge" in page
    assert wrong_days(page) == []
    assert not list(folder.parent.glob("work.duckdb*"))

    first = found["proposals"][0]
    decided = office.run("decide", "musterstadt", first["id"], "rejected", "--by", "A. Muster", "--why", "Schulweg")
    assert decided.code == 0, decided.err
    again = json.loads(office.run(*asked).out)
    assert first["id"] not in [each["id"] for each in again["proposals"]]
    assert [each["decision"]["why"] for each in again["rejected_before"] if each["id"] == first["id"]] == ["Schulweg"]

    reviewed = office.run("review", "musterstadt", "--from", small_extracts, "--json")
    decisions = {unit["id"]: unit["decisions"] for unit in json.loads(reviewed.out)["units"]}
    assert [each["why"] for each in decisions[first["units_before"][0]]] == ["Schulweg"]

    words = shlex.split(found["recut"])[1:]
    recut = office.run(*words, "--json")
    assert recut.code == 0, recut.err
    impact = json.loads(recut.out)["impact"]
    assert impact["nach_zuschnitt"] == found["valid_from"]
    changed = {unit["raum_id"] for change in impact["changes"] if change["raumebene"] == "sozialraum"
               for unit in change["after"]}  # fmt: skip
    assert {unit for each in found["proposals"] for unit in each["new_units"]} <= changed


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("propose",), "propose: expected a city, or --try"),
        (("propose", "musterstadt", "--keep", "999999"), "--keep: expected Sozialräume of the Zuschnitt"),
        (("propose", "musterstadt", "--valid-from", "2019-01-01"), "--valid-from: expected a day after the newest"),
        (("propose", "musterstadt", "--price", "-1"), "--price: expected 0 or more"),
        (("propose", "musterstadt", "--rounds", "0"), "--rounds: expected 1 or more"),
        (
            ("propose", "musterstadt", "--html", "/nowhere/page.html"),
            "--html: expected a file in a folder that",
        ),
        (("propose", "musterstadt", "--out", "/nowhere/cut"), "--out: expected a folder in one that is there"),
        (("decide", "musterstadt", "0000000000", "accepted", "--by", "A", "--why", "B"), "found none called"),
    ],
)
def test_wrong_use_says_what_was_expected(
    office: Office, small_extracts: Path, words: tuple[str, ...], expected: str
) -> None:
    more = ("--from", small_extracts) if words[0] == "propose" and len(words) > 1 else ()
    ended = office.run(*words, *more)
    assert (ended.code, expected in ended.err) == (2, True), ended.err
