"""Which base unit lies in which unit, and what units are called, from tables."""

import pytest


@pytest.fixture
def assigned(source):
    def text(contract: str) -> str:
        return source("zuordnung", contract, file="'zuordnung.csv'", zuschnitt="2020-01-01", stichtag="")

    return text


@pytest.fixture
def assignment(assigned) -> str:
    return assigned('assignment = { unit = "BBS", units = { sozialraum = "SR" } }')


def test_a_base_unit_lies_in_its_sozialraum_and_in_all_that_is_above(stage_city, assignment) -> None:
    staged = stage_city(assignment, {"zuordnung.csv": "BBS;SR\n01100001;011001\n01200001;012001\n"})
    assert staged.rows("SELECT basis_id, raumebene, raum_id FROM stage.zuordnung ORDER BY ALL") == [
        ("01100001", "sozialraum", "011001"), ("01100001", "stadt", "05998"), ("01100001", "stadtteil", "011"),
        ("01200001", "sozialraum", "012001"), ("01200001", "stadt", "05998"), ("01200001", "stadtteil", "012"),
    ]  # fmt: skip
    assert staged.files == [("zuordnung.csv", 2, 2, 0, 0)]


BOTH = (
    'assignment = { unit = "BBS", units = { sozialraum = "SR" }, '
    'names = { sozialraum = "SR_NAME", stadtteil = "TEIL" } }'
)


def test_an_assignment_may_have_the_names_of_units_beside_their_ids(stage_city, assigned) -> None:
    rows = "01100001;011001;Hafen;Nord\n01100002;011001;Hafen;\n01200001;012001;;Süd\n"
    staged = stage_city(assigned(BOTH), {"zuordnung.csv": f"BBS;SR;SR_NAME;TEIL\n{rows}"})
    assert staged.rows("SELECT raumebene, raum_id, name FROM stage.raum_name ORDER BY ALL") == [
        ("sozialraum", "011001", "Hafen"), ("stadtteil", "011", "Nord"), ("stadtteil", "012", "Süd"),
    ]  # fmt: skip
    assert staged.files == [("zuordnung.csv", 3, 3, 0, 0)]


def test_two_names_of_a_unit_in_an_assignment_are_told_with_the_unit(refusal, assigned) -> None:
    rows = "01100001;011001;Hafen;Nord\n01100002;011001;Am Hafen;Nord\n"
    message = refusal(assigned(BOTH), {"zuordnung.csv": f"BBS;SR;SR_NAME;TEIL\n{rows}"})
    told = "File zuordnung.csv: expected one name of sozialraum 011001 (Zuschnitt 2020-01-01), found 'Am Hafen' and "
    assert message.startswith(f"{told}'Hafen'.")


def test_a_column_of_names_that_is_not_there_is_told(refusal, assigned) -> None:
    assert "'SR_NAME' is missing" in refusal(assigned(BOTH), {"zuordnung.csv": "BBS;SR;TEIL\n01100001;011001;Nord\n"})


def test_rows_that_say_the_same_of_a_base_unit_assign_it_once_and_are_all_taken(stage_city, assignment) -> None:
    text = "BBS;SR\n01100001;011001\n01100002;011001\n01100001;011001\n"
    staged = stage_city(assignment, {"zuordnung.csv": text})
    assert staged.rows("SELECT basis_id, raum_id FROM stage.zuordnung WHERE raumebene = 'sozialraum' ORDER BY 1") == [
        ("01100001", "011001"), ("01100002", "011001"),
    ]  # fmt: skip
    assert staged.files == [("zuordnung.csv", 3, 3, 0, 0)]


def test_rows_that_say_two_things_of_a_base_unit_stand_both_for_the_check_to_see(stage_city, assignment) -> None:
    staged = stage_city(assignment, {"zuordnung.csv": "BBS;SR\n01100001;011001\n01100001;011002\n"})
    assert staged.rows("SELECT raum_id FROM stage.zuordnung WHERE raumebene = 'sozialraum' ORDER BY 1") == [
        ("011001",), ("011002",),
    ]  # fmt: skip


def test_an_assignment_with_other_columns_is_told(refusal, assignment) -> None:
    message = refusal(assignment, {"zuordnung.csv": "BBS;SOZR\n01100001;011001\n"})
    assert "'SR' is missing" in message


@pytest.fixture
def names(source) -> str:
    contract = 'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" } }'
    return source("namen", contract, file="'namen.csv'", zuschnitt="2020-01-01", stichtag="")


def test_names_by_raumebene(stage_city, names) -> None:
    staged = stage_city(names, {"namen.csv": "EBENE;NR;NAME\nTeil;011;Köln-Süd\n"})
    assert staged.rows("SELECT zuschnitt, raumebene, raum_id, name FROM stage.raum_name") == [
        ("2020-01-01", "stadtteil", "011", "Köln-Süd")
    ]


def test_a_unit_that_two_rows_name_differently_is_refused(refusal, names) -> None:
    assert (
        "File namen.csv: expected one name of stadtteil 011 (Zuschnitt 2020-01-01), found 'Nord' and 'Süd'"
        in refusal(names, {"namen.csv": "EBENE;NR;NAME\nTeil;011;Süd\nTeil;011;Nord\n"})
    )


def test_a_raumebene_that_the_contract_does_not_know_is_told_with_its_line(refusal, names) -> None:
    message = refusal(names, {"namen.csv": "EBENE;NR;NAME\nTeil;011;a\n\nViertel;01;x\nViertel;02;y\n"})
    assert message.startswith(
        "Source namen, file namen.csv: expected the Raumebenen Teil in column EBENE, found also 'Viertel' in line 4."
    )
