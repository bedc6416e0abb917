"""The gate before a publication: audit what is to be published, repair what follows, and stop if that does not help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from flows.base.errors import CheckStopped
from flows.profile.load import Profile
from flows.protect.memory import Released

if TYPE_CHECKING:
    from flows.protect.audit import Audit
    from flows.protect.town import Town

NEW = "neu"
"""What the release that is being made is called before it has a version."""
SHOWN = 20
"""So many counts are named where the publication stops."""
EVERY = 10_000
"""Attacks that are spelled out for a repair: all of them."""
ROUNDS = 16
"""Audits; what still follows after so many stops the publication."""
PATIENT = 1
"""After so many, a repair takes twice as many siblings of each count as the one before; until then, one."""
SIBLINGS = 6
"""Repairs that look at siblings alone; those after take one sibling and what an attack says."""


def repaired(
    con: duckdb.DuckDBPyConnection, profile: Profile, target: Path, earlier: Released, again: Callable[[], None]
) -> tuple[bool, int]:  # fmt: skip
    """Suppress more until nothing follows from what is in `target` and in the `earlier` releases, or nothing helps.

    `again` makes the figures in `target` again from what is decided.

    Returns:
        Whether more was suppressed, and how many counts cannot be judged.

    Raises:
        CheckStopped: something still follows, and did not before.
    """
    from flows.protect.audit import audit  # noqa: PLC0415 -- numpy and scipy
    from flows.protect.repair import suppress_siblings, suppress_steps  # noqa: PLC0415
    from flows.protect.secondary import Secondary  # noqa: PLC0415
    from flows.protect.secondary_step import decide  # noqa: PLC0415
    from flows.protect.town import read_town  # noqa: PLC0415

    days, secondary, contradictory, repairs = None, None, 0, 0
    siblings, around, partly = SIBLINGS, True, False
    for _ in range(ROUNDS):
        named = 0 if repairs < siblings else EVERY
        found = audit([*earlier, (NEW, target)], profile.codebook, days=days, named=named, around=around)
        contradictory = max(contradictory, len(found.contradictory))
        new = [finding for finding in found.findings if NEW in finding.versions and finding.kind != "told"]
        if _told_anew(found, profile, target, earlier):
            break
        partly = partly or not found.complete
        if not new and partly:  # nothing follows from what is published around; now from figures all over the city
            around, partly, days = False, False, None
            continue
        if not new:
            return repairs > 0, contradictory
        if secondary is None:
            secondary = Secondary(read_town(con))
            group = _groups(secondary.town)
            related = [(one, other) for one in group for other in group if group[one] == group[other]]
        each = 2 ** max(0, repairs - PATIENT) if repairs < siblings else 1
        if not suppress_siblings(con, new, related, each) + suppress_steps(con, new, NEW):
            if named:
                break
            siblings = 0  # there are none: the attacks say what to take away
            continue
        sides = {finding.merkmal.rpartition(" ohne ")[2] for finding in new}
        sides |= {step.merkmal for finding in new for step in finding.attack}
        groups = frozenset(group[side] for side in sides & group.keys())  # an earlier release may have had others
        changed = frozenset(finding.stichtag for finding in new)
        decide(con, secondary, changed, groups)
        again()
        repairs += 1
        days = changed | {f"{int(day[:4]) + 1:04d}{day[4:]}" for day in changed}  # whose balances read the changed ones
    _stop(profile, target, earlier)
    return repairs > 0, contradictory


def _groups(town: Town) -> dict[str, int]:
    """Return the group of classes that each side of a town counts."""
    return {side: town.classes.group[next(iter(town.classes.side(side)))] for side in town.sides}


def _told_anew(found: Audit, profile: Profile, target: Path, earlier: Released) -> bool:
    """Say whether the new release states a count outright that is too small and that none before it told."""
    told = {finding.count for finding in found.findings if finding.kind == "told" and NEW in finding.versions}
    if told and earlier:
        from flows.protect.audit import audit  # noqa: PLC0415 -- numpy and scipy

        told -= {finding.count for finding in audit(earlier, profile.codebook, named=0, rules=target).findings}
    return bool(told)


def _stop(profile: Profile, target: Path, earlier: Released) -> None:
    """Stop the publication if it would tell what earlier releases do not.

    Raises:
        CheckStopped: names each count, and the published figures that tell it.
    """
    from flows.protect.audit import audit  # noqa: PLC0415

    before = audit(earlier, profile.codebook, named=0, rules=target).findings if earlier else ()
    known = {finding.count for finding in before}
    found = audit([*earlier, (NEW, target)], profile.codebook).findings
    new = [finding for finding in found if finding.count not in known]
    if new:
        raise CheckStopped(
            f"Nichts wird veröffentlicht: {len(new)} Anzahlen, die geheim bleiben müssen, folgen aus dem, was "
            "veröffentlicht würde. Mehr unterdrücken (höhere Schwellen, weniger Indikatoren im Codebuch):\n"
            + "\n".join(map(str, new[:SHOWN]))
        )
