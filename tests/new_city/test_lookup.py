"""A table without figures that says in which unit each base unit lies makes these what a release is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.app.new_city.questions import Questions
from flows.app.new_city.write_profile import write_profile
from flows.profile.load import Profile, load_profile

FIGURES = "BBS;EW\n" + "".join(f"0110000{n};{n}00\n" for n in range(1, 7))
LOOKUP = (
    "BBS;SR_NR;SR_NAME;STADTTEIL_NR;STADTTEIL;STRASSE\n01100001;011;Hafen;1;Nord;A\n01100002;011;Hafen;1;Nord;B\n"
    "01100003;012;Altstadt;1;Nord;C\n01100004;012;Altstadt;1;Nord;D\n01100005;013;Wiesen;2;Süd;E\n"
    "01100006;013;Wiesen;2;Süd;F\n"
)


@pytest.fixture
def made(tmp_path: Path):
    """Write the profile of a city that delivers figures of blocks and a lookup."""

    def profile(lookup: str, figures: str = FIGURES, name: str = "ew_2023.csv") -> Profile:
        files = tmp_path / "files"
        files.mkdir()
        (files / name).write_text(figures, encoding="utf-8")
        (files / "Schluessel.csv").write_text(lookup, encoding="utf-8")
        written = write_profile("neustadt", files, tmp_path / "cities", Questions(yes=True))
        return load_profile("neustadt", written.folder)

    return profile


def test_its_ids_and_names_are_those_of_the_sozialraeume(made) -> None:
    profile = made(LOOKUP)
    (source,) = (each for each in profile.sources if each.assignment)
    assert (source.file, source.assignment.unit) == (r"Schluessel\.csv", "BBS")
    assert source.assignment.units == {"sozialraum": "SR_NR", "stadtteil": "STADTTEIL_NR"}
    assert source.assignment.names == {"sozialraum": "SR_NAME", "stadtteil": "STADTTEIL"}
    assert source.assignment.ignore == ["STRASSE"]
    assert [(each.id, each.membership, each.id_pattern) for each in profile.city.raumebene] == [
        ("sozialraum", "assignment", r"\d{3}"), ("stadtteil", "assignment", r"\d{1}"), ("stadt", "city", "neustadt"),
    ]  # fmt: skip
    assert profile.city.base["einheit"].id_pattern == r"\d{8}"
    assert profile.city.zuschnitt[0].nested is True


def test_columns_and_files_with_long_names_have_ids_that_a_profile_may_have(made) -> None:
    long = "Nummer des Ortsteils, in dem die Einheit nach der Hauptsatzung der Gemeinde in ihrer Fassung liegt"
    profile = made(LOOKUP.replace("STADTTEIL_NR", f'"{long}"'), name=f"{long}_2023.csv")
    assert [len(each.id) for each in profile.city.raumebene] == [10, 63, 5]
    assert max(len(each.id) for each in profile.sources) == 63


def test_units_that_do_not_nest_are_said_to(made) -> None:
    profile = made(LOOKUP.replace("01100002;011;Hafen;1;Nord", "01100002;011;Hafen;2;Süd"))
    assert profile.city.zuschnitt[0].nested == []


@pytest.mark.parametrize(
    "lookup",
    [
        LOOKUP.replace("01100006", "01100009"),
        LOOKUP.replace("013;Wiesen;2;Süd;F", ";Wiesen;;Süd;F"),
        "BBS;STRASSE\n" + "".join(f"0110000{n};{'AB'[n % 2]}\n" for n in range(1, 7)),
    ],
    ids=["a unit is not in it", "a unit is in none", "no ids"],
)
def test_a_table_that_does_not_assign_every_unit_is_none(made, lookup: str) -> None:
    profile = made(lookup)
    (source,) = (each for each in profile.sources if each.assignment)
    assert source.assignment.units == {"sozialraum": "BBS"}


def test_ids_that_lost_their_zeros_in_one_of_both_are_padded(made) -> None:
    profile = made(LOOKUP, FIGURES.replace("0110000", "110000"))
    (source,) = (each for each in profile.sources if each.matrix)
    assert source.matrix.unit_digits == 8
