"""How often what the index of need says of its certainty holds: residents of a release, split at random into halves.

The index is computed for each half by the program itself. What one half states (class with its probability, interval
of the rank) is compared with what came out in the other. Prints the tables of docs/need-index.md:
`python -m tools.index_calibration RELEASE/fortschreibung.duckdb`.

The rates of `bedarf` are of children, of people of working age and of older people, so that each person is in one of
them and their counts are split one by one. A half of the people lives on a half of the floor space.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from flows.base.db import Value, connect, insert, literal, set_variables
from flows.index.city_indices import make_indices
from flows.profile.load import load_profile
from flows.stage.catalogue import write_catalogue
from flows.typology.city_types import types_step

CITY, INDEX = "musterstadt", "bedarf"
SHARES = ("sgb2_quote_0_17", "anteil_arbeitslose", "mindestsicherungsquote_65_plus")
SPACE = "wohnflaeche_je_person"
MOST = 10**9
SIZES = ((0, 500), (500, 1000), (1000, MOST), (0, MOST))
"""Residents of a half."""
PROBABILITIES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1)
SURE = 0.9


@dataclass(frozen=True)
class Statement:
    """What one half states of a unit, and whether it holds in the other."""

    residents: float
    probability: float
    """Of the class that it states."""
    class_holds: bool
    rank_holds: bool
    """Whether the rank in the other half lies in the interval."""


def statements(release: Path, splits: int, seed: int = 1) -> list[Statement]:
    """Return what halves of the residents of `release` state of each other, over so many random splits.

    Units are the Sozialraeume of the newest Zuschnitt at each Stichtag that have all figures.
    """
    profile = load_profile(CITY)
    with connect() as con:
        con.execute(f"ATTACH {literal(str(release))} AS released (READ_ONLY)")
        write_catalogue(con, profile)
        con.execute("CREATE TABLE raum (zuschnitt TEXT, raumebene TEXT, raum_id TEXT, eltern MAP(TEXT, TEXT))")
        con.execute("CREATE TABLE raum_dauer (zuschnitt TEXT, raumebene TEXT, raum_id TEXT, dauer_id TEXT)")
        con.execute("CREATE TABLE sozialraum_breit (zuschnitt TEXT, sozialraum_id TEXT, stichtag DATE)")
        con.execute("CREATE TABLE sozialraum_breit_status AS FROM sozialraum_breit")
        con.execute("CREATE TABLE wert_alle AS FROM released.wert LIMIT 0")
        insert(con, "wert_alle", list(_halves(_counted(con), splits, np.random.default_rng(seed))))
        indices = [each for each in profile.indices if each.id == INDEX]
        make_indices(con, indices, print, [types_step((), print)])
        return [Statement(*row) for row in con.execute(_COMPARED).fetchall()]


_COMPARED = """
WITH half AS (
    SELECT
        index_wert_alle.*,
        split_part(zuschnitt, ' ', 1) AS split,
        split_part(zuschnitt, ' ', 2) AS which,
        rank() OVER (PARTITION BY zuschnitt, stichtag ORDER BY punkte DESC) AS place
    FROM index_wert_alle
)
SELECT one.betroffene, index_sicherheit.wahrscheinlichkeit, one.klasse = other.klasse,
    other.place BETWEEN one.rang_von AND one.rang_bis
FROM half AS one
INNER JOIN half AS other USING (split, stichtag, raum_id)
INNER JOIN index_sicherheit
    ON one.zuschnitt = index_sicherheit.zuschnitt AND one.stichtag = index_sicherheit.stichtag
    AND one.raum_id = index_sicherheit.raum_id AND one.klasse = index_sicherheit.klasse
WHERE one.which <> other.which AND one.punkte IS NOT NULL AND other.punkte IS NOT NULL
ORDER BY ALL
"""
Counts = Mapping[str, tuple[float, float]]


def _counted(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, Counts]]:
    """Return Stichtag, Sozialraum and the numerator and denominator of each Indikator."""
    set_variables(con, index_teile=[*SHARES, SPACE])
    rows = con.execute(
        "SELECT stichtag::VARCHAR, raum_id, indikator_id, zaehler, nenner FROM released.wert "
        "WHERE raumebene = 'sozialraum' AND status = 'ok' AND zuschnitt = (SELECT max(zuschnitt) FROM released.wert) "
        "AND list_contains(getvariable('index_teile'), indikator_id) ORDER BY ALL"
    ).fetchall()
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for day, unit, indikator, above, below in rows:
        found.setdefault((day, unit), {})[indikator] = (above, below)
    return [(*key, counts) for key, counts in found.items() if len(counts) == len(SHARES) + 1]


def _halves(
    counted: Sequence[tuple[str, str, Counts]], splits: int, random: np.random.Generator
) -> Iterator[dict[str, Value]]:
    """Yield the figures of both halves as rows of wert_alle, each half as a Zuschnitt of its own ("3 b")."""
    for split in range(splits):
        for day, unit, counts in counted:
            halves: dict[str, dict[str, tuple[float, float]]] = {"a": {}, "b": {}}
            for name in SHARES:
                all_cases, all_people = map(int, counts[name])
                people = int(random.binomial(all_people, 0.5))
                cases = int(random.hypergeometric(all_cases, all_people - all_cases, people)) if people else 0
                halves["a"][name], halves["b"][name] = (cases, people), (all_cases - cases, all_people - people)
            for which, half in halves.items():
                residents = sum(people for _, people in half.values())
                half[SPACE] = (counts[SPACE][0] / 2, residents)
                half["einwohner"] = (residents, 0)
                for indikator, (above, below) in half.items():
                    yield {
                        "zuschnitt": f"{split} {which}", "raumebene": "sozialraum", "raum_id": unit, "stichtag": day,
                        "indikator_id": indikator, "zaehler": above, "nenner": below or None, "status": "ok",
                        "wert": above / below if below else above, "methode": "exact",
                    }  # fmt: skip


def held(found: Sequence[Statement]) -> tuple[int, float, float, float]:
    """Return how many classes are stated with 90 % or more, how sure they are, how many hold, and of all ranks."""
    sure = [each for each in found if each.probability >= SURE]
    return (
        len(sure), float(np.mean([each.probability for each in sure])),
        float(np.mean([each.class_holds for each in sure])), float(np.mean([each.rank_holds for each in found])),
    )  # fmt: skip


def _lines(found: Sequence[Statement]) -> Iterator[str]:
    yield "| residents of the half | statements | stated with 90 % | on average | hold | ranks in the interval |"
    yield "|---|---|---|---|---|---|"
    for low, high in SIZES:
        part = [each for each in found if low <= each.residents < high]
        if part:
            count, mean, hold, ranks = held(part)
            words = f"{low:,} to {high - 1:,}" if high < MOST else f"{low:,} and more"
            yield f"| {words} | {len(part):,} | {count:,} | {mean:.1%} | {hold:.1%} | {ranks:.1%} |"
    yield ""
    yield "| probability stated | classes | hold |"
    yield "|---|---|---|"
    for least, most in pairwise(PROBABILITIES):
        part = [each for each in found if least <= each.probability < most or each.probability == most == 1]
        if part:
            holding = float(np.mean([each.class_holds for each in part]))
            yield f"| {least:.0%} to {most:.0%} | {len(part):,} | {holding:.1%} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join([*_lines(statements(Path(sys.argv[1]), splits=5)), ""]))
