"""The report of the checks as a page: first what did not pass and what to do, then all that was checked, by station.

The page of a run leads to the pages of Great Expectations beside it. The release has the same page without them, which
says whose release it is and leads back to its first page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.check.models import GX_PAGES_FOLDER, CheckResult, read_results
from flows.check.row_words import unit_words
from flows.pages.about import About
from flows.pages.template import page_of
from flows.profile.check_header import Severity, Station
from flows.profile.vocabulary import Words

NAME = "index.html"

STATIONS: dict[Station, Words] = {
    "extract": Words("Lieferungen: die Dateien, wie sie kamen", "Extracts: the files as delivered"),
    "staged": Words("Gelesen: die Zahlen an den Basiseinheiten", "Staged: the counts at the base units"),
    "sozialraum": Words("Tabellen der Sozialräume", "Sozialraum tables"),
    "release": Words("Gegen die vorige Fortschreibung", "Against the last release"),
    "city": Words("Eigene Prüfungen und Ausnahmen der Stadt", "The city's own checks and waivers"),
}
SEVERITIES: dict[Severity, Words] = {
    "critical": Words("Blocker", "blocker"),
    "warning": Words("Warnung", "warning"),
    "info": Words("Hinweis", "note"),
}
"""In the order in which they are shown."""
_COUNTED: dict[Severity, tuple[Words, Words]] = {
    "critical": (Words("Blocker", "blocker"), Words("Blocker", "blockers")),
    "warning": (Words("Warnung", "warning"), Words("Warnungen", "warnings")),
    "info": (Words("Hinweis", "note"), Words("Hinweise", "notes")),
}


@dataclass(frozen=True)
class Checked:
    """Whose checks they are: those of a release, or of a run that has none yet; and the day on which they were made."""

    about: About
    day: dt.date
    release: str | None = None


def write_checks_page(folder: Path, checked: Checked) -> None:
    """Write the page of the results in `folder` beside them."""
    (folder / NAME).write_text(checks_html(read_results(folder), checked), encoding="utf-8")


def checks_html(results: Sequence[CheckResult], checked: Checked) -> str:
    """Return the report on `results` as a page."""
    order = list(SEVERITIES)
    failed = sorted((one for one in results if not one.ok), key=lambda one: (one.accepted, order.index(one.severity)))
    return page_of(
        "checks.html.j2", checked=checked, opening=opening(results), failed=failed, severities=SEVERITIES,
        unit_words=unit_words,
        stations={
            words: passed for station, words in STATIONS.items()
            if (passed := [one for one in results if one.ok and one.station == station])
        },
        pages=None if checked.release else f"../{GX_PAGES_FOLDER}/validations",
        first_page=f"../{NAME}" if checked.release else None,
    )  # fmt: skip


def opening(results: Sequence[CheckResult]) -> Words:
    """Return what a person would say of `results` first."""
    failed = [one for one in results if not one.ok]
    if not failed:
        if len(results) == 1:
            return Words("Die eine Prüfung ist bestanden.", "The one check passed.")
        return Words(f"Alle {len(results)} Prüfungen sind bestanden.", f"All {len(results)} checks passed.")
    de, en = zip(*_counts(failed), strict=True)
    passed, one = len(results) - len(failed), len(results) == 1
    return Words(
        f"Von {len(results)} Prüfung{'' if one else 'en'} {'ist' if passed == 1 else 'sind'} {passed} bestanden: "
        f"{', '.join(de)}.",
        f"Of {len(results)} check{'' if one else 's'} {passed} passed: {', '.join(en)}.",
    )


def _counts(failed: Sequence[CheckResult]) -> list[Words]:
    counts = []
    for severity, (one, several) in _COUNTED.items():
        if found := sum(each.counts and each.severity == severity for each in failed):
            words = one if found == 1 else several
            counts.append(Words(f"{found} {words.de}", f"{found} {words.en}"))
    if accepted := sum(each.accepted for each in failed):
        counts.append(Words(f"{accepted} mit Ausnahme hingenommen", f"{accepted} accepted by a waiver"))
    return counts
