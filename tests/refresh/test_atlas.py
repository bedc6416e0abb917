"""The atlas of Musterstadt in a browser and on paper: what it shows is what the release says, wherever one looks.

One browser opens the page once; a script beside it goes through the addresses and notes what the page shows.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import zlib
from base64 import b64decode
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.atlas.figures import class_limits
from flows.base.german_numbers import number
from flows.profile.vocabulary import vocabulary
from flows.release.map_classes import classes_of_changes, classes_of_shares, classes_reached
from tests.axe import axe_script
from tests.browser import BROWSER
from tests.refresh.test_pages import Opened, opened

FIRST = "#index=bedarf&stichtag=2024-12-31&zuschnitt=2020-01-01&ebene=sozialraum"
CHANGES = [[-3.0, -1.0, 0.0, 0.0, 2.0, 5.0, 9.0], [0.0, 0.0], [1.5, 2.5], [-0.4], []]
SHARES = [[0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 2.0, 2.0], [0.0, 0.0]]

INTERVALS = [(0, 2.0, 1.0), (0, 0.5, 9.0), (1, 3.0, 0.5), (1, 3.0, 2.5), (1, 9.0, 1.0), (2, 2.0, 5.0)]
"""Of which of SHARES, the figure, and half of its interval."""

DRIVER = (Path(__file__).parent / "atlas_driver.js").read_text("utf-8")
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def release(one_release) -> Path:
    return one_release.home / "releases" / "musterstadt" / "2024.1"


@pytest.fixture(scope="module")
def con(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(release / "fortschreibung.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def cells(release: Path) -> dict[tuple[str, ...], str]:
    """The cell of every Zuschnitt, Raumebene, unit, Stichtag and Indikator, as the files of the atlas hold it."""
    data = release / "atlas" / "data"
    core = contents(data / "core.js")["core"]
    levels = [level for level, *_ in core["levels"]]
    found = {}
    for indikator in core["indikatoren"]:
        texts = contents(data / f"{indikator['file']}.js")[f"zahl {indikator['id']}"]["cells"].split(",")
        assert len(texts) == len(core["units"]) * len(core["days"])
        for place, (unit, _, level, zuschnitt, *_) in enumerate(core["units"]):
            for at, day in enumerate(core["days"]):
                key = (core["zuschnitte"][zuschnitt], levels[level], unit, day, indikator["id"])
                found[key] = texts[place * len(core["days"]) + at]
    return found


def contents(script: Path) -> dict[str, Any]:
    handed = [json.loads(f"[{line[9:-2]}]") for line in script.read_text("utf-8").splitlines()]
    return {
        name: json.loads(zlib.decompress(b64decode(given), wbits=-15)) if isinstance(given, str) else given
        for name, given in handed
    }


def test_every_figure_of_the_release_is_in_the_atlas_and_nothing_else(con, cells, release) -> None:
    letters = contents(release / "atlas" / "data" / "core.js")["core"]["letters"]
    form = re.compile(r"([-+\d.e]*)([A-M]?)([N-Z]?)([-+\d.e]*)")
    read = {}
    for key, text in cells.items():
        figure, status, method, around = form.fullmatch(text).groups()
        if text:
            read[key] = (float(figure) if figure else None, letters.get(status, "ok"), letters.get(method), around)
    rows = con.execute(
        "SELECT zuschnitt, raumebene, raum_id, stichtag::VARCHAR, indikator_id, wert, status, methode, unsicherheit "
        "FROM wert_alle"
    ).fetchall()
    expected = {row[:5]: row[5:] for row in rows}
    # a figure of 0 decimals that is complete and counted is never an empty cell, so that no row is lost
    assert set(read) == set(expected)
    for key, (figure, status, method, around) in expected.items():
        shown = read[key]
        assert shown[:2] == (figure, status), key
        if figure is not None:
            assert shown[2] in (method, None if method == "exact" else method), key
            assert (float(shown[3]) if shown[3] else None) == around, key


def test_a_protected_figure_appears_nowhere(con, cells) -> None:
    keys = con.execute(
        "SELECT zuschnitt, raumebene, raum_id, stichtag::VARCHAR, indikator_id FROM wert_alle "
        "WHERE status = 'geschuetzt'"
    ).fetchall()
    assert len(keys) > 100
    assert {cells[key] for key in keys} == {"A"}


def test_it_is_small(release) -> None:
    files = [path for path in (release / "atlas").rglob("*") if path.is_file()]
    assert len(files) <= 150
    assert sum(path.stat().st_size for path in files) <= 5_000_000
    before_paint = [(release / "atlas" / name).read_bytes() for name in ("index.html", "atlas.css")]
    assert sum(len(zlib.compress(each)) for each in before_paint) <= 100_000


# ------------------------------------------------------------------------------------------------- in a browser

SAMPLED = [
    ("sgb2_quote_0_17", "2020-01-01", "sozialraum", "2024-12-31"),
    ("einwohner", "2015-01-01", "sozialraum", "2021-12-31"),
    ("wohnflaeche_je_person", "2020-01-01", "sozialraum", "2018-12-31"),
    ("anteil_alleinerziehende", "2015-01-01", "stadtteil", "2024-12-31"),
    ("veraenderung_einwohner_1_jahr", "2020-01-01", "sozialraum", "2022-12-31"),
    ("zuzuege_je_1000", "2015-01-01", "sozialraum", "2023-12-31"),
    ("sgb2", "2020-01-01", "sozialraum", "2020-12-31"),
    ("mindestsicherungsquote_65_plus", "2015-01-01", "sozialraum", "2024-12-31"),
    ("personen_je_haushalt", "2020-01-01", "sozialraum", "2019-12-31"),
    ("sgb2_quote", "2015-01-01", "stadtbezirk", "2022-12-31"),
]


def address(indikator: str, zuschnitt: str, level: str, day: str, more: str = "") -> str:
    return f"#indikator={indikator}&stichtag={day}&zuschnitt={zuschnitt}&ebene={level}{more}"


DISTANCE = address(*SAMPLED[0], "&als=abstand")
CHANGE = address("einwohner", "2020-01-01", "sozialraum", "2024-12-31", "&als=veraenderung&seit=2019-12-31")
NO_CHANGE = address("einwohner", "2020-01-01", "sozialraum", "2015-12-31", "&als=veraenderung&seit=2019-12-31")
ENGLISH = address("sgb2_quote", "2020-01-01", "sozialraum", "2024-12-31", "&sprache=en")


@pytest.fixture(scope="module")
def chosen(con) -> str:
    """A unit that the redraw touched."""
    (unit,) = con.execute(
        "SELECT min(nach_id) FROM raum_ereignis WHERE raumebene = 'sozialraum' AND ereignis = 'geteilt'"
    ).fetchone()
    return unit


@pytest.fixture(scope="module")
def driven(release: Path, chosen: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Opened, dict[str, Any]]:
    """The page opened from disk, and what it showed at each address."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("driven")
    atlas = folder / "atlas"
    shutil.copytree(release / "atlas", atlas, copy_function=shutil.copyfile)
    for path in (atlas, atlas / "data"):
        path.chmod(0o755)
    hashes = [
        FIRST,
        *(address(*each) for each in SAMPLED),
        DISTANCE,
        CHANGE,
        NO_CHANGE,
        ENGLISH,
        f"{FIRST}&raum={chosen}",
    ]
    given = {
        "hashes": hashes, "changes": CHANGES, "limits": [class_limits(each) for each in SHARES], "chosen": chosen,
        "reached": [[class_limits(SHARES[at]), figure, around] for at, figure, around in INTERVALS],
    }  # fmt: skip
    head = f"const GIVEN = {json.dumps(given)};\n"
    (atlas / "driver.js").write_text(head + DRIVER, encoding="utf-8")
    page = (atlas / "index.html").read_text("utf-8")
    script = '<script defer src="data/core.js"></script>\n'
    assert script in page
    shutil.copyfile(axe_script(), atlas / "axe.min.js")
    driver = '<script defer src="axe.min.js"></script>\n<script defer src="driver.js"></script>\n'
    (atlas / "index.html").write_text(page.replace(script, script + driver), encoding="utf-8")
    found = opened((atlas / "index.html").as_uri(), folder, until="#seen")
    noted = re.search(r'<pre id="seen">(.*?)</pre>', found.text, re.DOTALL)
    assert noted is not None, found.console
    return found, json.loads(unescape(noted[1]))


@pytest.mark.browser
def test_no_script_fails_and_no_other_machine_is_asked(driven) -> None:
    found, seen = driven
    assert seen["failures"] == []
    assert found.console == []
    assert [url for url in found.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize("view", SAMPLED)
def test_what_the_page_shows_equals_the_release(driven, con, view) -> None:
    indikator, zuschnitt, level, day = view
    seen = driven[1][address(*view)]
    (decimals, kind) = con.execute(
        "SELECT nachkommastellen, typ FROM indikator WHERE indikator_id = ?", [indikator]
    ).fetchone()
    rows = con.execute(
        f"SELECT coalesce(name, raum_id), wert, status, unsicherheit FROM {level} AS unit LEFT JOIN (FROM wert_alle "
        f"WHERE indikator_id = ? AND stichtag = ? AND raumebene = '{level}') AS figure "
        f"ON figure.zuschnitt = unit.zuschnitt AND raum_id = {level}_id WHERE unit.zuschnitt = ?",
        [indikator, day, zuschnitt],
    ).fetchall()
    statuses = vocabulary().status
    expected = {}
    for name, figure, status, around in rows:
        shown = number(figure, decimals) + (f" ± {number(around, decimals)}" if around else "")
        if kind == "veraenderung" and figure is not None:
            shown = ("" if not re.search("[1-9]", shown) else MINUS if figure < 0 else "+") + shown.lstrip("-")
        expected[name] = shown if figure is not None else statuses[status or "nicht_geliefert"].short_de
    assert len(rows) == len(seen["rows"])
    assert {name: figure or why for _, name, figure, _, why in seen["rows"]} == expected


@pytest.mark.browser
def test_the_legend_counts_every_unit_once(driven) -> None:
    seen = driven[1][address(*SAMPLED[0])]
    counts = [int(re.search(r"(\d+)$", line)[1]) for line in seen["legend"] if "gestrichelt" not in line]
    assert sum(counts) == len(seen["rows"]) == len(seen["fills"])
    assert sum("Stadt:" in line for line in seen["legend"]) == 1


@pytest.mark.browser
def test_it_begins_with_the_need_index_and_ranks_as_ranges(driven, con) -> None:
    seen = driven[1][FIRST]
    assert seen["title"] == "Bedarfsindex"
    ranks = {
        name: f"{first}" if first == last else f"{first} bis {last}"
        for name, first, last in con.execute(
            "SELECT name, rang_von, rang_bis FROM index_wert JOIN sozialraum ON raum_id = sozialraum_id AND "
            "sozialraum.zuschnitt = index_wert.zuschnitt WHERE index_id = 'bedarf' AND raumebene = 'sozialraum' "
            "AND stichtag = DATE '2024-12-31' AND rang_von IS NOT NULL"
        ).fetchall()
    }
    assert {name: rank for rank, name, *_ in seen["rows"] if rank} == ranks
    assert any("bis" in rank for rank in ranks.values())


@pytest.mark.browser
def test_counts_are_circles_and_changes_part_at_zero(driven) -> None:
    circles = driven[1][address(*SAMPLED[1])]
    assert circles["circles"] > 0
    assert set(circles["fills"]) <= {"#f4f4f0", "url(#geheim)", "#ececec", "#fbefd9"}
    assert "seit 31.12.2019 · %" in driven[1][CHANGE]["subtitle"]
    assert re.fullmatch(r"Stichtag 31\.12\.2015 · \w+ · \w+", driven[1][NO_CHANGE]["subtitle"]), "no Stichtag before it"
    assert all(re.match(rf"[+{MINUS}]|0,0", row[2]) for row in driven[1][CHANGE]["rows"] if row[2])


@pytest.mark.browser
def test_the_sentence_says_on_which_boundaries_and_at_which_stichtage_figures_are_estimates(driven, con) -> None:
    first, last = con.execute(
        "SELECT strftime(min(stichtag), '%d.%m.%Y'), strftime(max(stichtag), '%d.%m.%Y') FROM wert_alle "
        "WHERE indikator_id = 'einwohner' AND zuschnitt = '2015-01-01' AND raumebene = 'sozialraum' "
        "AND methode <> 'exact' AND wert IS NOT NULL"
    ).fetchone()
    said = f"; Zahlen auf den Grenzen vom 01.01.2015, zum Teil geschätzt ({first} bis {last})."
    assert driven[1][address(*SAMPLED[1])]["sentence"].endswith(said)
    assert driven[1][address(*SAMPLED[0])]["sentence"].endswith("; Zahlen auf den Grenzen vom 01.01.2020.")


@pytest.mark.browser
def test_a_distance_is_the_difference_from_the_city(driven, con) -> None:
    indikator, zuschnitt, _, day = SAMPLED[0]
    query = "SELECT wert FROM wert_alle WHERE indikator_id = ? AND stichtag = ? AND zuschnitt = ? AND raumebene = ?"
    (city,) = con.execute(query, [indikator, day, zuschnitt, "stadt"]).fetchone()
    figures = con.execute(query, [indikator, day, zuschnitt, "sozialraum"]).fetchall()
    expected = sorted(number(abs(figure - city), 1) for (figure,) in figures if figure is not None)
    assert sorted(row[2].lstrip(f"+{MINUS}") for row in driven[1][DISTANCE]["rows"] if row[2]) == expected


@pytest.mark.browser
def test_a_profile_tells_figures_neighbours_and_the_redraw(driven, con, chosen) -> None:
    profile = driven[1][f"{FIRST}&raum={chosen}"]["profile"]
    name, residents = con.execute(
        "SELECT name, einwohner FROM sozialraum_jahr WHERE sozialraum_id = ? AND stichtag = DATE '2024-12-31'", [chosen]
    ).fetchone()
    assert f"Profil: {name} {chosen}" in profile
    assert f"Einwohner{number(residents)}31.12.2024" in profile
    assert "geteilt, aus " in profile
    assert "Nachbarnkeine" not in profile


@pytest.mark.browser
def test_it_speaks_english_and_every_field_has_a_label(driven) -> None:
    seen = driven[1][ENGLISH]
    assert seen["lang"] == "en"
    assert seen["title"] == "SGB II rate" or "SGB II" in seen["title"]
    assert "units with a figure" in seen["sentence"]
    assert seen["labels"] == []


@pytest.mark.browser
def test_axe_finds_nothing_on_a_map_with_a_profile(driven) -> None:
    assert driven[1]["judged"] == []


@pytest.mark.browser
def test_arrow_keys_walk_the_map_and_enter_opens_a_unit(driven) -> None:
    assert ": " in driven[1]["spoken"]
    assert "&raum=" in driven[1]["opened"]


@pytest.mark.browser
def test_indikatoren_are_found_by_the_words_of_their_readers(driven) -> None:
    children, benefits, foreigners = driven[1]["found"]
    assert any("SGB-II-Quote der 0- bis" in words for words in children)
    assert any("SGB II" in words or "SGB-II" in words for words in benefits)
    assert any("Nichtdeutsche" in words for words in foreigners)


@pytest.mark.browser
def test_what_is_saved_names_its_source(driven) -> None:
    seen = driven[1]
    assert "Lizenz: CC0 1.0" in seen["svg"]
    assert "synthetische Daten" in seen["svg"]
    assert " ".join(seen["source"]) == " ".join(["Amt für Statistik"] * 40), "however long it is"
    assert 1 < len(seen["source"]) == sum(len(line) <= 185 for line in seen["source"])
    ((ending, kind, size),) = seen["saved"]
    assert (ending, kind) == ("png", "image/png")
    assert size > 10_000
    assert seen["csv"].startswith("zuschnitt;raumebene;raum_id;name;stichtag;index_id;")
    assert len(seen["csv"].splitlines()) == len(seen[FIRST]["rows"]) + 1
    assert seen["escaped"] == '\'=1+1;"a;b";"c""d";1,5;\r\n'


@pytest.mark.browser
def test_classes_of_the_page_are_those_of_the_one_rule(driven) -> None:
    def plain(classes) -> list[dict[str, Any]]:
        return [
            {"low": each.low, "high": each.high, "colour": each.colour,
             "lowInside": each.low_inside, "highInside": each.high_inside}
            for each in classes
        ]  # fmt: skip

    assert driven[1]["changes"] == [plain(classes_of_changes(figures)) for figures in CHANGES]
    assert driven[1]["shares"] == [plain(classes_of_shares(figures)) for figures in SHARES]
    reached = [classes_reached(classes_of_shares(SHARES[at]), figure, around) for at, figure, around in INTERVALS]
    assert driven[1]["reached"] == reached
    assert max(reached) > 2


@pytest.mark.browser
def test_a_long_entry_of_a_saved_legend_takes_two_lines_and_loses_no_word(driven) -> None:
    lines = [line for line in driven[1]["legend"] if re.match("Ein- und|Gärten am Rand", line)]
    assert re.match(r"Ein- und Zweifamilienhäuser mit Gärten am Rand der Stadt \(\d+\) Ein- und", " ".join(lines))
    assert max(map(len, lines)) <= 36


@pytest.mark.browser
def test_the_csv_of_a_profile_has_each_index_with_class_probability_and_rank(driven, con, chosen) -> None:
    rows = list(csv.DictReader(driven[1]["profileCsv"].splitlines(), delimiter=";"))
    found = {
        row["index_id"]: (row["wert"], row["rang_von"], row["rang_bis"], row["betroffene"])
        for row in rows if row["index_id"] and row["stichtag"] == "2024-12-31"
    }  # fmt: skip
    expected = con.execute(
        "SELECT index_id, round(punkte, 2), rang_von, rang_bis, betroffene FROM index_wert "
        "WHERE raumebene = 'sozialraum' AND raum_id = ? AND stichtag = DATE '2024-12-31'", [chosen]
    ).fetchall()  # fmt: skip
    assert found == {name: tuple(map(_in_a_spreadsheet, figures)) for name, *figures in expected}
    likely = con.execute(
        "SELECT label_de, wahrscheinlichkeit FROM index_sicherheit JOIN index_klasse USING (index_id, index_version, "
        "klasse) WHERE klassenart = 'stand' AND index_id = 'bedarf' AND raumebene = 'sozialraum' AND raum_id = ? "
        "AND zuschnitt = '2020-01-01' AND stichtag = DATE '2024-12-31' ORDER BY wahrscheinlichkeit DESC",
        [chosen],
    ).fetchall()
    (need,) = [row for row in rows if row["index_id"] == "bedarf" and row["stichtag"] == "2024-12-31"]
    assert set(need["klasse_oder_typ"].split(" oder ")) <= {"nicht erhöht", "hoch", "sehr hoch"}
    said = [f"{label} ({number(100 * share, 1)} %)" for label, share in likely if round(1000 * share)]
    assert need["wahrscheinlichkeit"] == ", ".join(said)
    assert {row["klasse_oder_typ"] for row in rows if row["typologie_id"]} != {""}
    assert len({row["indikator_id"] for row in rows}) == 1 + con.execute("SELECT count(*) FROM indikator").fetchone()[0]


def _in_a_spreadsheet(figure: float | None) -> str:
    return "" if figure is None else f"{figure:g}".replace(".", ",")
