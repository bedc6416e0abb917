"""What the triggers of a review are called, in German and in English, and why each is worth a look."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from flows.base.german_numbers import english, number, percent
from flows.base.local_time import german_day
from flows.redrawing.decisions import Decision, Verdict
from flows.redrawing.review import Review, ReviewedUnit, Trigger


class Said(NamedTuple):
    """The same in German and in English."""

    de: str
    en: str


TRIGGERS: Mapping[Trigger, Said] = MappingProxyType({
    "too_small": Said("zu klein", "too small"),
    "too_large": Said("zu groß", "too large"),
    "nesting": Said("liegt nicht ganz in einem größeren Raum", "crosses a larger unit"),
    "pieces": Said("nicht zusammenhängend", "not in one piece"),
    "hole": Said("umschließt einen anderen Raum", "encloses another unit"),
    "barrier": Said("von einer Barriere zerschnitten", "cut by a barrier"),
    "mixed": Said("gemischt", "mixed"),
    "strange": Said("Blöcke anderer Art", "blocks of another kind"),
    "misfit": Said("Blöcke passen besser zum Nachbarn", "blocks fit a neighbour better"),
    "changed": Said("Charakter verändert", "character changed"),
    "built": Said("gebaut oder abgerissen", "built or pulled down"),
})  # fmt: skip


VERDICTS: Mapping[Verdict, Said] = MappingProxyType({
    "accepted": Said("angenommen", "accepted"), "changed": Said("von Hand geändert", "changed by hand"),
    "rejected": Said("abgelehnt", "rejected"),
})  # fmt: skip


def explained(unit: ReviewedUnit, trigger: Trigger, review: Review) -> Said:
    """Return what a trigger says of a Sozialraum, with its figures."""
    rules = {"too_small", "too_large", "nesting", "pieces", "hole", "barrier"}
    return _of_rule(unit, trigger, review) if trigger in rules else _of_character(unit, trigger)


def decided(decision: Decision) -> Said:
    """Return what was decided about a proposal, by whom, when and why."""
    day, verdict = decision.at.date(), VERDICTS[decision.verdict]
    return Said(
        f"Vorschlag {decision.proposal} {verdict.de} von {decision.by} am {german_day(day)}: {decision.why}",
        f"proposal {decision.proposal} {verdict.en} by {decision.by} on {day}: {decision.why}",
    )


def _of_rule(unit: ReviewedUnit, trigger: Trigger, review: Review) -> Said:
    amount = next(one.amount for one in unit.breaches if one.rule == trigger)
    people = number(unit.residents)
    said = {
        "too_small": Said(f"{people} Einwohner, mindestens {number(review.least)}",
                          f"{english(people)} residents, at least {english(number(review.least))}"),
        "too_large": Said(f"{people} Einwohner, höchstens {number(review.most)}",
                          f"{english(people)} residents, at most {english(number(review.most))}"),
        "nesting": Said(f"liegt in {amount:.0f} größeren Räumen", f"lies in {amount:.0f} larger units"),
        "hole": Said(f"{amount:.0f} Basiseinheiten darin", f"{amount:.0f} base units in it"),
    }  # fmt: skip
    cut_off = percent(amount) if trigger in ("pieces", "barrier") else ""
    return said.get(
        trigger, Said(f"abgetrennt: {cut_off} der Einwohner", f"cut off: {english(cut_off)} of the residents")
    )


def _of_character(unit: ReviewedUnit, trigger: Trigger) -> Said:
    lower, upper = number(unit.heterogeneity_from, 2), number(unit.heterogeneity_to, 2)
    score, moved = number(unit.heterogeneity, 2), number(unit.changed, 2)
    share = percent(unit.strange_share if trigger == "strange" else unit.misfit_share)
    come, gone, before = map(number, (unit.dwellings_come, unit.dwellings_gone, unit.dwellings_then))
    living = Said(f"dort leben {share} der Einwohner", f"{english(share)} of the residents live there")
    said = {
        "mixed": Said(f"Heterogenität {score} ({lower} bis {upper})",
                      f"heterogeneity {english(score)} ({english(lower)} to {english(upper)})"),
        "strange": living,
        "misfit": living,
        "changed": Said(f"um {moved} Standardabweichungen", f"by {english(moved)} standard deviations"),
        "built": Said(f"{come} Wohnungen gekommen, {gone} gegangen, vorher {before}",
                      f"{english(come)} dwellings came, {english(gone)} went, {english(before)} before"),
    }  # fmt: skip
    return said[trigger]
