"""What a search for a better cut found, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.base.german_numbers import number
from flows.pages.review_words import VERDICTS
from flows.redrawing.city_proposals import CityProposal, CityProposals

KINDS: Mapping[str, str] = {
    "split": "Teilung", "merge": "Zusammenlegung", "transfer": "Übertragung", "redraw": "Umbau",
}  # fmt: skip


def trial_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a cut of a tried map is like, then each base unit with its part."""
    residents, bounds = found["residents"], found["bounds"]
    size = f"{number(residents['least'])} bis {number(residents['most'])}"
    yield f"{found['parts']} zusammenhängende Teile; Einwohner je Teil {size}"
    if bounds["most"] is not None:
        yield f"Grenzen {number(bounds['least'])} bis {number(bounds['most'])}: eingehalten"
    now = found["within_share_current"]
    before = f" (heute {number(100 * now, 2)} %)" if now is not None else ""
    yield f"Streuung innerhalb der Teile: {number(100 * found['within_share'], 2)} % der ganzen{before}"
    if found["residents_moved"] is not None:
        yield f"Einwohner, die den Teil wechseln: {number(found['residents_moved'])}"
    if found["admissible_partitions"] is not None:
        yield f"Beste aller {number(found['admissible_partitions'])} zulässigen Zerlegungen (vollständig durchsucht)"
    else:
        yield f"Gesucht entlang zufälliger Bäume, Anfangszahl {found['seed']}"
    for base_unit, part in found["labels"].items():
        yield f"{base_unit}  {part}"


def proposals_lines(found: CityProposals) -> Iterator[str]:
    """Yield the proposals of a city, those that mend a breach of a rule first."""
    yield (
        f"{found.city}, Zuschnitt {found.zuschnitt}, Stichtag {found.stichtag}: Streuung innerhalb der Sozialräume "
        f"heute {number(100 * found.within_share, 1)} %, mit allen Vorschlägen "
        f"{number(100 * found.within_share_proposed, 1)} %"
    )
    moved = number(100 * found.residents_moved / found.residents, 1)
    yield (
        f"{len(found.proposals)} Vorschläge; {number(found.residents_moved)} Einwohner ({moved} %) kämen in einen "
        f"anderen Sozialraum. {found.not_made} weitere Änderungen waren nicht besser als Zufall oder zu teuer."
        if found.proposals else "Kein Vorschlag: nichts war besser als Zufall und seinen Preis wert. Nichts zu tun."
    )  # fmt: skip
    for each in found.proposals:
        yield f"{each.id}  {KINDS[each.kind]} {' '.join(each.units_before)}: {why_words(each)}"
        for part in each.parts:
            new = " (neu)" if part.to_unit in each.new_units else ""
            yield (
                f"            {number(part.residents)} Einwohner ({len(part.base_units)} Basiseinheiten) aus "
                f"{part.from_unit} nach {part.to_unit}{new}"
            )
        if each.decision:
            yield f"            {VERDICTS[each.decision.verdict].de} von {each.decision.by}: {each.decision.why}"
    for each in found.rejected_before:
        if each.decision:
            yield f"{each.id}  früher abgelehnt von {each.decision.by}: {each.decision.why}"


def why_words(proposal: CityProposal) -> str:
    """Return why a proposal is made: what it mends, and what it gains on residents that the search did not see."""
    gain = (
        f"Gewinn {_points(proposal.gain_unseen)} Prozentpunkte ({_points(proposal.gain_low)} bis "
        f"{_points(proposal.gain_high)}) an ungesehenen Einwohnern"
    )
    mended = f"hält die Größe von {', '.join(proposal.mends)} ein; " if proposal.mends else ""
    return f"{mended}{gain}"


def _points(share: float) -> str:
    return number(100 * share, 2)
