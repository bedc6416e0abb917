"""What columns are for, and which Merkmal they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.app.new_city.ages import Band, covering, true_bands
from flows.app.new_city.delimited import delimited_table
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.merkmale import Words, long_matches, wide_matches
from flows.app.new_city.roles import Roles, roles_of
from flows.app.new_city.units import padded_to, raumebenen
from flows.profile.load import load_profile, shared_codebook


def roles(folder: Path, text: str) -> Roles:
    path = folder / "tabelle.csv"
    path.write_text(text, encoding="utf-8")
    return roles_of(delimited_table(path))


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(shared_codebook())


def test_unit_name_and_figure_are_told_apart(tmp_path: Path) -> None:
    found = roles(tmp_path, "NR;NAME;EW\n101;Altstadt;1234\n102;Süd;250\n103;Ost;3456\n")

    assert (found.unit, found.names["102"], found.figures) == ("NR", "Süd", ["EW"])


def test_without_ids_the_names_are_the_units(tmp_path: Path) -> None:
    found = roles(tmp_path, "NAME;EW\nNord;100\nMitte;200\nOst;300\n")

    assert (found.unit, found.units) == ("NAME", ["Mitte", "Nord", "Ost"])


@pytest.mark.parametrize(
    ("text", "stichtag"),
    [
        (
            "NR;Jahr;Stand;EW\n1;2022;15.01.2024;5\n2;2022;15.01.2024;6\n1;2023;15.01.2024;7\n2;2023;15.01.2024;8\n",
            "Jahr",
        ),
        ("NR;Jahr;erstellt am;EW\n1;2023;15.01.2024;7\n2;2023;15.01.2024;8\n", "Jahr"),
        ("NR;Jahr;Stichtag;EW\n1;2023;31.12.2023;7\n2;2023;31.12.2023;8\n", "Stichtag"),
        ("NR;Baujahr;EW\n1;1950;7\n2;1950;8\n1;1960;9\n2;1960;10\n", None),
    ],
)
def test_the_stichtag_is_the_day_that_the_counts_are_of(tmp_path: Path, text: str, stichtag: str | None) -> None:
    assert roles(tmp_path, text).stichtag == stichtag


def test_rows_of_totals_are_named_with_what_they_add_up_to(tmp_path: Path) -> None:
    found = roles(tmp_path, "GEBIET;EW\nStadt;600\nNord;100\nMitte;200\nOst;300\n")

    assert found.above_units == {"Stadt": "it is called like a total; it is the sum of the units in 1 of 1 figures"}
    assert found.units == ["Mitte", "Nord", "Ost"]


def test_rows_that_repeat_a_unit_are_told_apart_by_dimensions(tmp_path: Path) -> None:
    found = roles(tmp_path, "NR;SEX;NAT;EW\n" + "".join(
        f"{unit};{sex};{nat};{unit + place}\n"
        for unit in (101, 102) for place, (sex, nat) in enumerate([("m", "D"), ("m", "A"), ("w", "D"), ("w", "A")])
    ))  # fmt: skip

    assert [each.column for each in found.dimensions] == ["SEX", "NAT"]
    assert found.figures == ["EW"]


def test_rows_that_nothing_tells_apart_are_left_out(tmp_path: Path) -> None:
    with pytest.raises(LeftOut, match=r"same unit \('NR'\)"):
        roles(tmp_path, "NR;EW\n101;5\n101;6\n102;7\n102;8\n103;9\n103;10\n")


LEVELS = "BLOCK;BEZIRK;BEZIRK_NAME;EW\n1001;{};Alt;5\n1002;{};Alt;6\n2001;{};Neu;7\n2002;{};Neu;8\n"


def test_a_coarser_raumebene_is_the_beginning_of_an_id_where_it_is(tmp_path: Path) -> None:
    found = roles(tmp_path, LEVELS.format(1, 1, 2, 2))

    (level,) = raumebenen(found, None)

    assert (level.id, level.digits, level.names) == ("bezirk", 1, {"1": "Alt", "2": "Neu"})


def test_a_coarser_raumebene_is_looked_up_where_the_id_says_nothing_of_it(tmp_path: Path) -> None:
    found = roles(tmp_path, "BLOCK;BEZIRK;EW\n1001;7;5\n1002;9;6\n2001;9;7\n2002;7;8\n")

    (level,) = raumebenen(found, None)

    assert (level.digits, level.units) == (None, {"1001": "7", "1002": "9", "2001": "9", "2002": "7"})


def test_a_column_that_puts_a_few_units_elsewhere_than_their_ids_is_said(tmp_path: Path) -> None:
    rows = [
        f"{kreis}{number};{kreis if (kreis, number) != (2, 3) else 1};5"
        for kreis in (1, 2, 3)
        for number in range(1, 9)
    ]

    (level,) = raumebenen(roles(tmp_path, "\n".join(["QNR;KREIS;EW", *rows, ""])), None)

    assert (level.digits, level.against) == (1, {"23": "1"})


def test_ids_are_padded_only_where_other_files_have_the_zeros() -> None:
    assert padded_to(["11", "101"], None, []) is None
    assert padded_to(["11", "101"], None, [["011", "101"]]) == 3
    assert padded_to(["011", "101"], None, [["011", "101"]]) is None


@pytest.mark.parametrize(
    ("header", "merkmal"),
    [
        ("POP_TOTAL", "einwohner"), ("Wohnbevölkerung insgesamt", "einwohner"), ("Anzahl Haushalte", "haushalte"),
        ("PopWomen", "weiblich"), ("Ausländer", "nichtdeutsche"), ("einwohner_0_2", "einwohner_0_2"), ("Total", None),
        ("POP_MEN", None), ("Wohnungen in Hochhäusern", None),
    ],
)  # fmt: skip
def test_a_header_is_a_merkmal_by_label_or_synonym_and_else_none(
    words: Words, header: str, merkmal: str | None
) -> None:
    assert words.merkmal(header) == merkmal


def test_no_two_merkmale_of_the_codebook_are_called_alike() -> None:
    from flows.app.new_city.words import plain  # noqa: PLC0415

    called: dict[str, set[str]] = {}
    for name, merkmal in shared_codebook().merkmal.items():
        for text in (name, merkmal.label_de, merkmal.label_en, *merkmal.synonyms):
            called.setdefault(plain(text), set()).add(name)

    assert {text: names for text, names in called.items() if len(names) > 1} == {}


def test_age_bands_make_up_the_age_groups_of_the_codebook(tmp_path: Path, words: Words) -> None:
    found = roles(tmp_path, "NR;0 bis unter 3;3-5;6-17;18-64;65 und älter\n101;3;4;20;90;30\n102;1;2;10;40;20\n")

    matches = {name: match.columns for name, match in wide_matches(found, words).items()}

    assert matches["einwohner_0_2"] == ["0 bis unter 3"]
    assert matches["einwohner_0_17"] == ["0 bis unter 3", "3-5", "6-17"]
    assert matches["einwohner_65_plus"] == ["65 und älter"]
    assert "einwohner_6_9" not in matches


def test_the_upper_end_of_a_band_is_out_where_the_next_begins_with_it() -> None:
    bands = {"a": Band(0, 6, stated=False), "b": Band(6, 15, stated=False), "c": Band(15, 18, stated=False)}

    clear, _ = true_bands(bands)

    assert covering(clear, 0, 17) == ["a", "b", "c"]
    assert covering(clear, 0, 5) == ["a"]


def test_parts_of_a_long_table_are_rows_by_their_labels(tmp_path: Path, words: Words) -> None:
    found = roles(tmp_path, "NR;Geschlecht;EW\n101;m;5\n101;w;6\n102;m;7\n102;w;8\n")

    (match,) = long_matches(found, words)

    assert match.merkmale["einwohner"].columns == ["EW: m", "EW: w"]
    assert match.merkmale["weiblich"].columns == ["EW: w"]
    assert match.columns["EW: w"] == {"Geschlecht": "w"}


def test_totals_are_named_where_they_are_half_of_the_rows(tmp_path: Path) -> None:
    found = roles(tmp_path, "Raum;Einwohner\nNord;100\nSued;200\nBezirk 1;300\nStadt;300\n")

    assert list(found.above_units) == ["Bezirk 1", "Stadt"]
    assert found.units == ["Nord", "Sued"]


def test_units_that_are_written_in_two_ways_are_no_totals(tmp_path: Path) -> None:
    found = roles(tmp_path, "Raum;Einwohner\nOst;100\nWest;200\nMitte;50\nBezirk 1;350\n")

    assert found.above_units == {
        "Bezirk 1": "the others are written like 'Mitte'; it is the sum of the units in 1 of 1 figures"
    }
    two = roles(tmp_path, "Raum;Einwohner\nOst;100\nWest;200\nBezirk 1;310\nStadt;500\n")
    assert list(two.above_units) == ["Stadt"]


@pytest.mark.parametrize(
    ("rows", "above"),
    [
        ("0101;70\n0102;55\n0103;90\n0103A;65\n", []),
        ("0101;70\n0102;55\n0103;90\nohne Angabe;4\n", ["ohne Angabe"]),
        ("0101;70\n0102;55\nInsgesamt;125\n", ["Insgesamt"]),
        ("Kreis A;125\n01;70\n02;55\nKreis B;90\n03;90\n04;5\n05;5\n", ["Kreis A", "Kreis B"]),
        ("01;70\n03;90\n02;55\n04;5\n05;5\nKreis A;125\nKreis B;100\n", ["Kreis A", "Kreis B"]),
        ("01;70\n02;.\n03;90\n04;5\n05;5\nKreis A;125\nKreis B;100\n", ["Kreis A", "Kreis B"]),
        ("Au;70\nBerg;60\nTal;90\nSiedlung 3;99\n", []),
    ],
)
def test_what_is_written_in_another_way_is_a_total_where_its_figures_are_sums(
    tmp_path: Path, rows: str, above: list[str]
) -> None:
    found = roles(tmp_path, f"Stadtteil;EW\n{rows}")

    assert list(found.above_units) == above
    assert {*found.units, *above} == {row.split(";")[0] for row in rows.splitlines()}


def test_a_total_among_the_parts_is_not_added_to_them(tmp_path: Path, words: Words) -> None:
    found = roles(
        tmp_path, "NR;Geschlecht;EW\n101;m;5\n101;w;6\n101;insgesamt;11\n102;m;7\n102;w;8\n102;insgesamt;15\n"
    )

    (match,) = long_matches(found, words)

    assert match.merkmale["einwohner"].columns == ["EW: insgesamt"]


def long(dimension: str, figures: dict[str, list[int]]) -> str:
    """Return a table with a row for each unit and value of a dimension."""
    rows = [f"10{unit};{value};{figure}" for value, by_unit in figures.items() for unit, figure in enumerate(by_unit)]
    return "\n".join([f"NR;{dimension};EW", *rows])


M, W = [5, 7, 1, 9, 4], [6, 8, 3, 2, 4]
BOTH = [m + w for m, w in zip(M, W, strict=True)]


@pytest.mark.parametrize(
    ("dimension", "figures", "added"),
    [
        ("Geschlecht", {"m": M, "w": W, "beide Geschlechter": BOTH}, ["m", "w"]),
        ("Geschlecht", {"beide Geschlechter": BOTH, "m": M, "w": W}, ["m", "w"]),
        ("Herkunft", {"D": M, "EU": M, "Drittstaat": W, "Ausland": BOTH}, ["D", "Drittstaat", "EU"]),
        ("Herkunft", {"D": M, "A": BOTH, "darunter EU": W}, ["A", "D"]),
        ("Alter", {"0-17": BOTH, "0-2": M, "3-5": W, "ab 18": M}, ["0-17", "ab 18"]),
        ("Geschlecht", {"m": M, "w": W, "divers": BOTH[::-1]}, ["divers", "m", "w"]),
    ],
)
def test_what_is_a_sum_or_a_part_of_the_others_is_not_added_to_them(
    tmp_path: Path, words: Words, dimension: str, figures: dict[str, list[int]], added: list[str]
) -> None:
    (match,) = long_matches(roles(tmp_path, long(dimension, figures)), words)

    assert match.merkmale["einwohner"].columns == [f"EW: {each}" for each in added]
    others = [each for each in figures if each not in added]
    assert [each for each in others if repr(each) in match.merkmale["einwohner"].why] == others


def test_of_overlapping_age_bands_that_are_not_all_ages_no_whole_is_made(tmp_path: Path, words: Words) -> None:
    (match,) = long_matches(roles(tmp_path, long("Alter", {"0-2": M, "0-4": BOTH, "6-9": W})), words)

    assert "einwohner" not in match.merkmale
    assert match.merkmale["einwohner_0_2"].columns == ["EW: 0-2"]


@pytest.mark.real
@pytest.mark.parametrize(
    ("source", "file"),
    [("einwohner_alter", "population_2020-02-t2.csv"), ("einwohner_migration", "population_2020-02-t1.csv")],
)
def test_columns_are_matched_as_in_a_profile_that_was_written_by_hand(
    words: Words, real_folder: Path, source: str, file: str
) -> None:
    by_hand = next(each.matrix for each in load_profile("berlin").sources if each.id == source)
    assert by_hand is not None

    found = wide_matches(roles_of(delimited_table(real_folder / "berlin" / file)), words)

    assert {name: found[name].columns for name in by_hand.merkmale} == by_hand.merkmale
