"""What a search for a better cut found, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.base.language import in_language
from flows.base.texts import Text, joined, shown, text, tr, tr_count
from flows.pages.review_words import VERDICTS
from flows.redrawing.city_proposals import CityProposal, CityProposals


def kind_words(kind: str) -> Text:
    """Return what a kind of proposal is called."""
    return {
        "split": text("split"), "merge": text("merger"), "transfer": text("transfer"), "redraw": text("rebuilding"),
    }[kind]  # fmt: skip


def trial_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a cut of a tried map is like, then each base unit with its part."""
    residents, bounds = found["residents"], found["bounds"]
    yield tr(
        "{parts} connected parts; residents per part {least:,.0f} to {most:,.0f}", parts=found["parts"], **residents
    )  # fmt: skip
    if bounds["most"] is not None:
        yield tr("Bounds {least:,.0f} to {most:,.0f}: kept", **bounds)
    now, share = found["within_share_current"], 100 * found["within_share"]
    if now is None:
        yield tr("Spread within the parts: {share:.2f} % of the whole", share=share)
    else:
        yield tr("Spread within the parts: {share:.2f} % of the whole (today {now:.2f} %)", share=share, now=100 * now)
    if (moved := found["residents_moved"]) is not None:
        yield tr("Residents who change parts: {moved:,.0f}", moved=moved)
    if (tried := found["admissible_partitions"]) is not None:
        yield tr("Best of all {tried:,} admissible partitions (all were searched)", tried=tried)
    else:
        yield tr("Searched along random trees, seed {seed}", seed=found["seed"])
    for base_unit, part in found["labels"].items():
        yield f"{base_unit}  {part}"


def proposals_lines(found: CityProposals) -> Iterator[str]:
    """Yield the proposals of a city, those that mend a breach of a rule first."""
    yield tr(
        "{city}, Zuschnitt {zuschnitt}, Stichtag {stichtag}: spread within the Sozialräume {now:.1f} % today, "
        "{proposed:.1f} % with all proposals", city=found.city, zuschnitt=found.zuschnitt, stichtag=found.stichtag,
        now=100 * found.within_share, proposed=100 * found.within_share_proposed,
    )  # fmt: skip
    if found.proposals:
        yield tr_count(
            "1 proposal; {moved:,.0f} residents ({share:.1f} %) would come into another Sozialraum.",
            "{count} proposals; {moved:,.0f} residents ({share:.1f} %) would come into another Sozialraum.",
            len(found.proposals), moved=found.residents_moved, share=100 * found.residents_moved / found.residents,
        ) + " " + tr_count(
            "1 more change was no better than chance, or too dear.",
            "{count} more changes were no better than chance, or too dear.", found.not_made,
        )  # fmt: skip
    else:
        yield tr("No proposal: nothing was better than chance and worth its price. Nothing to be done.")
    for each in found.proposals:
        yield from _proposal(each)
    for each in found.rejected_before:
        if each.decision:
            yield tr("{id}  rejected before by {who}: {why}", id=each.id, who=each.decision.by, why=each.decision.why)


def _proposal(each: CityProposal) -> Iterator[str]:
    yield f"{each.id}  {shown(kind_words(each.kind))} {' '.join(each.units_before)}: {shown(why_words(each))}"
    for part in each.parts:
        moved = tr_count(
            "{residents:,.0f} residents (1 base unit) from {origin} to {target}",
            "{residents:,.0f} residents ({count} base units) from {origin} to {target}", len(part.base_units),
            residents=part.residents, origin=part.from_unit, target=part.to_unit,
        )  # fmt: skip
        yield f"            {moved}" + (f" {tr('(new)')}" if part.to_unit in each.new_units else "")
    for other in each.alternatives:
        yield "            " + tr(
            "as good: {moved:,.0f} residents move, gains {gain:.2f} on all (the proposal {own:.2f}); {residents:,.0f} "
            "residents go elsewhere", moved=other.residents_moved, gain=100 * other.gain_seen, own=100 * each.gain_seen,
            residents=sum(move.residents for move in other.differs),
        )  # fmt: skip
    if each.alternatives:
        yield "            " + tr("all agree on {core:.0f} % of those who move", core=100 * each.core)
    for need in each.need:
        if need.today != need.proposed and need.proposed is not None:
            yield "            " + tr(
                "class of need of {unit}: {today} becomes {proposed} ({probability:.0f} % sure)", unit=need.unit,
                today=need.today or "-", proposed=need.proposed, probability=100 * (need.proposed_probability or 0),
            )  # fmt: skip
    if widest := max(each.widths, key=lambda one: one.proposed / max(abs(one.value or 0), 1), default=None):
        yield "            " + tr(
            "the widest estimate: {indikator} of {unit} on {day}, {value:,.1f} ± {width:,.1f}", unit=widest.unit,
            indikator=widest.indikator, day=widest.stichtag, value=widest.value or 0, width=widest.proposed,
        )  # fmt: skip
    if each.decision:
        verdict = in_language(VERDICTS[each.decision.verdict])
        decided = tr("{verdict} by {who}: {why}", verdict=verdict, who=each.decision.by, why=each.decision.why)
        yield f"            {decided}"


def why_words(proposal: CityProposal) -> Text:
    """Return why a proposal is made: what it mends, and what it gains on residents that the search did not see."""
    gain = text(
        "gains {gain:.2f} percentage points ({low:.2f} to {high:.2f}) on residents that were not seen",
        gain=100 * proposal.gain_unseen, low=100 * proposal.gain_low, high=100 * proposal.gain_high,
    )  # fmt: skip
    if not proposal.mends:
        return gain
    return joined("; ", (text("keeps the size of {units}", units=", ".join(proposal.mends)), gain))
