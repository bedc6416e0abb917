"""The audit: what counts follow from releases that must not be known, and how.

It reads nothing but what is released (and the codebook, which everybody has), and shares no decision with the code that
suppresses: that a protector made a mistake is found here. It is the gate before a publication and a command over what
is already out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from flows.base.texts import Text, joined, text
from flows.base.years_before import text_years_before
from flows.profile.codebook import Codebook

if TYPE_CHECKING:
    from flows.protect.audit_asked import Asked, Interval
    from flows.protect.audit_bounds import Bounds
    from flows.protect.audit_reading import Relations, Said
    from flows.protect.audit_states import State
    from flows.protect.audit_system import System
    from flows.protect.audit_tables import ReleaseTables
    from flows.protect.audit_told_too import Examined

NAMED = 30
"""So many attacks are spelled out; the others are listed."""


class Step(BaseModel):
    """A published figure of an attack, and how often it is added (or taken away, if negative)."""

    model_config = ConfigDict(frozen=True)

    factor: float
    figure: str
    value: float
    version: str
    merkmal: str
    zuschnitt: str
    raumebene: str
    raum_id: str
    stichtag: str


class Finding(BaseModel):
    """A count that follows, or is bounded too closely."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """``place``: of a unit; ``part``: the same, where only a share of it is suppressed; ``piece``: of
    what lies between the lines of Zuschnitte; ``rest``, or ``rest piece``: of what a share leaves
    over; ``change``: between two releases; ``group``, or ``group piece``: that nobody, or everybody, of too few people
    has something; ``forbidden``: what a rule forbids, however large it is; ``told``: that a release states outright."""
    stichtag: str
    zuschnitt: str
    raumebene: str
    raum_id: str
    merkmal: str
    low: int
    high: int
    at_least: int
    versions: tuple[str, ...]
    attack: tuple[Step, ...] = ()
    around: tuple[tuple[str, str], ...] = Field(default=(), exclude=True)
    """Of a piece: Zuschnitt and id of each unit around it, which `zuschnitt` and `raum_id` name in one text each."""

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """Return Zuschnitt and id of the unit, or of the units around the piece."""
        return self.around or ((self.zuschnitt, self.raum_id),)

    @property
    def count(self) -> tuple[str, ...]:
        """What is counted, by which findings of two audits are the same."""
        return (self.kind, self.stichtag, self.zuschnitt, self.raumebene, self.raum_id, self.merkmal)

    @property
    def place(self) -> str:
        """Say what is counted, where and when."""
        return f"{self.merkmal}, {self.raumebene} {self.raum_id} (Zuschnitt {self.zuschnitt}), {self.stichtag}"

    @property
    def words(self) -> Text:
        """Say what follows and how."""
        low, high = self.low, self.high
        size = Text(f"{low}") if low == high else text("{first} to {last}", first=low, last=high)
        said = text(
            "{place}: {size} follows from {versions} ({rule})",
            place=self.place, size=size, versions=", ".join(self.versions), rule=self._rule,
        )  # fmt: skip
        return joined("\n", (said, *(
            text(
                "    {factor:+g} x {figure} = {value:g} ({version})",
                factor=step.factor, figure=step.figure, value=step.value, version=step.version,
            )
            for step in self.attack
        )))  # fmt: skip

    @property
    def _rule(self) -> Text:
        if self.kind in ("group", "group piece"):
            return text("all or none of too few")
        if self.kind == "forbidden":
            return text("never published here, or a sum of too few cases")
        return text("permitted from {least}", least=self.at_least)


class Audit(BaseModel):
    """What an audit found."""

    model_config = ConfigDict(frozen=True)

    versions: tuple[str, ...]
    asked: int
    """How many counts must not be known."""
    findings: tuple[Finding, ...]
    not_linked: tuple[str, ...] = ()
    """Raumebenen over which nothing could be added up."""
    contradictory: tuple[str, ...] = ()
    """Counts around which the published figures cannot all be true: what bounds them is not known."""

    complete: bool = True
    """Whether also what follows from figures all over a large city was looked for."""

    @property
    def safe(self) -> bool:
        """Whether nothing follows, and everything could be judged."""
        return not self.findings and not self.contradictory and self.complete


def relations_of(book: Codebook) -> Relations:
    """Return what a codebook says of how Merkmale hang together."""
    from flows.protect.audit_reading import Relations  # noqa: PLC0415 -- numpy

    return Relations(
        tuple((division.whole, tuple(division.parts)) for division in book.division.values()),
        tuple((stock, (*((flow, 1) for flow in balance.plus), *((flow, -1) for flow in balance.minus)))
              for stock, balance in book.balance.items()),
        tuple((part, whole) for part, merkmal in book.merkmal.items() for whole in merkmal.part_of),
    )  # fmt: skip


def audit(
    files: Sequence[tuple[str, Path]], book: Codebook, *, days: frozenset[str] | None = None, named: int = NAMED,
    rules: Path | None = None, around: bool = False, tables: ReleaseTables | None = None,
    examined: dict[str, list[Examined]] | None = None,
) -> Audit:  # fmt: skip
    """Return what follows from the releases in `files`, given as (version, database or folder of Parquet files).

    `days` are the Stichtage to look at, if not all; `rules` a release whose thresholds apply as well. With `around`,
    what only follows from figures all over a large city is not looked for, which is much faster. `tables` are those of
    the releases, where they have been read before. What was looked at is noted in `examined`, by Stichtag.
    """
    from flows.protect.audit_asked import Interval, told  # noqa: PLC0415
    from flows.protect.audit_attack import attack_on  # noqa: PLC0415 -- numpy and scipy
    from flows.protect.audit_changes import changes  # noqa: PLC0415
    from flows.protect.audit_reading import what_is_said  # noqa: PLC0415
    from flows.protect.audit_tables import ReleaseTables  # noqa: PLC0415
    from flows.protect.audit_told_too import Examined  # noqa: PLC0415

    asked_for = None if days is None else days | {text_years_before(day, 1) for day in days}
    with nullcontext(tables) if tables else ReleaseTables([file for _, file in files], asked_for) as read:
        if rules is not None:
            read.take_rules(rules)
        said = what_is_said(read, [version for version, _ in files], relations_of(book), asked_for)
    findings, contradictory, asked, complete = list[Finding](), list[str](), 0, True
    for day in {state.day for state in said.states if days is None or state.day in days}:
        if examined is not None:
            examined[day] = []
    for state in said.states:
        if days is not None and state.day not in days:
            continue
        before = next((one for one in said.states if one.day == text_years_before(state.day, 1)
                       and set(one.versions) & set(state.versions)), None)  # fmt: skip
        system, questions, bounds = _bounds(said, state, before, around=around)
        intervals = {_of(interval): interval for interval in (*told(questions), *bounds.too_close)}
        if bounds.contradictory and (before is not None or system.skipped):
            # balances need not hold, since registers are corrected; what follows exactly is found by elimination.
            # Where they hold, what follows from them stays found
            system, questions, bounds = _bounds(said, state, None, around=around, large=True)
            intervals |= {_of(interval): interval for interval in (*told(questions), *bounds.too_close)}
        if examined is not None:
            examined[state.day].append(Examined(system, questions, bounds.constraints))
        contradictory += [_finding(said, system, Interval(one, 0, 0), ()).place for one in bounds.contradictory]
        asked += len(questions)
        complete &= bounds.complete
        for interval in intervals.values():
            steps = attack_on(system, interval) if len(findings) < named and interval.asked.kind != "told" else ()
            findings.append(_finding(said, system, interval, tuple(steps)))
    findings += changes(said, days)
    return Audit(versions=said.versions, asked=asked, findings=tuple(findings), not_linked=said.not_linked,
                 contradictory=tuple(contradictory), complete=complete)  # fmt: skip


def _bounds(
    said: Said, state: State, before: State | None, *, around: bool, large: bool = False
) -> tuple[System, list[Asked], Bounds]:  # fmt: skip
    from flows.protect.audit_asked import asked_of  # noqa: PLC0415 -- numpy and scipy
    from flows.protect.audit_bounds import bounded  # noqa: PLC0415
    from flows.protect.audit_system import system_of  # noqa: PLC0415

    system = system_of(said, state, before, large=large)
    questions = asked_of(system)
    return system, questions, bounded(system, questions, around=around)


def _of(interval: Interval) -> tuple[str, int, int, int]:
    """Say which count an interval is of, in whichever system."""
    asked = interval.asked
    return (asked.kind, asked.where, asked.side, asked.below)


def _finding(said: Said, system: System, interval: Interval, steps: tuple[Step, ...]) -> Finding:
    asked = interval.asked
    if asked.of_piece:
        places = [place for at, place in enumerate(said.places) if place.rank == 1 and system.inside[at, asked.where]]
    else:
        places = [said.places[asked.where]]
    name = said.sides[asked.side]
    if asked.below >= 0:
        name = f"{said.sides[asked.below]} ohne {name}"
    return Finding(
        kind=asked.kind, stichtag=system.state.day, zuschnitt=" / ".join(one.zuschnitt for one in places),
        raumebene=places[0].level if places else "", raum_id=" / ".join(one.id for one in places), merkmal=name,
        around=tuple((one.zuschnitt, one.id) for one in places), low=interval.low, high=interval.high,
        at_least=asked.at_least, versions=system.state.versions, attack=steps,
    )  # fmt: skip
