"""Whoever holds a release file computes its indices again, by formulas written down here a second time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tools.index_calibration import held, statements

READY = {
    "bedarf", "status_dynamik", "absolut", "rang", "u27_0_2", "u27_3_5", "u27_6_9", "u27_10_17", "u27_18_26",
    "bedarf_2019",
}  # fmt: skip


@pytest.fixture(scope="module")
def release(larger_release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release file, and nothing else."""
    (file,) = Path(larger_release.root).rglob("fortschreibung.duckdb")
    with duckdb.connect(str(file), read_only=True) as con:
        yield con


def figures(con: duckdb.DuckDBPyConnection, indikator: str, level: str) -> dict[tuple[str, str], dict[str, float]]:
    """By Zuschnitt and Stichtag, the figure of each unit from its published counts."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for zuschnitt, day, unit, figure in con.execute(
        "SELECT zuschnitt, stichtag::VARCHAR, raum_id, faktor * zaehler / nenner FROM wert_alle "
        "JOIN indikator USING (indikator_id) WHERE indikator_id = ? AND raumebene = ? AND wert IS NOT NULL",
        [indikator, level],
    ).fetchall():  # fmt: skip
        found.setdefault((zuschnitt, day), {})[unit] = figure
    return found


def by_hand(how: str, figure: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Figures of the units (more is more need) made comparable by those of the units that are the measure."""
    if how == "plain":
        return figure
    if how == "z":
        return (figure - of.mean()) / np.sqrt(((of - of.mean()) ** 2).mean())
    rank = np.array([(of > each).sum() + ((of == each).sum() + 1) / 2 for each in figure])
    return -23 * np.log(1 - (len(of) - rank + 1) / len(of) * (1 - np.exp(-100 / 23)))


def scores_by_hand(con: duckdb.DuckDBPyConnection, index: str, level: str) -> dict[tuple[str, str, str], float]:
    how, together, again, base, fewest = con.execute(
        "SELECT standardisierung, verdichtung, nachskalierung, basisstichtag::VARCHAR, mindest_einwohner "
        "FROM index_definition WHERE index_id = ?", [index]
    ).fetchone()  # fmt: skip
    parts = con.execute(
        "SELECT indikator_id, gewicht, if(richtung = 'niedrig', -1, 1) FROM index_komponente WHERE index_id = ?",
        [index],
    ).fetchall()  # fmt: skip
    residents = {
        key: count
        for *key, count in con.execute(
            "SELECT zuschnitt, stichtag::VARCHAR, raum_id, zaehler FROM wert_alle "
            "WHERE indikator_id = 'einwohner' AND raumebene = ?", [level]
        ).fetchall() for key in [tuple(key)]
    }  # fmt: skip
    known = [figures(con, indikator, level) for indikator, *_ in parts]
    found = {}
    for zuschnitt, day in known[0]:
        compared = [
            {unit: turn * figure for unit, figure in each.get((zuschnitt, base or day), {}).items()
             if not fewest or (residents.get((zuschnitt, base or day, unit)) or 0) >= fewest}
            for each, (*_, turn) in zip(known, parts, strict=True)
        ]  # fmt: skip
        units = sorted(
            unit for unit in set.intersection(*(set(each[zuschnitt, day]) for each in known))
            if not fewest or (residents.get((zuschnitt, day, unit)) or 0) >= fewest
        )  # fmt: skip
        total = sum(
            weight
            * by_hand(how, np.array([turn * each[zuschnitt, day][unit] for unit in units]), np.array([*of.values()]))
            for each, of, (_, weight, turn) in zip(known, compared, parts, strict=True)
        )
        total = total / sum(weight for _, weight, _ in parts) if together == "mean" else total
        total = by_hand("z", total, total) if again == "z" else total
        found |= {(zuschnitt, day, unit): score for unit, score in zip(units, total, strict=True)}
    return found


def test_a_release_has_every_ready_index_and_the_city_s_own(release) -> None:
    assert {name for (name,) in release.execute("SELECT index_id FROM index_definition").fetchall()} == READY


@pytest.mark.parametrize("level", ["sozialraum", "stadtteil"])
def test_the_release_file_alone_gives_the_same_scores(release, level: str) -> None:
    for index in sorted(READY):
        published = {
            tuple(key): score
            for *key, score in release.execute(
                "SELECT zuschnitt, stichtag::VARCHAR, raum_id, punkte FROM index_wert_alle "
                "WHERE index_id = ? AND raumebene = ? AND punkte IS NOT NULL", [index, level]
            ).fetchall()
        }  # fmt: skip
        again = scores_by_hand(release, index, level)
        assert published, index
        assert {key: again[key] for key in published} == pytest.approx(published, abs=1e-9), index


def test_an_index_stands_once_for_each_unit_and_stichtag_and_counts_nobody_twice(release) -> None:
    twice, others = release.execute(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM index_wert GROUP BY raumebene, stichtag, raum_id, index_id, "
        "index_version, massstab HAVING count(*) > 1)), (SELECT count(*) FROM index_wert_zuschnitt)"
    ).fetchone()
    assert (twice, others > 0) == (0, True)
    concerned, children = release.execute(
        "SELECT (SELECT sum(betroffene) FROM index_wert WHERE index_id = 'u27_6_9' AND raumebene = 'stadtteil' "
        "AND stichtag = '2024-12-31'), (SELECT sum(zaehler) FROM wert WHERE indikator_id = 'einwohner_6_9' "
        "AND raumebene = 'stadtteil' AND stichtag = '2024-12-31')"
    ).fetchone()
    assert concerned == children > 0


def test_contributions_add_up_to_the_score(release) -> None:
    off = release.execute(
        "SELECT max(abs(punkte - summe)) FROM index_wert_alle "
        "JOIN index_definition USING (index_id, index_version) JOIN ("
        "  SELECT * EXCLUDE (teilwert, teilgewicht, indikator_id), sum(teilwert * teilgewicht) AS summe "
        "  FROM index_beitrag GROUP BY ALL"
        ") USING (zuschnitt, raumebene, raum_id, stichtag, index_id, index_version, massstab) "
        "WHERE nachskalierung = 'none'"
    ).fetchone()
    assert off[0] < 1e-8


def test_the_probabilities_of_the_classes_add_up_to_1(release) -> None:
    low, high = release.execute(
        "SELECT min(summe), max(summe) FROM (SELECT * EXCLUDE (klasse, wahrscheinlichkeit), "
        "sum(wahrscheinlichkeit) AS summe FROM index_sicherheit GROUP BY ALL)"
    ).fetchone()
    assert (low, high) == (pytest.approx(1, abs=0.003), pytest.approx(1, abs=0.003))


def test_the_command_shows_an_index_unit_by_unit(larger_release) -> None:
    found = larger_release.run("index", "musterstadt", "status_dynamik", "--stichtag", "2020-12-31", "--json").answer

    (table,) = found["indices"]
    assert (table["label"], table["stichtag"]) == ("Sozialer Status und seine Veränderung", "2020-12-31")
    assert len(table["units"]) > 20
    for unit in table["units"]:
        assert unit["klasse_von"] is None or sum(unit["sicherheit"]) == pytest.approx(1, abs=0.003)

    lines = larger_release.run("index", "musterstadt", "--lang", "de").out.splitlines()
    assert lines[0] == "Bedarfsindex, Version 1, am 2024-12-31, gemessen an der Stadt (musterstadt 2024.1)"
    assert lines[1].split() == ["Raum", "Punkte", "Klasse", "sicher", "Rang"]
    assert lines[-1].startswith("Von Räumen mit höherem Bedarf sprechen")


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (["unbekannt"], "Expected an index of bedarf, status_dynamik"),
        (["bedarf", "--raumebene", "kiez"], "a Raumebene of sozialraum, stadtteil"),
        (["bedarf", "--stichtag", "2011-12-31"], "Expected a Stichtag with the index bedarf (2015-12-31"),
    ],
)
def test_what_the_release_does_not_have_is_named(larger_release, asked: list[str], refused: str) -> None:
    ended = larger_release.run("index", "musterstadt", *asked)
    assert ended.code == 2
    assert refused in ended.err


def test_the_codebook_says_what_an_index_is_made_of_and_not_for(larger_release) -> None:
    (file,) = Path(larger_release.root).rglob("codebook.html")
    page = file.read_text("utf-8")
    assert 'id="index-bedarf-1"' in page
    assert "Von Räumen mit höherem Bedarf sprechen" in page
    assert "Abstand vom Mittel der Räume in Standardabweichungen" in page


@pytest.mark.thorough
def test_what_is_said_of_certainty_holds_in_the_other_half_of_the_residents(larger_release) -> None:
    """Residents are split at random into halves; each half's classes and ranks are judged by the other."""
    (file,) = Path(larger_release.root).rglob("fortschreibung.duckdb")
    found, _ = statements(file, splits=10)

    sure, probability, holding, ranks = held(found)
    middling = [each for each in found if 0.6 <= each.probability < 0.9]
    assert sure > 500
    assert holding == pytest.approx(probability, abs=0.02)
    assert 0.88 <= ranks <= 0.98  # of 24 units an interval holds a little more than 90 %: ranks are whole numbers
    assert np.mean([each.class_holds for each in middling]) == pytest.approx(
        np.mean([each.probability for each in middling]), abs=0.07
    )
