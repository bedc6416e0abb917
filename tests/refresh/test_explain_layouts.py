"""What `--explain FILE` says of files with header rows, headings of sections, names, and dimensions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.app.explain import DryRun, print_file
from flows.base.home import Home
from flows.pull.landing.store import Landing
from flows.pull.models import Lieferung

FILE = "einwohner_2022.csv"


@pytest.fixture
def explained(tmp_path: Path, small_city, source, capsys) -> Callable[..., str]:
    """Return what is printed of one file of a source, without a run."""

    def told(content: str, contract: str, **fields: str) -> str:
        home = Home(tmp_path / "home")
        landing = Landing(home.landing)
        with landing.incoming() as file:
            file.write(content.encode())
            stored = landing.keep(file)
        lieferung = Lieferung(
            source="einwohner", name=FILE, sha256=stored.sha256, checksum=stored.sha256, bytes=stored.bytes, url=FILE,
            fetched_at="2025-01-01T00:00:00Z",
        )  # fmt: skip
        profile = small_city.with_sources(source("einwohner", contract, **fields))
        print_file(DryRun(tmp_path, [lieferung], []), profile, home, FILE)
        return capsys.readouterr().out

    return told


def test_columns_of_figures_by_year_say_which_figure_and_day(explained) -> None:
    told = explained(
        "BBS;Einwohner;;Hunde;\n;2021;2022;2021;2022\n01100001;1;2;3;4\n",
        'matrix = { unit = "BBS", merkmale = { einwohner = ["Einwohner"], haushalte = ["Haushalte"] } }',
        dialect="{ header_rows = 2, merged_headers = true }",
        stichtag='{ source = "header", format = "%Y", day = "12-31" }',
    )

    assert (
        "BBS | Einwohner / 2021 | Einwohner / 2022 | Hunde / 2021 | Hunde / 2022\n    01100001 | 1 | 2 | 3 | 4" in told
    )
    assert "Einwohner / 2021: Merkmal einwohner on 2021-12-31" in told
    assert "Hunde / 2022: nobody names it" in told


def test_columns_called_by_a_date_say_the_day(explained) -> None:
    told = explained(
        "BBS;31.12.2021\n01100001;1\n", 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] } }',
        stichtag='{ source = "header", format = "%d.%m.%Y" }',
    )  # fmt: skip

    assert "31.12.2021: Merkmal einwohner on 2021-12-31" in told


def test_a_header_that_does_not_say_the_day_is_told_in_place_of_the_columns(explained) -> None:
    told = explained(
        "BBS;2021*\n01100001;1\n", 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] } }',
        stichtag='{ source = "header", format = "%Y", day = "12-31" }',
    )  # fmt: skip

    assert "cannot be read: " in told
    assert "expected columns called by a Stichtag" in told


def test_the_heading_of_a_section_is_a_column_of_its_own(explained) -> None:
    text = "BBS;EW\nBezirk 1;\n01100001;12\n"
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] } }'
    told = explained(text, contract, dialect='{ section = "BEZIRK" }')

    assert "BBS | EW | BEZIRK\n    01100001 | 12 | Bezirk 1" in told
    assert "BEZIRK: the heading above the row (`section`)" in told
    assert "nobody names it" not in told


def test_units_by_name_and_columns_that_pick_rows_are_told(explained) -> None:
    told = explained(
        "GEBIET;ART;EW\nNord;a;12\n",
        'matrix = { unit = "GEBIET", unit_by_name = "sozialraum", merkmale = { einwohner = ["EW"] }, '
        'only = { ART = ["a"] } }',
    )

    assert "GEBIET: unit, by the names of sozialraum" in told
    assert "ART: picks rows" in told


def test_columns_that_pick_rows_of_an_assignment_are_told(explained) -> None:
    told = explained(
        "BBS;SR;GEMEINDE\n01100001;011001;a\n",
        'assignment = { unit = "BBS", units = { sozialraum = "SR" }, only = { GEMEINDE = ["a"] } }',
        stichtag="", zuschnitt="2020-01-01",
    )  # fmt: skip

    assert "GEMEINDE: picks rows" in told


PX = (
    'STUB="Gebiet";HEADING="Art";VALUES("Gebiet")="Nord";CODES("Gebiet")="01100001";VALUES("Art")="a";CODES("Art")="1";'
    "DATA=12;"
)


def test_the_code_beside_a_text_needs_no_name(explained) -> None:
    told = explained(
        PX,
        '[source.einwohner.dialect]\nformat = "px"\n[source.einwohner.dialect.long]\nvalue = "value"\n'
        '[source.einwohner.dialect.long.columns]\nEW = { Art = "a" }\n'
        '[source.einwohner.matrix]\nunit = "Gebiet (code)"\nmerkmale = { einwohner = ["EW"] }\n',
    )

    assert "Gebiet: known by the format of the file" in told
    assert "nobody names it" not in told
