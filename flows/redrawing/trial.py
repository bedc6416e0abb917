"""A map that somebody tries the search on: `fortschreibung propose --try UNITS.csv --adjacency EDGES.csv --parts K`.

No city is needed: a row is a base unit with its residents and traits, and what is searched is what a city gets. So
known answers and other cities' data are met through the same door.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.base.csv_table import Line, cell, csv_rows, numbers
from flows.base.errors import ConfigError
from flows.redrawing.exact import FEW, AllPartitions, all_partitions
from flows.redrawing.ground import Floats, Ground, Ints, Trait
from flows.redrawing.halving import Halving, first_cut
from flows.redrawing.search import Effort, Search, pieces_of_units, usable_borders
from flows.redrawing.sums import Rules, Sums, sums_of

RESIDENTS = ("residents", "pop", "population", "einwohner")
"""Names that the column of the residents goes by; without one, every base unit weighs the same."""
FEW_PARTS = 3
"""Into so many parts a map of few base units is searched completely."""
STARTS = 12
"""A small map is searched from so many beginnings; a large one from fewer."""


@dataclass(frozen=True)
class TrialFiles:
    """The files of a trial, and which columns of the units are what."""

    units: Path
    adjacency: Path | None = None
    """A row for each pair of base units that share a border; columns a, b and, if known, length."""
    polygons: Path | None = None
    """Instead: polygons of the base units, whose shared borders are measured."""
    identity: str | None = None
    residents: str | None = None
    traits: tuple[str, ...] = ()
    current: str | None = None


@dataclass(frozen=True)
class TrialAsked:
    """What cut is asked for."""

    parts: int | None = None
    deviation: float | None = None
    """By how much of an average part the residents of a part may differ from it; None: by any number."""
    price: float = 0.0
    compactness: float = 0.0
    seed: int = 1
    rounds: int = 400


@dataclass(frozen=True)
class TrialFound:
    """What came of it."""

    ground: Ground
    labels: Ints
    within_share: float
    within_share_today: float | None
    rules: Rules
    moved: float | None
    """Residents whose part is another one than in the current cut; None where there is none."""
    all: AllPartitions | None
    """Every partition within bounds, where there are few enough to be looked at one by one, and nobody ended that."""

    @property
    def sizes(self) -> Floats:
        """The residents of each part; of today's parts more may be known than there are."""
        return np.bincount(np.unique(self.labels, return_inverse=True)[1], self.ground.residents).astype(np.float64)

    @property
    def kept(self) -> bool:
        """Whether every part is within bounds."""
        return bool(((self.sizes >= self.rules.least) & (self.sizes <= self.rules.most)).all())


def tried_cut(
    files: TrialFiles, asked: TrialAsked, *, progress: Callable[[int, int], bool] = lambda _done, _of: True
) -> TrialFound:
    """Return the best cut that was found, of all partitions where they are few.

    Args:
        files: the map.
        asked: how it is to be cut.
        progress: called with the number of rounds done and to do; the search stops once it returns False.

    Raises:
        ConfigError: a file is not as expected, or nothing within bounds was found.
    """
    ground = trial_ground(files)
    sums = sums_of(ground)
    parts = _parts(ground, files, asked)
    average = sums.city / parts
    deviation = float("inf") if asked.deviation is None else asked.deviation
    rules = Rules(  # rounded: 100 * (1 + 0.15) is a little less than 115
        least=max(round(average * (1 - deviation), 6), 0.0), most=round(average * (1 + deviation), 6),
        price=asked.price, compactness=asked.compactness,
    )  # fmt: skip
    every = None
    if len(ground) <= FEW and parts <= FEW_PARTS and not asked.price and not asked.compactness:
        every = all_partitions(ground, sums, parts, rules, progress=progress)
    labels = every.labels if every else _searched(ground, sums, parts, rules, asked, progress)
    if labels is None:
        raise ConfigError(
            f"--parts {parts} --deviation {asked.deviation}: expected a partition into connected parts of "
            f"{rules.least:,.0f} to {rules.most:,.0f} residents, found that there is none. Allow a larger deviation.",
            code="FS-USE-01",
        )
    labels = _named_as_today(ground, labels) if files.current else labels
    moved = float(ground.residents[labels != ground.today].sum()) if files.current else None
    found = TrialFound(
        ground, labels, sums.within_share(labels), sums.within_share(ground.today) if files.current else None, rules,
        moved, every,
    )  # fmt: skip
    if not found.kept:
        worst = found.sizes[np.argmax(np.abs(found.sizes - average))]
        raise ConfigError(
            f"--parts {parts} --deviation {asked.deviation}: expected connected parts of {rules.least:,.0f} to "
            f"{rules.most:,.0f} residents, found none in this search: the part furthest away has {worst:,.0f}. "
            "Allow a larger deviation, or more rounds (--rounds).",
            code="FS-USE-01",
        )
    return found


def _parts(ground: Ground, files: TrialFiles, asked: TrialAsked) -> int:
    parts = asked.parts if asked.parts is not None else len(ground.units)
    if asked.parts is None and not files.current:
        raise ConfigError(
            "--try: expected --parts, or --current with the column of today's parts, found neither.", code="FS-USE-01"
        )
    if not 2 <= parts <= len(ground):
        raise ConfigError(
            f"--parts: expected 2 to {len(ground)}, the number of base units, found {parts}.", code="FS-USE-01"
        )
    if asked.deviation is not None and asked.deviation < 0:
        raise ConfigError(
            f"--deviation: expected 0 or more, such as 0.2 for a fifth, found {asked.deviation}.", code="FS-USE-01"
        )
    if asked.rounds < 1:
        raise ConfigError(f"--rounds: expected 1 or more, found {asked.rounds}.", code="FS-USE-01")
    if asked.price < 0:
        raise ConfigError(f"--price: expected 0 or more, found {asked.price}.", code="FS-USE-01")
    if asked.price and not files.current:
        raise ConfigError(
            "--price: expected --current with the column of today's parts: without, nobody moves.", code="FS-USE-01"
        )
    if asked.price and parts != len(ground.units):
        raise ConfigError(
            f"--price: expected as many parts as there are today ({len(ground.units)}), found {parts}: a price asks "
            "for the cut that is near to today's.",
            code="FS-USE-01",
        )
    return parts


def _searched(
    ground: Ground, sums: Sums, parts: int, rules: Rules, asked: TrialAsked, progress: Callable[[int, int], bool]
) -> Ints:
    """Return the best cut of several searches: from today's cut where there is one with so many parts."""
    starts = max(1, min(STARTS, 5_000 // len(ground)))
    borders, from_today = usable_borders(ground), parts == len(ground.units)
    best, best_value = ground.today, -np.inf
    for start in range(starts):
        random = np.random.default_rng([asked.seed, start])
        halving = Halving(sums, borders.ends, rules, random)
        begun = ground.today if from_today and (start == 0 or rules.price) else first_cut(halving, parts)
        search = Search(
            borders, sums, begun, rules, homes=ground.today if from_today else None, seed=asked.seed + 1000 * start
        )
        went_on = True

        def done(number: int, before: int = start * asked.rounds) -> bool:
            nonlocal went_on
            went_on = progress(before + number + 1, starts * asked.rounds)
            return went_on

        labels = search.run(Effort(asked.rounds), progress=done)
        if search.best > best_value:
            best, best_value = labels.copy(), search.best
        if not went_on:
            break
    return best


def _named_as_today(ground: Ground, labels: Ints) -> Ints:
    """Return the labels in the numbers of today's parts, so that as few residents as possible change theirs."""
    units = max(len(ground.units), int(labels.max()) + 1)
    shared = np.zeros((units, units))
    np.add.at(shared, (labels, ground.today), ground.residents)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 -- only where there is a cut of today

    new, old = linear_sum_assignment(-shared)
    named = np.empty(units, dtype=np.int64)
    named[new] = old
    return np.asarray(named[labels])


def trial_ground(files: TrialFiles) -> Ground:
    """Return the base units of a table with their neighbours.

    Raises:
        ConfigError: a file is not as expected; names file, line and column.
    """
    rows = csv_rows(files.units)
    if not rows:
        raise ConfigError(f"{files.units}: expected a row for each base unit, found none.", code="FS-USE-01")
    header = list(rows[0][1])
    identity = files.identity or header[0]
    ids = [cell(line, identity, files.units) for line in rows]
    position = {name: place for place, name in enumerate(ids)}
    if len(position) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise ConfigError(
            f"{files.units}, {identity}: expected each base unit once, found {twice} again.", code="FS-USE-01"
        )
    known = next((name for name in header if name.lower() in RESIDENTS), None)
    residents_column = files.residents or known
    residents = np.ones(len(ids)) if residents_column is None else numbers(rows, residents_column, files.units)
    apart = {identity, residents_column, files.current}
    traits = list(files.traits) or [name for name in header if name not in apart]
    if not traits:
        raise ConfigError(
            f"{files.units}: expected columns of traits besides unit and residents, found none.", code="FS-USE-01"
        )
    figures = np.stack([numbers(rows, name, files.units) for name in traits], axis=1)
    _refuse(np.isnan(residents) | (residents < 0), "residents from 0 on", residents_column, rows, files.units)
    for place, name in enumerate(traits):
        _refuse(np.isnan(figures[:, place]) & (residents > 0), "a number", name, rows, files.units)
    weights = np.repeat(residents[:, None], len(traits), axis=1)
    today = [cell(line, files.current, files.units) for line in rows] if files.current else ["0"] * len(ids)
    units = sorted(set(today))
    edges, lengths = _edges(files, identity, position)
    ground = Ground(
        ids=ids, residents=residents, traits=[Trait(name, counted=False) for name in traits],
        numerators=np.nan_to_num(figures) * weights, denominators=weights, edges=edges, lengths=lengths, units=units,
        today=np.array([units.index(name) for name in today], dtype=np.int64),
    )  # fmt: skip
    _refuse_pieces(ground, files)
    return ground


def _refuse(wrong: Any, expected: str, column: str | None, rows: Sequence[Line], path: Path) -> None:
    for place in np.flatnonzero(wrong):
        line, cells = rows[int(place)]
        found = cells.get(column or "", "")
        raise ConfigError(f"{path}, line {line}, {column}: expected {expected}, found {found!r}.", code="FS-USE-01")


def _edges(files: TrialFiles, identity: str, position: dict[str, int]) -> tuple[Ints, Floats]:
    """Return the pairs of base units that share a border, each once, and how long it is."""
    if (files.adjacency is None) == (files.polygons is None):
        raise ConfigError(
            "--try: expected either --adjacency EDGES.csv or --polygons FILE, to know who is neighbour.",
            code="FS-USE-01",
        )
    if files.polygons is not None:
        from flows.redrawing.borders import borders_in_file  # noqa: PLC0415 -- loads spatial

        return borders_in_file(files.polygons, identity, position)
    path = files.adjacency
    assert path is not None  # noqa: S101 -- one of both, see above
    rows = csv_rows(path)
    header = list(rows[0][1]) if rows else []
    if len(header) < 2:
        raise ConfigError(
            f"{path}: expected two columns with the base units of each pair, found {header or 'nothing'}.",
            code="FS-USE-01",
        )
    lengths = numbers(rows, "length", path) if "length" in header else np.ones(len(rows))
    found: dict[tuple[int, int], float] = {}
    for line, length in zip(rows, lengths.tolist(), strict=True):
        names = [cell(line, column, path) for column in header[:2]]
        for name in names:
            if name not in position:
                raise ConfigError(
                    f"{path}, line {line[0]}: expected a base unit of {files.units}, found {name!r}.", code="FS-USE-01"
                )
        one, other = sorted(position[name] for name in names)
        if one != other:
            found[one, other] = length
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2), np.array([found[pair] for pair in sorted(found)])


def _refuse_pieces(ground: Ground, files: TrialFiles) -> None:
    if (pieces := int(pieces_of_units(ground.edges, np.zeros(len(ground), dtype=np.int64))[0])) > 1:
        raise ConfigError(
            f"{files.adjacency or files.polygons}: expected base units that all hang together, found {pieces} pieces "
            "without a border between them. Add the borders over water or streets that connect them.",
            code="FS-USE-01",
        )
    if files.current:
        apart = pieces_of_units(ground.edges, ground.today)
        for unit in np.flatnonzero(apart > 1)[:1]:
            raise ConfigError(
                f"{files.units}, {files.current}: expected connected parts, found {ground.units[unit]!r} in "
                f"{apart[unit]} pieces.",
                code="FS-USE-01",
            )


def as_json(found: TrialFound, asked: TrialAsked) -> dict[str, Any]:
    """Return what was found as JSON has it."""
    ground, rules = found.ground, found.rules
    named = bool(found.moved is not None)
    part = [ground.units[label] if named and label < len(ground.units) else str(label) for label in found.labels]
    sizes = found.sizes
    return {
        "labels": dict(zip(ground.ids, part, strict=True)),
        "within_share": found.within_share,
        "within_share_current": found.within_share_today,
        "parts": len(np.unique(found.labels)),
        "residents": {"least": float(sizes.min()), "most": float(sizes.max())},
        "bounds": {
            "least": rules.least, "most": rules.most if np.isfinite(rules.most) else None, "kept": found.kept,
        },
        "residents_moved": found.moved,
        "admissible_partitions": found.all.partitions if found.all else None,
        "searched": "every partition" if found.all else "random trees",
        "seed": asked.seed,
    }  # fmt: skip
