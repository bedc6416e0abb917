"""Every form of a release shows the same main index: the first one that has classes at the newest Stichtag."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pytest
import python_calamine

from flows.app.index_of_release import index_of
from flows.app.types_of_release import types_of
from flows.pages.report_page import report_html
from flows.publish.build import build
from flows.release.job import Setting

ENDED = "* REPLACE ('frueher' AS index_id)"


@pytest.fixture(scope="module")
def release(tmp_path_factory, city_in):
    """A release with an index that is defined first and ended with the Stichtag before the newest; read only."""
    city = city_in(tmp_path_factory.mktemp("ended"))
    run, target = city.run("r"), city.root / "2024.1"
    first = "SELECT * REPLACE ('frueher' AS index_id, 0 AS position, 'Früherer Index' AS label_de) FROM it"
    city.rewrite(run, "index_definition", f"FROM it UNION ALL {first}")
    for table in ("index_komponente", "index_klasse"):
        city.rewrite(run, table, f"FROM it UNION ALL SELECT {ENDED} FROM it")
    for table in ("index_wert", "index_sicherheit", "index_beitrag"):
        before = "SELECT * REPLACE ('frueher' AS index_id, DATE '2023-12-31' AS stichtag) FROM it"
        city.rewrite(run, table, f"FROM it UNION ALL {before}")
    setting = Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    build(city.job().write(run), target, setting)
    return target


def test_the_workbook_shows_it_beside_the_figures(release) -> None:
    book = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))
    _, labels, *_ = book.get_sheet_by_name("sozialraum_jahr").to_python()
    assert [label for label in labels if "ndex" in str(label)] == [
        "Bedarfsindex: Punkte", "Bedarfsindex: Klassen, die 90 % halten", "Bedarfsindex: Rang",
    ]  # fmt: skip


def test_atlas_first_page_and_report_begin_with_it(release) -> None:
    core = (release / "atlas" / "data" / "core.js").read_text("utf-8")
    first = json.loads(f"[{core.removeprefix('received(').rstrip().removesuffix(');')}]")[1]["first"]
    assert (first["index"], first["stichtag"]) == ("bedarf", "2024-12-31")
    for page in ((release / "index.html").read_text("utf-8"), report_html(release)):
        assert 'aria-label="Bedarfsindex"' in page
        assert 'aria-label="Früherer Index"' not in page
    assert '<th scope="col" class="need">Bedarfsindex</th>' in report_html(release)


def test_the_commands_show_it_without_being_told_which(release) -> None:
    database = release / "fortschreibung.duckdb"
    assert [each.label.german for each in index_of(database, None, "sozialraum", None)] == ["Bedarfsindex"]
    (types,) = types_of(database, None, "sozialraum", None)
    assert types.need is not None
    assert types.need["index"] == "bedarf"


def test_a_release_whose_indices_stand_in_one_table_has_one_too(release, tmp_path) -> None:
    database = Path(shutil.copy(release / "fortschreibung.duckdb", tmp_path))
    with duckdb.connect(str(database)) as con:
        con.execute("DROP VIEW index_wert_alle")
    assert [each.label.german for each in index_of(database, None, "sozialraum", None)] == ["Bedarfsindex"]
