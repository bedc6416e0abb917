"""The gate before a publication: audit what is to be published, repair what follows, and stop if that does not help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import literal
from flows.base.errors import CheckStopped
from flows.base.texts import Text, joined, text_count
from flows.base.years_before import text_years_before
from flows.profile.load import Profile
from flows.profile.protection import PUBLISHED_AS
from flows.protect.draft import Draft
from flows.protect.memory import Released

if TYPE_CHECKING:
    from flows.protect.audit import Finding
    from flows.protect.audit_tables import ReleaseTables
    from flows.protect.audit_told_too import Examined
    from flows.protect.secondary import Secondary
    from flows.protect.secondary_step import SecondaryStep

NEW = "neu"
"""What the release that is being made is called before it has a version."""
SHOWN = 20
"""So many counts are named where the publication stops."""
EVERY = 10_000
"""Attacks that are spelled out for a repair: all of them."""
ROUNDS = 16
"""Audits with repairs; what still follows after so many, or after one that left as much, is withdrawn."""
PATIENT = 1
"""After so many, a repair takes twice as many siblings of each count as the one before; until then, one."""
SIBLINGS = 6
"""Repairs that look at siblings alone; those after take one sibling and what an attack says."""


def repaired(
    con: duckdb.DuckDBPyConnection, profile: Profile, target: Path, earlier: Released, write: Callable[[Path], None], *,
    deciding: SecondaryStep,
) -> int:  # fmt: skip
    """Suppress more until nothing follows from what is in `target` and in the `earlier` releases, or nothing helps.

    `write` makes the figures again from what is decided and writes them; `deciding` decided about them first.

    Returns:
        How many counts cannot be judged.

    Raises:
        CheckStopped: something still follows, and did not before.
    """
    from flows.protect.audit_tables import ReleaseTables  # noqa: PLC0415 -- DuckDB, and numpy and scipy with audits

    with ReleaseTables([file for _, file in earlier]) as tables:
        gate = _Gate(con, profile, target, earlier, write, tables=tables, deciding=deciding)
        if not gate.opens():
            gate.stop()
    return gate.contradictory


class _Gate:
    """One release before its publication, and the repairs to it."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, profile: Profile, target: Path, earlier: Released,
        write: Callable[[Path], None], *, tables: ReleaseTables, deciding: SecondaryStep,
    ) -> None:  # fmt: skip
        """Take the release in `target`, and the tables of those that are out."""
        self.con, self.profile, self.target, self.earlier = con, profile, target, earlier
        self.write, self.tables, self.deciding = write, tables, deciding
        self.draft = Draft(con, write)
        self.repairs, self.audits, self.contradictory = 0, 0, 0
        self.news: frozenset[str] | None = None
        self.partly, self.touched = False, frozenset[str]()
        self.examined: dict[str, list[Examined]] | None = {}
        self._before: dict[tuple[str, ...], list[Finding]] = {}
        self._days_before: frozenset[str] = frozenset()

    @property
    def secondary(self) -> Secondary:
        """What decides again after a repair."""
        return self.deciding.secondary(self.con)

    @cached_property
    def group(self) -> dict[str, int]:
        """The group of classes that each side counts."""
        town = self.secondary.town
        return {side: town.classes.group[next(iter(town.classes.side(side)))] for side in town.sides}

    @cached_property
    def overlaid(self) -> frozenset[str]:
        """The Merkmale that have cell keys: nothing of them is suppressed, so that no repair helps."""
        rows = self.con.execute(
            f"SELECT merkmal FROM merkmal_veraendert WHERE verfahren = {literal(PUBLISHED_AS['cell-key'])}"  # noqa: S608
        ).fetchall()
        return frozenset(merkmal for (merkmal,) in rows)

    def opens(self) -> bool:
        """Audit and repair until nothing follows that did not before; say whether that was reached.

        Only Stichtage are audited of which the release says what the one before did not.
        """
        self.tables.take_last(self.target)
        news = self.tables.days_with_news()
        days = self.news = None if news is None else _and_the_years_after(news)
        while self._nothing_follows(days):
            days = self._follows_from_all()
            if not days:
                return True
        return False

    def _nothing_follows(self, days: frozenset[str] | None) -> bool:
        """Audit and repair until nothing follows that did not before; say whether that was reached.

        What a repair changed is read from a draft, and large connected systems are looked at in part.
        """
        siblings, around, left = SIBLINGS, not self.partly, EVERY
        while True:
            self.audits += 1
            named = 0 if self.repairs < siblings else EVERY
            new, complete = self._audited(days, named, around=around)
            if any(finding.kind == "told" and finding.high > 0 for finding in new):
                return False  # what the protector did wrong
            if any(self.overlaid & _counted_by(finding) for finding in new):
                return False
            self.partly = self.partly or not complete
            if not new:
                return True
            stuck = self.audits > ROUNDS or (named and len(new) >= left)
            changed = self._withdrawn(new) if stuck else frozenset[str]()
            if not changed and self.audits <= ROUNDS:
                each = 2 ** max(0, self.repairs - PATIENT) if self.repairs < siblings else 1
                changed = self._repaired(new, each)
            if not changed and not named:
                siblings = 0  # there are none: the attacks say what to take away
                continue
            changed = changed or self._withdrawn(new)
            if not changed:
                return False
            left = len(new) if named else left
            looked_at = changed | _days_of(new) | self.draft.bring(self.tables)
            self.touched |= looked_at
            days = _and_the_years_after(looked_at)

    def _follows_from_all(self) -> frozenset[str]:
        """Write all that was repaired and audit it as a whole; return the Stichtage at which anything follows then.

        Before that, what is suppressed without need is taken back, once; what opens anything is suppressed as before.
        """
        from flows.protect.take_back import Kept, taken_back  # noqa: PLC0415

        before, told = Kept(self.con), frozenset[str]()
        if self.examined:
            told = taken_back(self.con, self.secondary, self.examined)
        self.examined = None
        self.touched |= told
        while self.touched or self.partly:
            self._write_repaired()
            new, _ = self._audited(self._with_news(self.touched), 0, around=False)
            found = _days_of(new)
            back = told & _and_the_years_before(found)
            if not back:
                return found
            before.put_back(back)
            told -= back
        return frozenset()

    def _with_news(self, touched: frozenset[str]) -> frozenset[str] | None:
        """Return the Stichtage that are still to be audited as a whole where these have changed; None if all."""
        days = _and_the_years_after(touched)
        if not self.partly:
            return days
        return None if self.news is None else self.news | days

    def _write_repaired(self) -> None:
        """Write what was repaired to the release, and read all of it again."""
        if self.touched:
            self.write(self.target)
            self.touched |= self.tables.take_last(self.target)
            self.draft.note()

    def _audited(self, days: frozenset[str] | None, named: int, *, around: bool) -> tuple[list[Finding], bool]:
        """Return what follows from the new release that did not before, and whether everything was looked at."""
        from flows.protect.audit import audit  # noqa: PLC0415

        found = audit([*self.earlier, (NEW, self.target)], self.profile.codebook, days=days, named=named,
                      around=around, tables=self.tables, examined=self.examined)  # fmt: skip
        self.contradictory = max(self.contradictory, len(found.contradictory))
        new = [finding for finding in found.findings if NEW in finding.versions]
        known = self._known(new)
        return [finding for finding in new if _tells_more(finding, known.get(finding.count, []))], found.complete

    def _known(self, findings: Sequence[Finding]) -> dict[tuple[str, ...], list[Finding]]:
        """Return what follows from the releases that are out, by the rules of the new one, where there are findings.

        No repair can change that.
        """
        from flows.protect.audit import audit  # noqa: PLC0415

        days = _days_of(findings) - self._days_before
        if self.earlier and days:
            found = audit(self.earlier, self.profile.codebook, days=days, named=0, rules=self.target)
            for finding in found.findings:
                self._before.setdefault(finding.count, []).append(finding)
            self._days_before |= days
        return self._before

    def _repaired(self, new: Sequence[Finding], each: int) -> frozenset[str]:
        """Suppress more for the sake of findings, and return the Stichtage that changed."""
        from flows.protect.repair import suppress_siblings, suppress_steps, suppress_zeros  # noqa: PLC0415

        group = self.group
        related = [(one, other) for one in group for other in group if group[one] == group[other]]
        zeros = [finding for finding in new if finding.kind == "told"]
        if zeros and not suppress_zeros(self.con, zeros):
            return frozenset()  # suppressed already: an earlier release tells it
        follows = [finding for finding in new if finding.kind != "told"]
        more = suppress_siblings(self.con, follows, related, each) + suppress_steps(self.con, follows, NEW)
        if not zeros and not more:
            return frozenset()
        changed = _days_of(new)
        self._decide_again(new, changed)
        return changed

    def _withdrawn(self, new: Sequence[Finding]) -> frozenset[str]:
        """Withdraw what a new Zuschnitt says around findings, more each time, and return the Stichtage that changed."""
        from flows.protect.withdrawal import withdraw  # noqa: PLC0415

        changed = withdraw(self.con, self.secondary, new)
        if changed:
            self._decide_again(new, changed)
        return changed

    def _decide_again(self, new: Sequence[Finding], days: frozenset[str]) -> None:
        """Decide again about the kinds of people that findings count, at these Stichtage, and write the figures."""
        from flows.protect.secondary_step import decide  # noqa: PLC0415

        sides = {finding.merkmal.rpartition(" ohne ")[2] for finding in new}
        sides |= {step.merkmal for finding in new for step in finding.attack}
        # an earlier release may have had others
        decide(self.con, self.secondary, days, frozenset(self.group[side] for side in sides & self.group.keys()))
        self.repairs += 1

    def stop(self) -> None:
        """Stop the publication if it would tell what earlier releases do not.

        Raises:
            CheckStopped: names each count, and the published figures that tell it.
        """
        from flows.protect.audit import audit  # noqa: PLC0415

        self._write_repaired()
        found = audit([*self.earlier, (NEW, self.target)], self.profile.codebook, tables=self.tables).findings
        known = self._known(found)
        new = [finding for finding in found if _tells_more(finding, known.get(finding.count, []))]
        if new:
            raise CheckStopped(
                joined("\n", [_why_stopped(len(new)), *(each.words for each in new[:SHOWN])]), code="FS-DISCLOSURE-01"
            )


def _counted_by(finding: Finding) -> set[str]:
    """Return the Merkmale that a finding is about."""
    return {merkmal for side in finding.merkmal.split(" ohne ") for merkmal in side.split("+")}


def _days_of(findings: Sequence[Finding]) -> frozenset[str]:
    """Return the Stichtage of which there are findings."""
    return frozenset(finding.stichtag for finding in findings)


def _and_the_years_after(days: frozenset[str]) -> frozenset[str]:
    """Return Stichtage with those whose balances read them."""
    return days | {text_years_before(day, -1) for day in days}


def _and_the_years_before(days: frozenset[str]) -> frozenset[str]:
    """Return Stichtage with those that their balances read."""
    return days | {text_years_before(day, 1) for day in days}


def _why_stopped(count: int) -> Text:
    return text_count(
        "Nothing is published: 1 count that must stay secret follows from what would be published. Suppress more "
        "(higher thresholds, fewer Indikatoren in the codebook), or where counts are changed, change them more (base, "
        "ptable):",
        "Nothing is published: {count} counts that must stay secret follow from what would be published. Suppress more "
        "(higher thresholds, fewer Indikatoren in the codebook), or where counts are changed, change them more (base, "
        "ptable):",
        count,
    )


def _tells_more(finding: Finding, before: Sequence[Finding]) -> bool:
    """Say whether a count follows that did not before (from any Lieferung), or more closely."""
    return not any(one.low >= finding.low and one.high <= finding.high for one in before)
