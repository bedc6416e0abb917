"""What an office does with releases of Musterstadt: verify, compare, make again, go back."""

from __future__ import annotations

import json
import re

import frictionless
import pytest

from tests.refresh.conftest import Office


def test_verify_recomputes_both_releases(two_releases: Office) -> None:
    done = two_releases.run("verify", "musterstadt", "--deep", "--json")
    answer = done.answer
    read = answer.pop("content_read")

    assert (done.code, answer) == (
        0,
        {"city": "musterstadt", "verified": ["2024.1", "2024.2"], "faults": [],
         "signed_by": {"2024.1": None, "2024.2": None}},
    )  # fmt: skip
    assert {version: each["when"] for version, each in read.items()} == {"2024.1": "now", "2024.2": "now"}


def test_verify_names_the_file_that_was_changed(office_with_two: Office) -> None:
    page = office_with_two.home / "releases" / "musterstadt" / "2024.1" / "codebook.html"
    page.chmod(0o644)
    page.write_bytes(page.read_bytes() + b" ")
    done = office_with_two.run("verify", "musterstadt", "--json")
    quick = office_with_two.run("verify", "musterstadt", "--quick", "--json")

    assert done.code == quick.code == 4
    assert done.answer["faults"] == ["2024.1: codebook.html: its bytes have changed since publication"]
    assert quick.answer["faults"] == done.answer["faults"]


def test_diff_finds_the_one_figure_that_was_delivered_anew_and_says_why(two_releases: Office) -> None:
    page = two_releases.root / "diff.html"
    done = two_releases.run("diff", "musterstadt", "2024.1", "2024.2", "--json", "--html", page)
    same = two_releases.run("diff", "musterstadt", "2024.1", "2024.1", "--json")

    assert (done.code, same.code) == (1, 0)
    assert (done.answer["same"], same.answer["same"]) == (False, True)
    changed = {one["indikator_id"] for one in done.answer["levels"]}
    assert changed == {"mindestsicherung_65_plus", "mindestsicherungsquote_65_plus"}
    assert "Mindestsicherungsquote ab 65 Jahren" in page.read_text("utf-8")


@pytest.mark.thorough
def test_reproduce_comes_to_the_same_content(two_releases: Office) -> None:
    release = two_releases.home / "releases" / "musterstadt" / "2024.2"
    commit = json.loads((release / "manifest.json").read_bytes())["code"]["commit"] or ""
    anyway = ["--anyway"] if commit.endswith("-dirty") else []  # a checkout with changes, on a developer's machine
    done = two_releases.run("reproduce", "musterstadt", "2024.2", *anyway, "--json")

    assert done.code == 0, done.err
    assert done.answer["same"] is True
    assert two_releases.run("reproduce", "musterstadt", "2019.1").code == 2, "there is none"


def test_rollback_and_a_new_release_leave_a_chain_that_verifies(office_with_two: Office) -> None:
    back = office_with_two.run("rollback", "musterstadt", "2024.1", "--why", "wrong file", "--json")
    verified = office_with_two.run("verify", "musterstadt", "--json")
    listed = office_with_two.run("releases", "musterstadt")

    assert (back.code, back.answer["latest"], back.answer["why"]) == (0, "2024.1", "wrong file")
    assert verified.code == 0, verified.err
    assert re.search(r"^2024\.1 .*<- latest", listed.out)
    with office_with_two.database() as con:
        assert con.execute("SELECT version FROM _release").fetchone() == ("2024.1",)


@pytest.mark.thorough
def test_the_data_package_of_a_whole_city_is_valid_in_both_forms(two_releases: Office) -> None:
    report = frictionless.validate(
        str(two_releases.home / "releases" / "musterstadt" / "2024.2" / "datapackage.json"), limit_errors=5
    )

    assert report.valid, report.flatten(["title", "rowNumber", "message"])[:5]


def test_every_indikator_with_a_figure_leads_back_to_a_delivered_file(two_releases: Office) -> None:
    with two_releases.database() as con:
        without = con.execute(
            "SELECT DISTINCT indikator_id FROM wert SEMI JOIN indikator_teil USING (indikator_id) WHERE indikator_id "
            "NOT IN (SELECT indikator_id FROM indikator_teil INNER JOIN _origins USING (merkmal))"
        ).fetchall()
        unknown = con.execute("FROM _origins ANTI JOIN _sources USING (quelle, datei, sha256)").fetchall()
        ends = con.execute(
            "WITH RECURSIVE weg AS (SELECT tabelle, aus_tabelle, aus_spalte FROM _lineage WHERE tabelle = 'wert' "
            "AND spalte = 'wert' UNION SELECT _lineage.tabelle, _lineage.aus_tabelle, _lineage.aus_spalte "
            "FROM _lineage INNER JOIN weg ON _lineage.tabelle = weg.aus_tabelle AND _lineage.spalte = weg.aus_spalte) "
            "SELECT DISTINCT tabelle FROM weg WHERE tabelle LIKE 'stage.%' OR tabelle LIKE 'roh%' ORDER BY ALL"
        ).fetchall()
    assert (without, unknown) == ([], [])
    assert {"stage.zaehlung_liste", "stage.geometrie", "roh"} <= {name for (name,) in ends}
