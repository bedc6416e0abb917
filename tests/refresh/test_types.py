"""Whoever holds a release file assigns the types again, by formulas written down here a second time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from flows.app.commands.typology import types
from flows.app.types_of_release import types_of
from flows.base.errors import ConfigError


@pytest.fixture(scope="module")
def release(larger_release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release file, and nothing else."""
    (file,) = Path(larger_release.root).rglob("fortschreibung.duckdb")
    with duckdb.connect(str(file), read_only=True) as con:
        yield con


def distances_by_hand(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, ...], dict[str, float]]:
    """By unit and Stichtag the distance to each type, of those with all figures published."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for *key, kind, square, traits in con.execute(
        """
        SELECT wert_alle.zuschnitt, wert_alle.raumebene, wert_alle.raum_id, wert_alle.stichtag::VARCHAR,
            typologie_zentrum.typ_id,
            sum(gewicht * (
                (if(umformung = 'log', ln(1 + faktor * zaehler / nenner), faktor * zaehler / nenner)
                 - if(umformung = 'log', ln(1 + zentrum), zentrum)) / streuung) ** 2) / sum(gewicht),
            count(*)
        FROM wert_alle
        JOIN indikator USING (indikator_id)
        JOIN typologie_merkmal USING (indikator_id)
        JOIN typologie_zentrum USING (typologie_id, typologie_version, indikator_id)
        WHERE wert_alle.wert IS NOT NULL AND raumebene IN ('sozialraum', 'stadtteil')
        GROUP BY ALL
        """
    ).fetchall():
        if traits == 5:
            found.setdefault(tuple(key), {})[kind] = square**0.5
    return found


def test_the_release_file_alone_gives_the_same_types_and_distances(release) -> None:
    again, compared = distances_by_hand(release), 0
    for *key, kind, distance, second, second_distance, possible in release.execute(
        "SELECT zuschnitt, raumebene, raum_id, stichtag::VARCHAR, typ_id, typ_abstand, zweiter_typ, zweiter_abstand, "
        "moegliche_typen FROM typ_alle WHERE typ_abstand IS NOT NULL"
    ).fetchall():
        by_hand = again.pop(tuple(key))
        first, next_one = sorted(by_hand, key=by_hand.__getitem__)[:2]
        assert (kind, second, possible) == (first, next_one, first), key
        assert (distance, second_distance) == pytest.approx((by_hand[first], by_hand[next_one]), abs=1e-9)
        compared += 1
    assert compared > 400
    assert again == {}  # no unit with all figures is without a distance


def test_a_suppressed_figure_has_no_distance_but_the_types_that_are_possible(release) -> None:
    rows = release.execute(
        "SELECT typ_id, moegliche_typen, typ_abstand FROM typ_alle WHERE typ_status = 'geschuetzt'"
    ).fetchall()
    assert rows
    assert all(distance is None for *_, distance in rows)
    assert all((kind is None) == (possible is None or " " in possible) for kind, possible, _ in rows)
    assert any(kind for kind, *_ in rows)
    assert any(possible and " " in possible for _, possible, _ in rows)


def test_borderline_is_what_the_file_says_and_sureness_falls_towards_the_border(release) -> None:
    wrong, far, near = release.execute(
        "SELECT count(*) FILTER ((typ_lage = 'grenzfall') <> (grenzabstand < grenzfall_unter)), "
        "avg(typ_sicherheit) FILTER (typ_lage = 'klar'), avg(typ_sicherheit) FILTER (typ_lage = 'grenzfall') "
        "FROM typ_alle JOIN typologie USING (typologie_id, typologie_version) WHERE typ_id IS NOT NULL"
    ).fetchone()
    assert wrong == 0
    assert far > 0.9 > near > 0.5


def test_a_unit_with_a_type_stands_once_for_each_stichtag_as_its_figures_do(release) -> None:
    twice, alike = release.execute(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM typ GROUP BY raumebene, stichtag, raum_id HAVING count(*) > 1)), "
        "(SELECT count(*) FROM sozialraum_jahr JOIN typ ON sozialraum_id = raum_id AND raumebene = 'sozialraum' "
        " AND typ.stichtag = sozialraum_jahr.stichtag WHERE sozialraum_jahr.typ_id IS DISTINCT FROM typ.typ_id)"
    ).fetchone()
    assert (twice, alike) == (0, 0)


def test_every_figure_of_a_type_says_what_it_is_computed_from(release) -> None:
    named = {
        table
        for (table,) in release.execute("SELECT DISTINCT aus_tabelle FROM _lineage WHERE tabelle = 'typ'").fetchall()
    }
    assert named
    assert np.all([bool(comment) for (comment,) in release.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name IN ('typ', 'typologie', 'typologie_zentrum')"
    ).fetchall()])  # fmt: skip


def test_the_command_shows_types_with_their_units_and_crossed_with_need(larger_release, capsys) -> None:
    assert types("musterstadt", home=larger_release.root / "data", as_json=True) == 0
    (found,) = json.loads(capsys.readouterr().out)["typologies"]

    of_types = {each["typ_id"]: each["raeume"] for each in found["types"]}
    assert sum(of_types.values()) == sum(unit["typ_id"] is not None for unit in found["units"])
    assert {name: sum(counts) for name, counts in found["need"]["units"].items()} == of_types
    assert found["need"]["classes"] == ["nicht erhöht", "hoch", "sehr hoch", "offen"]


def test_the_command_proposes_types_from_published_figures_and_writes_them(larger_release, capsys, tmp_path) -> None:
    target = tmp_path / "types.toml"
    assert types("musterstadt", fit=True, count=2, out=target, home=larger_release.root / "data", as_json=True) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["proposed"], said["file"], len(said["tried"])) == (2, str(target), 1)
    assert said["units"] > said["left_out"] > 0
    assert target.read_text("utf-8") == said["types_toml"]


def test_a_seed_that_cannot_be_one_is_refused(larger_release) -> None:
    with pytest.raises(ConfigError, match="--seed: expected a number from 0 on, found -1"):
        types("musterstadt", fit=True, count=2, seed=-1, home=larger_release.root / "data")


def test_a_version_that_has_ended_is_shown_at_its_own_stichtage_only(larger_release, tmp_path) -> None:
    (file,) = Path(larger_release.root).rglob("fortschreibung.duckdb")
    (copy := tmp_path / "copy.duckdb").write_bytes(file.read_bytes())
    with duckdb.connect(str(copy)) as con:
        for table in ("typologie", "typologie_merkmal", "typologie_typ", "typologie_zentrum"):
            con.execute(f"INSERT INTO {table} SELECT * REPLACE ('0' AS typologie_version) FROM {table}")
        con.execute("INSERT INTO typ SELECT * REPLACE ('0' AS typologie_version) FROM typ WHERE year(stichtag) < 2019")

    versions = [
        [each.version for each in types_of(copy, None, "sozialraum", day)] for day in (None, dt.date(2018, 12, 31))
    ]
    assert [sorted(each) for each in versions] == [["1"], ["0", "1"]]
