"""What releases say about counts, read from their files alone, as anybody could who has them.

Releases that tell nothing different of a Stichtag and a kind of people are one *state* of the data; where a corrected
Lieferung made a difference, each state is a system of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from flows.base.db import literal
from flows.protect.audit_states import Numbers, OpenState, State
from flows.protect.audit_tables import ReleaseTables
from flows.protect.classes import Classes, classes_of
from flows.stage.register_merkmale import REGISTER_MERKMALE


@dataclass(frozen=True)
class Relations:
    """What everybody knows of the Merkmale, beside their names: the codebook."""

    divisions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    balances: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    """A Merkmal, and one of which it counts a part."""


@dataclass(frozen=True)
class Place:
    """A unit, and the pieces that make it."""

    zuschnitt: str
    level: str
    id: str
    rank: int

    def __str__(self) -> str:
        return f"{self.level} {self.id} ({self.zuschnitt})"


@dataclass(frozen=True)
class Said:
    """All that releases say."""

    versions: tuple[str, ...]
    places: tuple[Place, ...]
    inside: NDArray[np.bool_]
    """Place by piece: whether the place is made of it."""
    sides: tuple[str, ...]
    at_least: Numbers
    shares: tuple[tuple[int, int], ...]
    groups: tuple[tuple[int, int, int], ...]
    """Side above and side below the line of a share, and the smallest group of whom 0 or 100 % may be known."""
    parts: tuple[tuple[int, int], ...]
    classes: Classes
    states: tuple[State, ...]
    not_linked: tuple[str, ...]
    """Raumebenen whose units the release does not tell to be made of others: nothing is added up over them."""


def what_is_said(
    tables: ReleaseTables, versions: Sequence[str], relations: Relations, days: frozenset[str] | None = None
) -> Said:  # fmt: skip
    """Return what releases say, given by their tables and versions from old to new; of these Stichtage, or of all.

    The highest threshold that any of them has for a count applies to all.
    """
    asked = "" if days is None else f" WHERE list_contains({literal(sorted(days))}, stichtag::VARCHAR)"
    tables.con.execute(f"CREATE OR REPLACE TEMP VIEW gefragt AS FROM auskunft{asked}")
    return _said(tables.con, versions, relations)


def _said(con: duckdb.DuckDBPyConnection, versions: Sequence[str], relations: Relations) -> Said:
    pieces = _pieces(con)
    members = con.execute("SELECT DISTINCT zuschnitt, raumebene, raum_id, rang, fein FROM teil ORDER BY ALL").fetchall()
    within: dict[Place, set[str]] = {}
    for zuschnitt, level, unit, rank, fine in members:
        within.setdefault(Place(zuschnitt, level, unit, rank), set()).add(fine)
    places = tuple(within)
    inside = np.array([[piece.get(place.zuschnitt) in within[place] for piece in pieces] for place in places])
    con.execute("CREATE OR REPLACE TABLE ort (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, nummer INTEGER)")
    con.execute(
        "INSERT INTO ort SELECT zuschnitt, raumebene, raum_id, "
        "row_number() OVER (ORDER BY zuschnitt, raumebene, raum_id) - 1 "
        "FROM (SELECT DISTINCT zuschnitt, raumebene, raum_id FROM teil)"
    )
    numbered = con.execute("SELECT zuschnitt, raumebene, raum_id FROM ort ORDER BY nummer").fetchall()
    order = {(place.zuschnitt, place.level, place.id): at for at, place in enumerate(places)}
    translate = np.array([order[each] for each in numbered])
    sides = tuple(side for (side,) in con.execute("SELECT DISTINCT seite FROM seite ORDER BY seite").fetchall())
    limits = con.execute("SELECT max(mindestens)::BIGINT FROM seite GROUP BY seite ORDER BY seite").fetchall()
    at_least = np.array([limit for (limit,) in limits], dtype=np.int64)
    merkmale = sorted({merkmal for side in sides for merkmal in side.split("+")})
    classes = classes_of(merkmale, relations.divisions, [(stock, dict(signs)) for stock, signs in relations.balances])
    states = _states(con, versions, translate, sides, classes, _usable(con, places, inside))
    missing = con.execute(
        "SELECT DISTINCT raumebene FROM gefragt ANTI JOIN teil USING (zuschnitt, raumebene, raum_id) ORDER BY 1"
    ).fetchall()
    number = {side: at for at, side in enumerate(sides)}
    groups = con.execute(
        "SELECT oben.seite, unten.seite, max(oben.mindest_gruppe) FROM seite AS oben INNER JOIN seite AS unten USING "
        "(indikator_id, fassung) WHERE oben.typ = 'anteil' AND oben.rolle = 'zaehler' AND unten.rolle = 'nenner' "
        "AND oben.mindest_gruppe > 0 GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    shares = con.execute(
        "SELECT DISTINCT oben.seite, unten.seite FROM seite AS oben INNER JOIN seite AS unten USING (indikator_id, "
        "fassung) WHERE oben.typ = 'anteil' AND oben.rolle = 'zaehler' AND unten.rolle = 'nenner' ORDER BY ALL"
    ).fetchall()
    return Said(
        tuple(versions), places, inside, sides, at_least,
        tuple(sorted({(number[above], number[below]) for above, below in shares}
                     | {(number[part], number[whole]) for part, whole in relations.parts
                        if part in number and whole in number})),
        tuple((number[above], number[below], int(least)) for above, below, least in groups),
        tuple((number[part], number[whole]) for part, whole in sorted(_parts(merkmale, relations))
              if part in number and whole in number),
        classes, tuple(states), tuple(level for (level,) in missing),
    )  # fmt: skip


def _parts(merkmale: Sequence[str], relations: Relations) -> set[tuple[str, str]]:
    """Return the pairs of Merkmale of which one counts a part of the other: declared, or by the register's ages."""
    found = {(part, whole) for part, whole in relations.parts if part in merkmale and whole in merkmale}
    who = {each: REGISTER_MERKMALE[each] for each in merkmale if each in REGISTER_MERKMALE}
    found |= {
        (part, whole) for part, a in who.items() for whole, b in who.items()
        if part != whole and b.youngest <= a.youngest and a.oldest <= b.oldest
        and b.resident_years <= a.resident_years and b.group in (None, a.group)
        and (a.group or a.resident_years)
    }  # fmt: skip
    return found


def _pieces(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Return the pieces between the lines of all Zuschnitte: of each, the finest unit that it lies in, by Zuschnitt."""
    order = [zuschnitt for (zuschnitt,) in con.execute("SELECT DISTINCT zuschnitt FROM teil ORDER BY 1").fetchall()]
    fine = con.execute("SELECT DISTINCT zuschnitt, fein FROM teil ORDER BY ALL").fetchall()
    pairs = set(con.execute("SELECT DISTINCT von_zuschnitt, nach_zuschnitt, von_id, nach_id FROM paar").fetchall())
    to: dict[tuple[str, str, str], list[str]] = {}
    for von, nach, von_id, nach_id in sorted(pairs):
        to.setdefault((von, nach, von_id), []).append(nach_id)
    pieces = [{order[0]: unit} for zuschnitt, unit in fine if zuschnitt == order[0]]
    for before, zuschnitt in pairwise(order):
        grown, reached = [], set()
        for piece in pieces:
            targets = to.get((before, zuschnitt, piece[before]), []) if before in piece else []
            grown += [piece | {zuschnitt: unit} for unit in targets] or [piece]
            reached.update(targets)
        grown += [{zuschnitt: unit} for of, unit in fine if of == zuschnitt and unit not in reached]
        pieces = grown
    return pieces


def _usable(
    con: duckdb.DuckDBPyConnection, places: Sequence[Place], inside: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    """Return by day which places are sure to be made of their pieces.

    On a Zuschnitt on which some figures of the day are estimated, base units are missing. There a place is sure to be
    made of its pieces only where it is made of whole finest units of the other Zuschnitte, and, where some of these lie
    outside all of its own, only on the finest Raumebene.
    """
    days = [str(day)[:10] for (day,) in con.execute("SELECT DISTINCT stichtag FROM gefragt ORDER BY 1").fetchall()]
    rows = con.execute("SELECT DISTINCT stichtag, zuschnitt FROM geschaetzt").fetchall()
    loose = {day: {zuschnitt for of, zuschnitt in rows if str(of)[:10] == day} for day in days}
    found = {}
    for day, zuschnitte in loose.items():
        fine = inside[[place.rank == 1 and place.zuschnitt not in zuschnitte for place in places]].astype(np.float64)
        overlap = inside.astype(np.float64) @ fine.T  # numpy multiplies floats ten times faster than whole numbers
        cut = ((overlap > 0) & (overlap < fine.sum(axis=1))).any(axis=1)
        new = ~inside[[place.zuschnitt in zuschnitte for place in places]].any(axis=0)
        finest = np.array([place.rank == 1 for place in places]) | (not new.any())
        found[day] = np.array([place.zuschnitt not in zuschnitte for place in places]) | (~cut & finest)
    return found


def _columns(con: duckdb.DuckDBPyConnection, query: str) -> list[NDArray[Any]]:
    return [np.asarray(column) for column in con.execute(query).fetchnumpy().values()]


def _states(
    con: duckdb.DuckDBPyConnection, versions: Sequence[str], translate: Numbers, sides: Sequence[str],
    classes: Classes, usable: Mapping[str, NDArray[np.bool_]],
) -> list[State]:  # fmt: skip
    days = [day for (day,) in con.execute("SELECT DISTINCT stichtag FROM gefragt ORDER BY 1").fetchall()]
    version, day, place, side, value, low, high, silent, quiet, forbidden = _columns(
        con,
        "WITH tag AS (SELECT stichtag, row_number() OVER (ORDER BY stichtag) - 1 AS nummer "
        "FROM (SELECT DISTINCT stichtag FROM gefragt)), "
        "art AS (SELECT seite, row_number() OVER (ORDER BY seite) - 1 AS nummer "
        "FROM (SELECT DISTINCT seite FROM seite)) "
        "SELECT fassung, tag.nummer AS tag, ort.nummer AS ort, art.nummer AS art, "
        "coalesce(CASE WHEN von IS NULL THEN wert END, 'nan'::DOUBLE) AS wert, coalesce(von, 'nan'::DOUBLE) AS von, "
        "coalesce(bis, 'nan'::DOUBLE) AS bis, geschuetzt, verschwiegen, regel "
        "FROM gefragt INNER JOIN tag USING (stichtag) INNER JOIN ort USING (zuschnitt, raumebene, raum_id) "
        "INNER JOIN art USING (seite)",
    )
    group = np.array([classes.group[next(iter(classes.side(one)))] for one in sides])
    states: list[State] = []
    for number, name in enumerate(days):
        open_states: list[OpenState] = []
        for release in range(len(versions)):
            here = (version == release) & (day == number)
            if not here.any():
                continue
            said = OpenState.of(usable[str(name)[:10]], len(sides), release)
            said.fill(translate[place[here]], side[here], value[here], silent[here], quiet[here], forbidden[here])
            said.bound(translate[place[here]], side[here], low[here], high[here])
            columns = {of: np.flatnonzero(group == of) for of in np.unique(group[side[here]]).tolist()}
            chosen = list[OpenState]()
            for of, own in columns.items():
                agreeing = [(one.groups[of], one) for one in open_states
                            if of in one.groups and one.agrees(said, own)]  # fmt: skip
                _, one = max(agreeing, key=itemgetter(0), default=(0, None))  # of the newest Lieferung that it may be
                one = one or next((one for one in open_states if of not in one.groups), None)
                if one is None:
                    open_states.append(one := OpenState.of(said.sure, len(sides), release))
                one.take(said, own, of)
                chosen.append(one)
            if any(one is not chosen[0] for one in chosen):  # what it says of several groups is said of one Stichtag
                whole = next((one for one in reversed(open_states) if one.agrees_with_all(said, columns)), None)
                if whole is None:
                    open_states.append(whole := OpenState.of(said.sure, len(sides), release))
                for of, own in columns.items():
                    whole.take(said, own, of)
        states += [one.state(str(name)[:10], versions) for one in open_states]
    return states
