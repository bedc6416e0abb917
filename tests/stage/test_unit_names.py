"""Tables that call units by name: a name stands for one base unit or for none, never for another one."""

from __future__ import annotations

import pytest

from flows.base.errors import ConfigError
from tests.stage.deliveries import FILE

BY_NAME = 'matrix = {{ unit = "GEBIET", unit_by_name = "sozialraum", merkmale = {{ einwohner = ["EW"] }}{} }}'
ASSIGNMENT = 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }'
NAMES = 'names = { level = "EBENE", id = "NR", name = "NAME", levels = { SR = "sozialraum", ST = "stadtteil" } }'
SPACE = {"stichtag": "", "zuschnitt": "2020-01-01"}
ASSIGNED = "BBS;SR\n01100001;011001\n01100002;011002\n01100003;012001\n01100004;012001\n"
NAMED = "EBENE;NR;NAME\nSR;011001;Nord\nSR;011002;Süd  am Bach\nSR;012001;Ost\nST;012;Mitte\n"


@pytest.fixture
def city(source):
    """The sources of a city whose Sozialräume have names, and one with residents by these names."""

    def sources(more: str = "", **fields: str) -> list[str]:
        return [
            source("zuordnung", ASSIGNMENT, file="'z.csv'", **SPACE),
            source("namen", NAMES, file="'n.csv'", **SPACE),
            source("einwohner", BY_NAME.format(more), **fields),
        ]

    return sources


def files(table: str, names: str = NAMED, assigned: str = ASSIGNED) -> dict[str, str]:
    return {"z.csv": assigned, "n.csv": names, FILE: table}


def test_a_name_stands_for_the_base_unit_of_its_unit(stage_city, city) -> None:
    staged = stage_city(city(), files("GEBIET;EW\nNord;12\nSüd am Bach;7\n"))

    assert staged.residents == {"01100001": 12, "01100002": 7}
    assert staged.quarantine == []


def test_names_are_the_same_in_nfc_and_nfd_and_with_any_blanks(stage_city, city) -> None:
    staged = stage_city(city(), files("GEBIET;EW\nSu\u0308d\u00a0am\u2009 Bach;7\n"))

    assert staged.residents == {"01100002": 7}


def test_a_name_in_other_letters_is_another_name_and_the_likeliest_is_told(stage_city, city) -> None:
    staged = stage_city(city(), files("GEBIET;EW\nNORD;12\nSüd a. Bach;7\nXyz;1\n"))

    assert staged.residents == {}
    assert staged.quarantine == [(FILE, 2, "GEBIET", "NORD"), (FILE, 3, "GEBIET", "Süd a. Bach"),
                                 (FILE, 4, "GEBIET", "Xyz")]  # fmt: skip
    unknown = "the name of a unit of sozialraum in this Zuschnitt"
    assert staged.rules == [f"{unknown}; the likeliest is Nord", f"{unknown}; the likeliest is Süd am Bach", unknown]


def test_a_name_that_two_units_have_is_refused_with_both(stage_city, city) -> None:
    twice = NAMED.replace("Süd  am Bach", "Nord")
    staged = stage_city(city(), files("GEBIET;EW\nNord;12\n", twice))

    assert staged.residents == {}
    assert staged.rules == [
        "the name of one unit, which this is not: 011001 and 011002 have it (see `unit_lookup`)"
    ]  # fmt: skip


def test_a_unit_of_several_base_units_is_none_that_a_row_can_be_about(stage_city, city) -> None:
    staged = stage_city(city(), files("GEBIET;EW\nOst;12\n"))

    assert staged.residents == {}
    assert staged.rules == ["the name of a unit of one base unit; 012001 has 2"]


def test_a_lookup_file_takes_precedence_over_names(stage_city, city, small_city) -> None:
    small_city.write("orte.csv", "name;id\nNord;011002\nNordstadt;011001\n")
    twice = NAMED.replace("Süd  am Bach", "Nord")
    sources = city(', unit_lookup = "orte.csv"')
    staged = stage_city(sources, files("GEBIET;EW\nNordstadt;12\nNord;7\n", twice))

    assert staged.residents == {"01100001": 12, "01100002": 7}


def test_a_lookup_file_names_units_that_there_are(refusal, city, small_city) -> None:
    small_city.write("orte.csv", "name;id\nNordstadt;999999\n")
    message = refusal(city(', unit_lookup = "orte.csv"'), files("GEBIET;EW\nNordstadt;12\n"))

    assert "orte.csv of source einwohner: expected ids of units of sozialraum, found '999999' of 'Nordstadt'" in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Name;Nr\nNord;1\n", "expected the header name;id, found Name;Nr"),
        ("", "expected the header name;id, found nothing"),
        ("name;id\nNord;\n", "line 2: expected a name and an id, found 'Nord;'"),
        ("name;id\nNord;1;2\n", "line 2: expected a name and an id"),
        ("name;id\nNord;1\n\nNord;2\n", "line 4: expected different names, found 'Nord' again"),
        ('name;id\n"Nord;1\n', "cannot be read as CSV in UTF-8"),
    ],
)
def test_a_lookup_file_that_is_none(small_city, city, text: str, told: str) -> None:
    small_city.write("orte.csv", text)
    with pytest.raises(ConfigError) as refused:
        small_city.with_sources(*city(', unit_lookup = "orte.csv"'))
    assert told in str(refused.value)


def test_a_lookup_file_that_is_missing(small_city, city) -> None:
    with pytest.raises(ConfigError, match=r"orte\.csv is missing, which sources\.toml names as `unit_lookup`"):
        small_city.with_sources(*city(', unit_lookup = "orte.csv"'))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (", unit_digits = 6", "`unit_digits` pads ids; with `unit_by_name` the column has none"),
        (', unit_lookup = "../orte.csv"', "unit_lookup"),
    ],
)
def test_keys_that_do_not_go_with_names(small_city, city, more: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        small_city.with_sources(*city(more))
    assert told in str(refused.value)


def test_a_lookup_without_names_is_refused(small_city, source) -> None:
    contract = 'matrix = { unit = "BBS", unit_lookup = "orte.csv", merkmale = { einwohner = ["EW"] } }'
    with pytest.raises(ConfigError, match="it goes with `unit_by_name`"):
        small_city.with_sources(source("einwohner", contract))


def test_names_are_of_a_raumebene_of_the_city(small_city, city) -> None:
    sources = [text.replace('unit_by_name = "sozialraum"', 'unit_by_name = "quartier"') for text in city()]
    with pytest.raises(ConfigError, match="'quartier' is no Raumebene of the city"):
        small_city.with_sources(*sources)


def test_a_raumebene_without_names_is_told(refusal, city) -> None:
    message = refusal(city(), files("GEBIET;EW\nNord;12\n", "EBENE;NR;NAME\nST;012;Mitte\n"))

    assert (
        "expected names of the units of sozialraum, by which its rows call them (`unit_by_name`), found none" in message
    )


def test_names_of_city_toml_are_names_too(stage_city, city, small_city) -> None:
    small_city.spoil(
        "city.toml", "id_pattern = '\\d{6}'", "id_pattern = '\\d{6}'\nnames = { 011001 = \"Nordviertel\" }"
    )
    given = [text for text in city() if "source.namen" not in text]
    staged = stage_city(given, {"z.csv": ASSIGNED, FILE: "GEBIET;EW\nNordviertel;12\n"})

    assert staged.residents == {"01100001": 12}


def test_the_names_are_those_of_the_zuschnitt_of_the_stichtag(stage_city, city, source, small_city) -> None:
    small_city.spoil("city.toml", "[protection]", '[[zuschnitt]]\nvalid_from = 2022-01-01\nbase = "bbs"\n[protection]')
    later = {"stichtag": "", "zuschnitt": "2022-01-01"}
    sources = [
        *city(),
        source("zuordnung_22", ASSIGNMENT, file="'z22.csv'", **later),
        source("namen_22", NAMES, file="'n22.csv'", **later),
    ]
    given = {
        "z.csv": ASSIGNED, "n.csv": NAMED, "z22.csv": ASSIGNED,
        "n22.csv": "EBENE;NR;NAME\nSR;011001;Süd am Bach\nSR;011002;Nord\n",
        "einwohner_2021.csv": "GEBIET;EW\nNord;1\n", "einwohner_2022.csv": "GEBIET;EW\nNord;2\n",
    }  # fmt: skip
    staged = stage_city(sources, given)

    found = staged.rows("SELECT year(stichtag), basis_id, wert FROM stage.zaehlung ORDER BY ALL")
    assert found == [(2021, "01100001", 1), (2022, "01100002", 2)]


def test_two_rows_of_one_name_are_never_added(stage_city, city) -> None:
    staged = stage_city(city(), files("GEBIET;EW\nNord;12\n Nord ;7\n"))

    assert staged.rules == ["one row for each base unit and Stichtag"]
    assert staged.residents == {}


def test_a_name_beside_something_else_is_found_by_its_pattern(stage_city, city) -> None:
    staged = stage_city(city(r""", unit_pattern = '\d+ (.*)'"""), files("GEBIET;EW\n101 Nord;12\n102 Süd am Bach;7\n"))

    assert staged.residents == {"01100001": 12, "01100002": 7}
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei WHERE quelle = 'einwohner'") == [(0,)]


def test_totals_among_named_units_are_control_sums(stage_city, city) -> None:
    more = ', totals = { stadtteil = { "Bezirk 1" = "012" } }'
    staged = stage_city(city(more), files("GEBIET;EW\nBezirk 1;19\nNord;12\nSüd am Bach;7\n"))

    assert staged.residents == {"01100001": 12, "01100002": 7}
    assert staged.rows("SELECT raum_id, wert FROM stage.kontrollsumme") == [("012", 19)]


def test_a_unit_whose_row_a_rule_leaves_out_is_unknown_and_not_zero(stage_city, city) -> None:
    more = ', unlisted = "zero", only = { ART = ["a"] }'
    staged = stage_city(city(more), files("GEBIET;ART;EW\nNord;a;12\nSüd am Bach;b;7\n"))

    assert staged.rows("SELECT basis_id FROM stage.entfallen_einheit") == [("01100002",)]


def test_a_name_alone_in_its_row_is_a_unit_without_a_figure_and_no_heading(refusal, city) -> None:
    message = refusal(city(dialect='{ section = "BEZIRK" }'), files("GEBIET;EW\nBezirk 1;\nNord;12\nSüd am Bach;\n"))

    assert f"File {FILE}, line 4: expected the heading of a section" in message


def test_a_heading_may_be_called_like_a_unit_where_a_larger_area_is_too(stage_city, city) -> None:
    names = NAMED.replace("ST;012;Mitte", "ST;011;Nord")
    staged = stage_city(city(dialect='{ section = "BEZIRK" }'), files("GEBIET;EW\nNord;\nNord;12\n", names))

    assert staged.residents == {"01100001": 12}


def test_long_rows_are_by_name_too(stage_city, city) -> None:
    long = '[source.einwohner.dialect.long]\nvalue = "EW"\n[source.einwohner.dialect.long.columns]\n'
    contract = BY_NAME.format("").replace('["EW"]', '["m", "w"]')
    sources = [
        *city()[:2],
        city()[2].replace(BY_NAME.format(""), contract) + long + 'm = { S = "m" }\nw = { S = "w" }\n',
    ]
    staged = stage_city(sources, files("GEBIET;S;EW\nNord;m;12\nNord;w;7\n"))

    assert staged.residents == {"01100001": 19}


def test_a_kept_result_is_not_used_once_a_name_stands_for_another_unit(stage_city, city, tmp_path) -> None:
    table = "GEBIET;EW\nNord;12\n"
    first = stage_city(city(), files(table), home=tmp_path / "home", keeping=True)
    swapped = NAMED.replace("011001;Nord", "011001;Au").replace("Süd  am Bach", "Nord")
    second = stage_city(city(), files(table, swapped), home=tmp_path / "home", keeping=True)

    assert (first.residents, second.residents) == ({"01100001": 12}, {"01100002": 12})
