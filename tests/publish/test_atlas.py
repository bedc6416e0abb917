"""The atlas of a release: what its page shows without a script, and that its files are few, the same, and closed."""

from __future__ import annotations

import datetime as dt
import json
import re
import struct
import zlib
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.atlas import write
from flows.atlas.age_bands import AgeBand, age_bands
from flows.atlas.first_view import ranks_of
from flows.publish.build import build
from flows.release.job import Setting
from flows.release.map_classes import CLASSES, ZERO, change_colours, class_colours
from tests.publish.comparing import wide

NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


class Page(HTMLParser):
    """The tags of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def release(tmp_path_factory, city_in):
    """A release of the tiny city; read only."""
    city = city_in(tmp_path_factory.mktemp("atlas"))
    target = city.root / "2024.1"
    build(city.job().write(city.run("r")), target, Setting(version="2024.1", made_at=NOW))
    return target


def text_of(page: Path) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text("utf-8")))


def content_of(release: Path, name: str, file: str) -> dict:
    """What a data file hands over under a name."""
    script = (release / "atlas" / "data" / f"{file}.js").read_text("utf-8")
    (packed,) = [json.loads(f"[{line[9:-2]}]")[1] for line in script.splitlines() if f'("{name}"' in line]
    return json.loads(zlib.decompress(b64decode(packed), wbits=-15)) if isinstance(packed, str) else packed


def test_it_begins_with_the_need_index_as_a_map_before_any_script(release):
    page = Page(release / "atlas" / "index.html")
    fills = [attrs["fill"] for tag, attrs in page.tags if tag == "path" and "fill-rule" in attrs]
    assert sorted(fills) == sorted([CLASSES[0], CLASSES[-1], "url(#geheim)"])
    said = text_of(release / "atlas" / "index.html")
    assert "Bedarfsindex" in said
    assert re.search(
        r"Legende Legend .*hoch high 1 .*nicht erhöht not raised 1 .*nicht erhöht oder hoch not raised or high 1", said
    )


def test_the_ranking_without_a_script_gives_ranges_and_says_why_a_score_is_missing(release):
    said = text_of(release / "atlas" / "index.html")
    ranking = said[said.index("Rangfolge") :]
    assert re.search(
        r"1 bis 2 Sozialraum 012001 1,00 hoch high .*2 Sozialraum 011001 -1,00 nicht erhöht not raised", ranking
    )
    assert re.search(r"1 bis 3 Sozialraum 011002 nicht erhöht oder hoch", ranking)


@pytest.mark.thorough
def test_a_release_without_an_index_begins_with_a_share_that_says_need(city):
    run = city.run("r")
    for table in ("index_wert", "index_sicherheit", "index_beitrag"):
        city.rewrite(run, table, "FROM it WHERE false")
    build(city.job().write(run), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))
    said = text_of(city.root / "2024.1" / "atlas" / "index.html")
    assert re.search(r"SGB-II-Quote SGB II rate Stichtag 31.12.2024", said)
    assert re.search(r"Rangfolge .* 1 Sozialraum 012001 .*Sozialraum 011002 geheim confidential", said)


ESTIMATES = """
    SELECT * REPLACE (
        (CASE raum_id WHEN '011001' THEN 5.0 WHEN '011002' THEN 15.0 ELSE 25.0 END) AS wert, 'ok' AS status,
        'overlap' AS methode, CASE WHEN raum_id = '011002' THEN 12.0 ELSE 1.0 END AS unsicherheit)
    FROM it WHERE indikator_id = 'sgb2_quote'
"""


def without_index(city, wert):
    """The atlas' page of a release without an index, in which `wert` is otherwise."""
    run = city.run("r")
    city.rewrite(run, "wert", wert)
    for table, query in wide(f"FROM '{run / 'wert.parquet'}'").items():
        city.rewrite(run, table, query)
    for table in ("index_wert", "index_sicherheit", "index_beitrag"):
        city.rewrite(run, table, "FROM it WHERE false")
    build(city.job().write(run), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))
    return city.root / "2024.1" / "atlas" / "index.html"


@pytest.mark.thorough
def test_without_index_and_script_an_estimate_is_dashed_and_dotted_where_three_classes_are_possible(city):
    page = without_index(city, ESTIMATES)
    drawn = [attrs for tag, attrs in Page(page).tags if tag == "path" and "fill-rule" in attrs]
    assert [attrs["fill"] for attrs in drawn].count("url(#unsicher)") == 1
    assert {attrs["stroke-dasharray"] for attrs in drawn} == {"8 6"}
    said = text_of(page)
    assert "nicht sicher: mehr als zwei Klassen möglich not sure: more than two classes possible 1 " in said
    assert "geschätzt (gestrichelter Rand) estimated (dashed outline) 3 " in said
    assert "15,0 ± 12,0 nicht sicher, geschätzt not sure, estimated" in said


@pytest.mark.thorough
def test_without_index_and_script_counts_are_circles_the_largest_area_for_the_most(city):
    page = without_index(city, "FROM it WHERE indikator_id = 'einwohner'")
    radii = [float(attrs["r"]) for tag, attrs in Page(page).tags if tag == "circle" and attrs["r"] != "3"]
    assert [round((radius / radii[0]) ** 2, 2) for radius in radii] == [1, 0.75, 0.42]


def test_ranks_of_figures_are_ranges_where_their_intervals_overlap():
    assert ranks_of([(9.0, 0), (8.0, 2.0), (7.0, 0), (3.0, 0), (None, 0)]) == ["1 bis 2", "1 bis 3", "2 bis 3", "4", ""]
    assert ranks_of([(5.0, 0), (5.0, 0), (1.0, 0)]) == ["1 bis 2", "1 bis 2", "3"]


@pytest.mark.thorough
def test_a_city_without_outlines_has_the_ranking(city):
    run = city.run("r")
    for table in ("sozialraum", "stadtteil", "stadt"):
        city.rewrite(run, table, "SELECT * REPLACE (NULL::BLOB AS geometrie) FROM it")
    build(city.job().write(run), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))
    said = text_of(city.root / "2024.1" / "atlas" / "index.html")
    assert "keine Umrisse geliefert" in said
    assert "Sozialraum 012001 1,00 hoch" in said


@pytest.mark.thorough
def test_a_line_beside_the_polygon_of_a_unit_is_no_part_of_its_outline(city):
    """A union of delivered shapes may leave one; outlines that are not polygons cannot be simplified together."""
    run = city.run("r")
    line = struct.pack("<BII4d", 1, 2, 2, 0, 0, 5000, 5000)
    both = f"unhex('{struct.pack('<BII', 1, 7, 2).hex()}') || geometrie || unhex('{line.hex()}')"
    city.rewrite(run, "sozialraum", f"SELECT * REPLACE ({both} AS geometrie) FROM it")

    build(city.job().write(run), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))

    page = Page(city.root / "2024.1" / "atlas" / "index.html")
    assert sum(tag == "path" and "fill-rule" in attrs for tag, attrs in page.tags) == 3


def test_nothing_in_the_page_is_inline_or_from_elsewhere(release):
    page = Page(release / "atlas" / "index.html")
    assert [attrs for tag, attrs in page.tags if tag == "script" and not attrs.get("src")] == []
    assert [tag for tag, attrs in page.tags if tag == "style" or "style" in attrs] == []
    assert [tag for tag, attrs in page.tags for name in attrs if name.startswith("on")] == []
    taken = [attrs.get("src") or attrs["href"] for tag, attrs in page.tags if tag in ("script", "link", "img")]
    assert taken == ["data:,", "atlas.css", "atlas.js", "data/core.js"]
    (rule,) = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert rule.startswith("default-src 'none'; script-src 'self' file:; style-src 'self' file:;")
    assert "unsafe" not in rule


def test_a_protected_figure_is_a_letter_and_no_number(release):
    core = content_of(release, "core", "core")
    cells = content_of(release, "zahl sgb2_quote", "zahl_sgb2_quote")["cells"].split(",")
    place = next(place for place, unit in enumerate(core["units"]) if unit[0] == "011002")
    days = len(core["days"])
    assert {core["letters"][cell] for cell in cells[place * days : (place + 1) * days]} == {"geschuetzt"}


def test_its_files_are_in_the_manifest_and_the_first_page_leads_to_it(release, read_json):
    files = read_json(release / "manifest.json")["files"]
    own = {path.relative_to(release).as_posix() for path in (release / "atlas").rglob("*") if path.is_file()}
    assert own <= set(files)
    assert "atlas/index.html" in [attrs.get("href") for tag, attrs in Page(release / "index.html").tags]
    assert "../index.html" in [attrs.get("href") for tag, attrs in Page(release / "atlas" / "index.html").tags]


def test_the_same_tables_give_the_same_bytes(release, city):
    build(city.job().write(city.run("again")), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))
    made = {path.name: path.read_bytes() for path in (city.root / "2024.1" / "atlas").rglob("*.*")}
    assert made == {path.name: path.read_bytes() for path in (release / "atlas").rglob("*.*")}


def test_many_indikatoren_share_files(city, monkeypatch):
    monkeypatch.setitem(write.MOST_FILES, "zahl", 2)
    build(city.job().write(city.run("r")), city.root / "2024.1", Setting(version="2024.1", made_at=NOW))
    release = city.root / "2024.1"
    files = {each["id"]: each["file"] for each in content_of(release, "core", "core")["indikatoren"]}
    assert files == {
        "einwohner": "zahl_einwohner", "sgb2_quote": "zahl_einwohner",
        "wohnflaeche_je_einwohner": "zahl_wohnflaeche_je_einwohner",
    }  # fmt: skip
    assert content_of(release, "zahl sgb2_quote", "zahl_einwohner")["about"][0] == "Anteil der Beziehenden."


def test_neighbours_share_a_line_and_not_only_a_corner(release):
    core = content_of(release, "core", "core")
    units = content_of(release, "umriss 2020-01-01 sozialraum", "umriss_2020-01-01_sozialraum")["units"]
    names = {place: core["units"][place][0] for place, *_ in units}
    assert {names[place]: [names[each] for each in near] for place, *_, near in units} == {
        "011001": ["011002"], "011002": ["011001", "012001"], "012001": ["011002"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("indikatoren", "begins"),
    [
        (["einwohner_0_17", "einwohner_18_64", "einwohner_65_plus"], [0, 18, 65]),
        (["einwohner_0_17", "einwohner_0_5", "einwohner_6_17", "einwohner_18_plus"], [0, 6, 18]),
        (["einwohner_0_17", "einwohner_19_plus"], []),
        (["einwohner", "anteil_einwohner_0_17"], []),
    ],
)
def test_ages_are_the_finest_bands_without_gap_or_overlap(indikatoren, begins):
    assert [band.begin for band in age_bands(indikatoren)] == begins


def test_the_oldest_are_an_open_band_that_ends_at_100():
    assert age_bands(["einwohner_0_79", "einwohner_80_plus"])[-1] == AgeBand("einwohner_80_plus", 80, 100)


def test_colours_of_defined_classes_run_from_the_palest_to_the_darkest():
    assert class_colours(3) == [CLASSES[0], CLASSES[2], CLASSES[4]]
    assert len(set(class_colours(6))) == 6
    assert change_colours(3)[1] == "#f4f4f4"
    assert ZERO not in class_colours(6)


def test_types_are_a_subject_of_the_atlas_with_what_is_said_of_each_unit(release):
    core = content_of(release, "core", "core")
    (typology,) = [each for each in core["indices"] if each["types"]]
    lines = content_of(release, f"index {typology['id']}", typology["file"])["lines"].split("\n")
    said = {
        unit[0]: lines[place * len(core["days"]) + core["days"].index("2024-12-31")].split(";")[4:12]
        for place, unit in enumerate(core["units"]) if core["levels"][unit[2]][0] == "sozialraum"
    }  # fmt: skip

    assert [name for name, *_ in typology["classes"]] == ["Weit", "Eng"]
    assert said == {
        "011001": ["1", "1", "1", "", "", "1:980", "2", "klar"],
        "011002": ["", "", "1 2", "", "", "", "", ""],
        "012001": ["2", "2", "2", "", "", "2:600", "1", "grenzfall"],
    }
