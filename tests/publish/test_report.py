"""The Fortschreibung as a report: every Sozialraum has its page, and no figure looks surer than it is."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from flows.app.print_pdf import BROWSERS, CHOSEN, print_pdf
from flows.base.errors import ConfigError, FortschreibungError
from flows.pages.report_model import Figure, Indikator, Kind, Need, Resident
from flows.pages.report_page import (
    HEIGHT,
    MARGIN,
    WIDTH,
    curve,
    figure_words,
    kind_words,
    need_words,
    rank_words,
    report_html,
)

QUOTE = Indikator("quote", "Quote", "Anteil", None, "%", 1, "anteil", "soziales", 1, 10.0, 9.0, 2)
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


def figure(wert=None, status="ok", methode="exact", unsicherheit=None):
    return Figure("011001", "quote", wert, status, methode, unsicherheit, None)


def residents(*counts, estimated=()):
    return [
        Resident(dt.date(2020 + year, 12, 31), count, year in estimated) for year, count in enumerate(counts)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def page(redrawn_release: Path) -> str:
    return report_html(redrawn_release)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_every_sozialraum_has_a_page_of_its_own(page):
    assert re.findall(r'<section class="sheet" id="raum-(\d+)">', page) == ["011001", "011002", "012001"]
    assert all(f'href="#raum-{unit}"' in page for unit in ("011001", "011002", "012001"))


def test_it_says_whose_it_is_what_is_new_and_that_the_city_does_not_exist(page):
    said = text_of(page)

    assert "Fortschreibung 2024.1" in said
    assert "Erste Fortschreibung; es gibt keine frühere zum Vergleich." in said
    assert "Synthetische Daten." in said


def test_the_table_has_the_published_figures_beside_those_of_the_city(redrawn_release, page):
    with duckdb.connect(str(redrawn_release / "fortschreibung.duckdb"), read_only=True) as con:
        (residents,) = con.execute(
            "SELECT wert FROM wert WHERE indikator_id = 'einwohner' AND raum_id = '011001' AND stichtag = '2024-12-31'"
        ).fetchone()

    row = re.search(r'<tr><td><a href="#raum-011001">.*?</tr>', page, re.DOTALL)[0]
    assert f'<td class="n">{residents:,.0f}</td>'.replace(",", ".") in row
    assert "2.600" in text_of(page), "residents of the city"


def test_the_page_of_a_unit_says_what_the_last_redraw_did_to_it(redrawn_release, tmp_path):
    copied = tmp_path / "2024.1"
    shutil.copytree(redrawn_release, copied)
    (copied / "fortschreibung.duckdb").chmod(0o644)
    with duckdb.connect(str(copied / "fortschreibung.duckdb")) as con:
        con.execute("UPDATE raum_ereignis SET beschreibung = 'Ein Teil kam hinzu.' WHERE nach_id = '011002'")

    pages = report_html(copied).split('<section class="sheet"')[1:]

    assert ["Beim letzten Neuzuschnitt: Ein Teil kam hinzu." in text_of(one) for one in pages] == [False, True, False]


def test_the_maps_begin_with_the_need_and_the_types(page):
    titles = re.findall(r'<div class="map"[^>]*><svg [^>]*aria-label="([^"]+)"', page)

    assert titles[0] == "Bedarfsindex"
    assert titles[1:3] == ["Siedlungstypen", "Einwohner"]


def test_it_asks_no_other_machine_for_anything(page):
    assert "<script" not in page
    assert re.findall(r"(?:src|@import|url)\s*[=(]\s*[\"']?https?:", page) == []


def test_a_release_without_indices_has_a_report_without_them(redrawn_release, tmp_path):
    copied = tmp_path / "2024.1"
    shutil.copytree(redrawn_release, copied)
    (copied / "fortschreibung.duckdb").chmod(0o644)
    with duckdb.connect(str(copied / "fortschreibung.duckdb")) as con:
        views = con.execute("SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'index_%'").fetchall()
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'index_%'").fetchall()
        con.execute("; ".join(
            [f"DROP VIEW {name}" for (name,) in views] + [f"DROP TABLE {name}" for (name,) in tables]
        ))  # fmt: skip

    assert report_html(copied).count('class="sheet"') == 3


def test_a_release_without_types_and_from_before_counts_were_withdrawn_has_a_report(redrawn_release, tmp_path):
    copied = tmp_path / "2024.1"
    shutil.copytree(redrawn_release, copied)
    (copied / "fortschreibung.duckdb").chmod(0o644)
    with duckdb.connect(str(copied / "fortschreibung.duckdb")) as con:
        for kind in ("view", "table"):
            for (name,) in con.execute(
                f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE {kind}_name = 'merkmal_entzogen' "
                f"OR regexp_matches({kind}_name, '^typ(_|$|ologie)')"
            ).fetchall():
                con.execute(f"DROP {kind} {name}")

    said = text_of(report_html(copied))

    assert "Bedarfsindex" in said
    assert "Siedlungstypen" not in said


def test_a_release_of_the_older_form_is_refused_in_words(redrawn_release, tmp_path):
    copied = tmp_path / "2024.1"
    shutil.copytree(redrawn_release, copied)
    (copied / "fortschreibung.duckdb").chmod(0o644)
    with duckdb.connect(str(copied / "fortschreibung.duckdb")) as con:
        con.execute("UPDATE _release SET schema_version = '1.2.0'")

    with pytest.raises(ConfigError, match=r"schema version 2 or later, found 1\.2\.0 in 2024\.1"):
        report_html(copied)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (figure(12.34), "12,3"),
        (figure(12.34, methode="overlap", unsicherheit=1.26), "≈ 12,3 ± 1,3"),
        (figure(status="geschuetzt"), "geheim"),
        (figure(status="sinnlos"), "entfällt"),
        (None, "nicht geliefert"),
    ],
)
def test_an_estimate_shows_its_uncertainty_and_a_gap_its_reason(shown, words):
    assert figure_words(shown, QUOTE) == words


def need(possible=(), ranks=(None, None), status="ok"):
    return Need("Bedarf", status, None, possible, *ranks, None)


def test_a_class_that_is_not_sure_is_not_stated_alone_nor_is_a_rank():
    assert need_words(need(["hoch", "sehr hoch"])) == "hoch oder sehr hoch"
    assert rank_words(need(ranks=(3, 9))) == "3 bis 9"
    assert rank_words(need(ranks=(3, 3))) == "3"
    assert need_words(need(status="fehlt")) == "ohne Index"


def test_a_borderline_type_names_the_other_one_and_what_is_not_known_stays_open():
    clear = Kind("1", "siedlung", "Siedlungstypen", "Weit", "Eng", borderline=False, possible=["Weit"], typ_status="ok")

    assert kind_words(clear) == "Weit"
    assert kind_words(replace(clear, borderline=True)) == "Weit (Grenzfall: Eng)"
    assert kind_words(replace(clear, borderline=True, second_label=None)) == "Weit (Grenzfall)"
    assert kind_words(replace(clear, type_label=None, possible=["Weit", "Eng"])) == "Weit oder Eng"
    assert kind_words(replace(clear, type_label=None, possible=[])) == "ohne Typ"


def test_every_sozialraum_shows_its_type_in_the_table_and_on_its_page(page):
    said = text_of(page)

    assert "Siedlungstypen Weit" in said
    assert said.count("Eng (Grenzfall: Weit)") == 2
    assert "Nach Wohnfläche. Nicht über Häuser." in said
    assert "ist der Typ klar." in page, "the map of types"


def test_the_curve_breaks_where_a_figure_is_missing_and_marks_estimates():
    drawn = curve(residents(100, 200, None, 150, 150, estimated=(1,)))

    assert [len(line.split()) for line in drawn.lines] == [2, 2]
    assert (drawn.lowest, drawn.highest) == (100, 200)
    ((x, y),) = drawn.estimated
    assert y == MARGIN, "the highest is at the top"
    assert MARGIN < x < WIDTH / 2
    assert drawn.lines[0].split()[0] == f"{MARGIN:.1f},{HEIGHT - MARGIN:.1f}"


def test_one_stichtag_is_no_curve():
    assert curve(residents(100, None)) is None


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine; .ci/run installs one")
def test_it_is_printed_as_pdf(page, tmp_path):
    written, printed = tmp_path / "bericht.html", tmp_path / "bericht.pdf"
    written.write_text(page, "utf-8")

    print_pdf(written, printed)

    assert printed.read_bytes().startswith(b"%PDF-")


def test_without_a_browser_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(CHOSEN, raising=False)

    with pytest.raises(ConfigError, match=rf"{BROWSERS[0]}.*found none\. Install Chromium.*{CHOSEN}.*leave out --pdf"):
        print_pdf(tmp_path / "bericht.html", tmp_path / "bericht.pdf")


def test_a_browser_that_prints_nothing_is_reported_with_its_last_words(tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'no room left' >&2\nexit 21\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin:/bin")

    with pytest.raises(FortschreibungError, match=r"(?s)found no PDF \(exit code 21\).*no room left"):
        print_pdf(tmp_path / "bericht.html", tmp_path / "bericht.pdf")
