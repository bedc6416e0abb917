"""How often what an index of need says of its certainty holds: residents of a release, split at random into halves.

The indices are computed for each half by the program itself. What one half states (class with its probability,
interval of the rank, whether a change is better or worse) is compared with what came out in the other. Prints the
tables of docs/need-index.md: `python -m tools.index_calibration RELEASE/fortschreibung.duckdb`.

Each person is split once, with all that counts him or her: an adult on SGB II may be unemployed too (of the unemployed
as many as `BOTH`, as far as the counts permit). A half of the people lives on a half of the floor space. Households
with children are split by themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
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
YOUNG, YOUNGER, ALL = "sgb2_quote_0_17", "sgb2_quote_0_14", "sgb2_quote"
WORK, OLD, ALONE = "anteil_arbeitslose", "mindestsicherungsquote_65_plus", "anteil_alleinerziehende"
SPACE = "wohnflaeche_je_person"
NEEDED = (YOUNG, WORK, OLD, SPACE)
"""Of a unit without one of these, halves are not made; without another, only the indices without it."""
BOTH = 0.65
"""Share of the unemployed who are on SGB II too: about so many in Germany."""
MOST = 10**9
SIZES = ((0, 500), (500, 1000), (1000, MOST), (0, MOST))
"""Residents of a half."""
PROBABILITIES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1)
SURE, HARDLY = 0.9, 0.95
FEWEST = 50
"""So many statements are needed to say a share."""


@dataclass(frozen=True)
class Statement:
    """What one half states of a unit, and whether it holds in the other."""

    index: str
    residents: float
    probability: float
    """Of the class that it states."""
    class_holds: bool
    rank_holds: bool
    """Whether the rank in the other half lies in the interval."""


@dataclass(frozen=True)
class Verdict:
    """That a change is better or worse, as one half says, and what the other says."""

    index: str
    same_side: bool
    """Whether the score of the change has the same sign in the other half."""
    opposite: bool
    """Whether the other half says the opposite."""


def statements(
    release: Path, splits: int, seed: int = 1, names: Collection[str] = (INDEX,)
) -> tuple[list[Statement], list[Verdict]]:
    """Return what halves of the residents of `release` state of each other, over so many random splits.

    Units are the Sozialraeume of the newest Zuschnitt at each Stichtag that have the figures of an index; `names` are
    the indices.
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
        indices = [each for each in profile.indices if each.id in names]
        make_indices(con, indices, print, [types_step((), print)])
        con.execute(_IN_HALVES)
        return (
            [Statement(*row) for row in con.execute(_COMPARED).fetchall()],
            [Verdict(*row) for row in con.execute(_CHANGES).fetchall()],
        )


_IN_HALVES = """
CREATE TABLE half AS
SELECT
    index_wert_alle.*,
    split_part(index_wert_alle.zuschnitt, ' ', 1) AS split,
    split_part(index_wert_alle.zuschnitt, ' ', 2) AS which,
    rank() OVER (PARTITION BY zuschnitt, stichtag, index_id ORDER BY punkte DESC) AS place,
    residents.zaehler AS residents
FROM index_wert_alle
INNER JOIN wert_alle AS residents USING (zuschnitt, stichtag, raum_id)
WHERE residents.indikator_id = 'einwohner' AND punkte IS NOT NULL
"""
_COMPARED = """
SELECT one.index_id, one.residents, index_sicherheit.wahrscheinlichkeit, one.klasse = other.klasse,
    other.place BETWEEN one.rang_von AND one.rang_bis
FROM half AS one
INNER JOIN half AS other USING (split, stichtag, raum_id, index_id)
INNER JOIN index_sicherheit
    ON one.zuschnitt = index_sicherheit.zuschnitt AND one.stichtag = index_sicherheit.stichtag
    AND one.raum_id = index_sicherheit.raum_id AND one.klasse = index_sicherheit.klasse
    AND one.index_id = index_sicherheit.index_id
WHERE one.which <> other.which
ORDER BY ALL
"""
_CHANGES = """
SELECT one.index_id, sign(one.veraenderung) = sign(other.veraenderung),
    other.veraenderung_urteil NOT IN (one.veraenderung_urteil, 'nicht_unterscheidbar')
FROM half AS one
INNER JOIN half AS other USING (split, stichtag, raum_id, index_id)
WHERE one.which <> other.which AND one.veraenderung_urteil IN ('besser', 'schlechter')
    AND other.veraenderung IS NOT NULL
ORDER BY ALL
"""
Counts = Mapping[str, tuple[float, float]]


def _counted(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, Counts]]:
    """Return Stichtag, Sozialraum and the numerator and denominator of each Indikator."""
    set_variables(con, index_teile=[*NEEDED, YOUNGER, ALL, ALONE])
    rows = con.execute(
        "SELECT stichtag::VARCHAR, raum_id, indikator_id, zaehler, nenner FROM released.wert "
        "WHERE raumebene = 'sozialraum' AND status = 'ok' AND zuschnitt = (SELECT max(zuschnitt) FROM released.wert) "
        "AND list_contains(getvariable('index_teile'), indikator_id) ORDER BY ALL"
    ).fetchall()
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for day, unit, indikator, above, below in rows:
        found.setdefault((day, unit), {})[indikator] = (above, below)
    return [(*key, counts) for key, counts in found.items() if set(NEEDED) <= set(counts)]


def _kinds(counts: Counts) -> dict[str, int]:
    """Return how many people (and households) there are of each kind: age, then what counts them.

    ``sgb2`` on SGB II, ``work`` unemployed, ``both``, ``old`` on minimum income, ``alone`` a lone parent, ``not`` none.
    """
    found: dict[str, int] = {}

    def cut(age: str, people: float, **cases: float) -> None:
        found.update({f"{age} {kind}": int(count) for kind, count in cases.items()})
        found[f"{age} not"] = int(people - sum(cases.values()))

    (young, people_young), (work, adults), (old, people_old) = counts[YOUNG], counts[WORK], counts[OLD]
    younger, people_younger = counts.get(YOUNGER, (0, 0))
    cut("child", people_younger, sgb2=younger)
    cut("youth", people_young - people_younger, sgb2=young - younger)
    if ALL in counts:
        sgb2 = counts[ALL][0] - young
        both = min(max(round(BOTH * work), work + sgb2 - adults), work, sgb2)
        cut("adult", adults, sgb2=sgb2 - both, work=work - both, both=both)
    else:
        cut("adult", adults, work=work)
    cut("older", people_old, old=old)
    if ALONE in counts:
        cut("household", counts[ALONE][1], alone=counts[ALONE][0])
    return found


def _of_half(half: Mapping[str, int], counts: Counts) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator of each Indikator of a half, as far as the whole has it."""

    def number(*ages: str, kinds: Collection[str] = ()) -> int:
        return sum(
            people for kind, people in half.items()
            if kind.split()[0] in ages and (not kinds or kind.split()[1] in kinds)
        )  # fmt: skip

    young, on_sgb2, residents = ("child", "youth"), ("sgb2", "both"), number("child", "youth", "adult", "older")
    found: dict[str, tuple[float, float]] = {
        YOUNG: (number(*young, kinds=on_sgb2), number(*young)),
        YOUNGER: (number("child", kinds=on_sgb2), number("child")),
        ALL: (number(*young, "adult", kinds=on_sgb2), number(*young, "adult")),
        WORK: (number("adult", kinds=("work", "both")), number("adult")),
        OLD: (number("older", kinds=("old",)), number("older")),
        ALONE: (number("household", kinds=("alone",)), number("household")),
        SPACE: (counts[SPACE][0] / 2, residents),
    }
    return {name: each for name, each in found.items() if name in counts} | {"einwohner": (residents, 0)}


def _halves(
    counted: Sequence[tuple[str, str, Counts]], splits: int, random: np.random.Generator
) -> Iterator[dict[str, Value]]:
    """Yield the figures of both halves as rows of wert_alle, each half as a Zuschnitt of its own ("3 b")."""
    for split in range(splits):
        for day, unit, counts in counted:
            whole = _kinds(counts)
            one = {kind: int(random.binomial(people, 0.5)) for kind, people in whole.items()}
            other = {kind: people - one[kind] for kind, people in whole.items()}
            for which, half in (("a", one), ("b", other)):
                for indikator, (above, below) in _of_half(half, counts).items():
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


def _sizes(found: Sequence[Statement]) -> Iterator[str]:
    for low, high in SIZES:
        part = [each for each in found if low <= each.residents < high]
        if part:
            count, mean, hold, ranks = held(part)
            words = f"{low:,} to {high - 1:,}" if high < MOST else f"{low:,} and more"
            shares = f"{mean:.1%} | {hold:.1%} | {_hardly_sure(part)} | {ranks:.1%}"
            yield f"{words} | {len(part):,} | {count:,} | {shares} |"


def _hardly_sure(found: Sequence[Statement]) -> str:
    """Return how many of the classes stated with 90 to 95 % hold: of those that are nearly certain nearly all do."""
    part = [each.class_holds for each in found if SURE <= each.probability < HARDLY]
    return f"{np.mean(part):.1%} of {len(part):,}" if len(part) >= FEWEST else f"({len(part)})"


def _by_probability(found: Sequence[Statement]) -> Iterator[str]:
    yield "| probability stated | classes | hold |"
    yield "|---|---|---|"
    for least, most in pairwise(PROBABILITIES):
        part = [each for each in found if least <= each.probability < most or each.probability == most == 1]
        if part:
            holding = float(np.mean([each.class_holds for each in part]))
            yield f"| {least:.0%} to {most:.0%} | {len(part):,} | {holding:.1%} |"


def _lines(found: Sequence[Statement], changes: Sequence[Verdict]) -> Iterator[str]:
    families: dict[str, list[Statement]] = {}
    for each in found:
        families.setdefault("u27" if each.index.startswith("u27") else each.index, []).append(each)
    yield (
        "| index | residents of the half | statements | stated with 90 % | on average | hold | of 90 to 95 % hold "
        "| ranks in the interval |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name, part in families.items():
        yield from (f"| `{name}` | {line}" for line in _sizes(part))
    yield ""
    yield from _by_probability(families[INDEX])
    yield ""
    yield "| index | called better or worse | on the same side in the other half | called the opposite there |"
    yield "|---|---|---|---|"
    for name in sorted({each.index for each in changes}):
        said = [each for each in changes if each.index == name]
        same, opposite = (np.mean([getattr(each, of) for each in said]) for of in ("same_side", "opposite"))
        yield f"| `{name}` | {len(said):,} | {same:.1%} | {opposite:.1%} |"


if __name__ == "__main__":
    ready = {each.id for each in load_profile(CITY).indices} - {"bedarf_2019"}
    sys.stdout.write("\n".join([*_lines(*statements(Path(sys.argv[1]), splits=5, names=ready)), ""]))
