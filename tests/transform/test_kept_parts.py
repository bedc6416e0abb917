"""Kept parts: a table is computed for the Stichtage and Zuschnitte that changed, and shows nothing of before."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.base.db import connect, replace
from flows.stage.kept_results import RUNS
from flows.stage.shown_files import ShownFile, digest, note_shown, show
from flows.transform import kept_parts
from flows.transform.kept_parts import KeptParts
from tests.parameters import first_of

OLD, NEW = "2015-01-01", "2020-01-01"
FIRST, SECOND, THIRD = "2019-12-31", "2020-12-31", "2021-12-31"
KEPT = (
    "kombination",
    "kombination_raum",
    "luecke",
    "stichtag_zuschnitt",
    "merkmal_kombination",
    "merkmal_raum",
    "indikator_wert",
)
FIGURES = KEPT[4:]


def drawn(city):
    """A city of four squares with two Zuschnitte, and residents and households at two Stichtage."""
    city.zuschnitt(OLD, sozialraum="AABB")
    city.zuschnitt(NEW, sozialraum="ABBB")
    city.squares(4)
    for day, more in ((FIRST, 0), (SECOND, 1)):
        counted(city, day, more)
    city.indikator("haushalte", "haushalte")
    city.indikator("frauen", "weiblich", "einwohner", faktor=100, stellen=1)
    city.indikator("wachstum", "haushalte", "haushalte", typ="veraenderung", faktor=100, stellen=1, jahre=1)
    return city


def counted(city, day: str, more: int) -> None:
    city.counts("haushalte", day, [2 + more, 3, 4, 5])
    city.register(day, {1: (5 + more, 2), 2: (7, 4), 4: (9, 3)})


def figures(city) -> dict[str, list[tuple]]:
    """What the station published of a city, whatever was kept of it; a list of unknown squares has no order."""
    order = {"merkmal_kombination": "* REPLACE (list_sort(unbekannte) AS unbekannte)"}
    return {name: sorted(city.rows(f"SELECT {order.get(name, '*')} FROM {name}"), key=repr) for name in KEPT}


@pytest.fixture
def refresh(city, tmp_path) -> Callable[..., dict[str, int]]:
    """Run the station with what is kept; return how many parts of each table of figures were computed.

    The figures must be those of a run that keeps nothing.
    """

    def ran(lieferungen: tuple[str, ...] = ()) -> dict[str, int]:
        kept = KeptParts(tmp_path / "landing", "stadt", lieferungen)
        made = figures(city.transform(kept))
        assert made == figures(city.transform())
        assert set(kept.computed) == set(KEPT)
        return {name: len(kept.computed[name]) for name in FIGURES}

    (tmp_path / "landing").mkdir()
    return ran


def parts(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "landing").glob("staged/transform/stadt/*.parquet"))


# --- What is computed ---


def test_a_second_run_with_nothing_new_computes_nothing(city, refresh) -> None:
    drawn(city)
    assert refresh() == {"merkmal_kombination": 2, "merkmal_raum": 4, "indikator_wert": 4}
    assert refresh() == {"merkmal_kombination": 0, "merkmal_raum": 0, "indikator_wert": 0}


def test_base_units_are_combined_again_only_where_they_are_assigned_anew(city, tmp_path) -> None:
    def combined() -> set[str]:
        kept = KeptParts(tmp_path / "landing", "stadt", ())
        city.transform(kept)
        return {name for name in ("kombination", "kombination_raum") if kept.computed[name]}

    (tmp_path / "landing").mkdir()
    drawn(city)
    assert combined() == {"kombination", "kombination_raum"}
    counted(city, THIRD, 2)
    assert combined() == set()
    city.con.execute(f"UPDATE stage.zuordnung SET raum_id = 'B' WHERE zuschnitt = '{OLD}' AND basis_id = '2'")
    assert combined() == {"kombination", "kombination_raum"}


def test_a_new_stichtag_costs_itself_on_each_zuschnitt(city, refresh) -> None:
    drawn(city)
    refresh()
    counted(city, THIRD, 2)
    assert refresh() == {"merkmal_kombination": 1, "merkmal_raum": 2, "indikator_wert": 2}


def test_a_corrected_count_costs_its_stichtag_and_the_changes_that_are_measured_from_it(city, refresh) -> None:
    counted(drawn(city), THIRD, 2)
    refresh()
    city.con.execute(f"UPDATE stage.zaehlung_einzeln SET wert = 9 WHERE stichtag = DATE '{FIRST}' AND basis_id = '1'")
    assert refresh() == {"merkmal_kombination": 1, "merkmal_raum": 2, "indikator_wert": 2 + 2}


def test_a_changed_indikator_costs_no_counts(city, refresh) -> None:
    drawn(city)
    refresh()
    city.con.execute("UPDATE katalog.indikator SET faktor = 1000 WHERE indikator_id = 'frauen'")
    assert refresh() == {"merkmal_kombination": 0, "merkmal_raum": 0, "indikator_wert": 4}


def test_other_words_for_an_indikator_cost_nothing(city, refresh) -> None:
    drawn(city)
    refresh()
    city.con.execute("UPDATE katalog.indikator SET label_de = 'Frauenanteil'")
    assert refresh() == {"merkmal_kombination": 0, "merkmal_raum": 0, "indikator_wert": 0}


def test_a_recut_costs_the_new_zuschnitt(city, refresh) -> None:
    drawn(city)
    refresh()
    city.con.execute(f"UPDATE katalog.zuschnitt SET gueltig_bis = '2020-12-31' WHERE zuschnitt = '{NEW}'")
    city.zuschnitt("2021-01-01", sozialraum="BAAA")
    assert refresh() == {"merkmal_kombination": 0, "merkmal_raum": 2, "indikator_wert": 2}


def test_a_recut_with_a_line_where_none_was_costs_all_sums_and_indikatoren_of_its_own(city, refresh) -> None:
    drawn(city)
    refresh()
    city.zuschnitt("2021-01-01", sozialraum="AAAB")
    assert refresh() == {"merkmal_kombination": 2, "merkmal_raum": 2 * 3, "indikator_wert": 2}


@pytest.mark.thorough
def test_a_stichtag_that_is_no_longer_delivered_has_no_figures(city, refresh) -> None:
    drawn(city)
    refresh()
    for table in ("zaehlung_einzeln", "zaehlung_reihe"):
        city.con.execute(f"DELETE FROM stage.{table} WHERE stichtag = DATE '{FIRST}'")
    refresh()
    assert city.rows("SELECT DISTINCT stichtag::VARCHAR FROM indikator_wert") == [(SECOND,)]


def test_a_city_without_counts_keeps_nothing(city, tmp_path) -> None:
    city.zuschnitt(OLD, sozialraum="AB")
    city.transform(KeptParts(tmp_path, "stadt", ()))
    assert city.rows("FROM indikator_wert") == []
    assert city.rows("SELECT * FROM duckdb_views() WHERE view_name = 'merkmal_kombination'") == []


# --- Other base units ---


def numbered_anew(city):
    """A city with counts on the first of two Zuschnitte; the second has other base units (`renumber`)."""
    city.zuschnitt(OLD, sozialraum="AABB", basis="alt")
    city.squares(4, basis="alt")
    city.counts("einwohner", FIRST, [10, 20, 30, 40], basis="alt")
    city.indikator("einwohner", "einwohner")
    return city


def renumber(city) -> None:
    city.zuschnitt(NEW, sozialraum="ABBB", basis="neu")
    city.squares(4, basis="neu")


@pytest.mark.thorough
def test_a_zuschnitt_with_other_base_units_costs_no_figure_of_the_one_before(city, refresh) -> None:
    numbered_anew(city)
    refresh()
    renumber(city)
    assert refresh()["indikator_wert"] == 1
    assert city.rows("SELECT DISTINCT zuschnitt, methode = 'exact' FROM indikator_wert WHERE raumebene = 'sozialraum' "
                     "ORDER BY ALL") == [(OLD, True), (NEW, False)]  # fmt: skip


def test_new_counts_that_change_a_key_cost_what_is_estimated_by_it(city, refresh) -> None:
    renumber(numbered_anew(city))
    refresh()
    city.counts("einwohner", SECOND, [50, 19, 31, 39], basis="neu")
    assert refresh() == {
        "merkmal_kombination": 1,
        "merkmal_raum": 2,
        "indikator_wert": 2 + len([(FIRST, NEW)]),
    }


# --- Damage ---


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", first_of((flip, Path.unlink, lambda path: os.truncate(path, 20))))
def test_a_damaged_part_is_computed_again(city, refresh, tmp_path, spoil: Callable[[Path], object]) -> None:
    drawn(city)
    refresh()
    for path in parts(tmp_path):
        if path.stat().st_size:
            spoil(path)
    assert refresh() == {"merkmal_kombination": 2, "merkmal_raum": 4, "indikator_wert": 4}
    assert sum(refresh().values()) == 0


def test_a_full_disk_keeps_nothing_and_stops_nothing(city, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_parts, "sha256_of", full)
    made = figures(drawn(city).transform(KeptParts(tmp_path, "stadt", ())))
    assert made == figures(city.transform())
    assert {path.name for path in (tmp_path / "staged" / "transform" / "stadt").iterdir()} == {"runs.json"}


# --- Who may read it, and how long it stays ---


def test_parts_are_for_their_owner_alone(city, refresh, tmp_path) -> None:
    drawn(city)
    refresh()
    folder = tmp_path / "landing" / "staged"
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (folder, *folder.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}


def aged(tmp_path: Path) -> None:
    """Let an hour pass: until then, a run that is going on may read what it found."""
    for path in parts(tmp_path):
        os.utime(path, (0, 0))


def test_a_part_that_no_recent_run_used_goes(city, refresh, tmp_path) -> None:
    drawn(city)
    refresh()
    (old, *_) = parts(tmp_path)
    for run in range(RUNS):
        assert old.exists(), f"after {run} runs without it"
        KeptParts(tmp_path / "landing", "stadt", ()).sweep()
        aged(tmp_path)
    KeptParts(tmp_path / "landing", "stadt", ()).sweep()
    assert not parts(tmp_path)


def test_parts_go_with_the_lieferung_of_the_runs_that_used_them(city, refresh, tmp_path) -> None:
    lieferung = tmp_path / "landing" / "objects" / "ab" / "abc"
    lieferung.parent.mkdir(parents=True)
    lieferung.touch()
    refresh_of = drawn(city) and refresh(("abc",))
    assert sum(refresh_of.values()) == 10
    aged(tmp_path)
    KeptParts(tmp_path / "landing", "stadt", ()).sweep()
    assert parts(tmp_path)
    lieferung.unlink()
    KeptParts(tmp_path / "landing", "stadt", ()).sweep()
    assert not parts(tmp_path)


@pytest.mark.parametrize("record", first_of((b'[{"keys": 3}]', b"", b"{}", b"[1]", b"\xff")))
def test_a_damaged_record_of_runs_stops_nothing(city, refresh, tmp_path, record: bytes) -> None:
    drawn(city)
    refresh()
    (tmp_path / "landing/staged/transform/stadt/runs.json").write_bytes(record)
    assert sum(refresh().values()) == 0
    assert len(json.loads((tmp_path / "landing/staged/transform/stadt/runs.json").read_bytes())) == 1


def test_a_table_takes_the_place_of_a_view_of_kept_parts_and_the_other_way_round() -> None:
    with connect() as con:
        for kind in ("VIEW", "TABLE", "VIEW", "VIEW", "TABLE", "TABLE"):
            replace(con, kind, "merkmal_raum", f"SELECT '{kind}' AS art")
            assert con.execute("FROM merkmal_raum").fetchall() == [(kind,)]


# --- Counts that lie in kept files ---


def lying_in_files(city, folder: Path) -> None:
    """Move the counts in rows into a file for each Stichtag, as staging does with large ones."""
    folder.mkdir(exist_ok=True)
    columns = ("quelle", "stichtag", "basis", "basis_id", "mit_zeichen", "werte")
    days = city.rows(f"SELECT stichtag::VARCHAR, {digest(columns)} FROM stage.zaehlung_reihe GROUP BY stichtag")
    for day, content in days:
        path = folder / f"{day}.parquet"
        rows = f"FROM stage.zaehlung_reihe WHERE stichtag = DATE '{day}'"
        city.con.execute(f"COPY (SELECT *, 'x' AS datei {rows}) TO '{path}' (FORMAT parquet)")
        note_shown(city.con, [ShownFile(path, {day: content})])
    city.con.execute("DELETE FROM stage.zaehlung_reihe")
    show(city.con)


def test_counts_in_files_have_the_figures_of_loaded_ones_and_are_found_again(new_city, tmp_path) -> None:
    (tmp_path / "landing").mkdir()
    loaded = figures(drawn(new_city()).transform())

    def computed(more: int) -> dict[str, int]:
        city = drawn(new_city())
        city.con.execute(f"UPDATE stage.zaehlung_reihe SET werte = [werte[1] + {more}, 2] WHERE stichtag > '{FIRST}'")
        expected = figures(city.transform())
        lying_in_files(city, tmp_path / f"files{more}")
        kept = KeptParts(tmp_path / "landing", "stadt", ())
        assert figures(city.transform(kept)) == expected
        assert more or expected != loaded
        return {name: len(kept.computed[name]) for name in FIGURES}

    assert computed(0) == {"merkmal_kombination": 2, "merkmal_raum": 4, "indikator_wert": 4}
    assert computed(0) == {"merkmal_kombination": 0, "merkmal_raum": 0, "indikator_wert": 0}
    assert computed(1) == {"merkmal_kombination": 1, "merkmal_raum": 2, "indikator_wert": 2}
