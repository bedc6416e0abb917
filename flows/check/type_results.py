"""What the report of the checks says of types: whether they hold as they were fitted, and whether units have them.

Types are made by the station protect, of what may leave the office, when the suites of Great Expectations are at work
already; so these checks are made of what protect has seen, and stand in the same report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from flows.base.german_numbers import number
from flows.check.models import NEEDED, RESULTS, TYPE_CHECKS, CheckReport, CheckResult, read_results
from flows.profile.checks import Waiver
from flows.profile.vocabulary import Words
from flows.typology.fit import STRUCTURE
from flows.typology.held import EMPTY_FOR, Applied
from flows.typology.quality import STABLE

SUITE = "typen"
_HOLDS, _HAS_UNITS = TYPE_CHECKS
_FIT = Words(
    "Nach Bebauung und Wohnen ansehen, ob die Typen die Stadt beschreiben; mit anderen Merkmalen neu bilden "
    "(fortschreibung types STADT --fit), als neue Version",
    "Look whether the types still describe the city; fit them anew by other traits (fortschreibung types CITY --fit), "
    "as a new version",
)  # fmt: skip


def type_results(applied: Sequence[Applied]) -> list[CheckResult]:
    """Return the checks of the typologies of a city: two for each."""
    return [result for one in applied for result in (_holds(one), _has_units(one))]


def with_types(
    report: CheckReport, applied: Sequence[CheckResult], waivers: Sequence[Waiver], today: dt.date
) -> CheckReport:
    """Return `report` with the checks of types, which are written beside the others; once only, however often.

    Of `waivers` those of types count that are valid and for the whole check: its findings are no units.
    """
    valid = [one for one in waivers if one.check.startswith(TYPE_CHECKS) and not one.expired(today)]
    used = [one for one in valid if not one.units and any(not each.ok and each.check == one.check for each in applied)]
    needless = [f"{one.check} (until {one.expires})" for one in valid if one not in used]
    judged = [_waived(one, [waiver for waiver in used if waiver.check == one.check]) for one in applied]
    others = [one for one in read_results(report.path) if one.suite != SUITE]
    others = [_with_needless(one, needless) if one.check == NEEDED else one for one in others]
    (report.path / "checks.json").write_bytes(RESULTS.dump_json([*others, *judged], indent=1))
    warnings = sum(one.counts and one.severity == "warning" for one in [*others, *judged])
    return report.model_copy(update={"checks": len(others) + len(judged), "warnings": warnings})


def _waived(result: CheckResult, waivers: Sequence[Waiver]) -> CheckResult:
    words = "; ".join(one.words for one in waivers)
    return result.model_copy(update={"waived": result.offending if waivers else 0, "waiver": words})


def _with_needless(result: CheckResult, named: Sequence[str]) -> CheckResult:
    """Return the check of needless waivers with those of types that it could not know."""
    more = [one for one in named if one not in result.units]
    if not more:
        return result
    count = result.offending + len(more)
    found = Words(f"{number(count)} nicht wie erwartet", f"{count:,} not as expected")
    update = {"ok": False, "units": [*result.units, *more], "offending": count, "found": found.en, "found_de": found.de}
    return result.model_copy(update=update)


def _holds(applied: Applied) -> CheckResult:
    typology, faults = applied.typology, list(_faults(applied))
    return _result(
        applied, _HOLDS,
        Words(
            f"Die Typen der Typologie {typology.id} waren beim Bilden deutlich getrennt und kehrten wieder",
            f"The types of the typology {typology.id} were clearly apart and came back when they were fitted",
        ),
        faults,
        Words(
            "Typen, die sich beim Bilden nicht hielten, teilen Räume nach Zufall ein",
            "Types that did not hold when they were fitted divide units by chance",
        ),
    )  # fmt: skip


def _faults(applied: Applied) -> Iterator[Words]:
    """Yield what the search itself had found against the types, as far as types.toml says it."""
    definition = applied.typology.definition
    if definition.silhouette is not None and definition.silhouette < STRUCTURE:
        yield Words(
            f"Silhouette {number(definition.silhouette, 2)} (unter {number(STRUCTURE, 2)})",
            f"silhouette {definition.silhouette:.2f} (below {STRUCTURE:.2f})",
        )
    for each in definition.type:
        if each.recurrence is not None and each.recurrence < STABLE:
            yield Words(
                f"{each.label_de}: Wiederkehr {number(each.recurrence, 2)} (unter {number(STABLE, 2)})",
                f"{each.label_en}: recurrence {each.recurrence:.2f} (below {STABLE:.2f})",
            )


def _has_units(applied: Applied) -> CheckResult:
    typology = applied.typology
    labels = {each.id: Words(each.label_de, each.label_en) for each in typology.definition.type}
    return _result(
        applied, _HAS_UNITS,
        Words(
            f"Zu jedem Typ der Typologie {typology.id} gehört an einem der letzten {EMPTY_FOR} Stichtage ein Raum",
            f"Each type of the typology {typology.id} has a unit at one of the last {EMPTY_FOR} Stichtage",
        ),
        [Words(f"kein Raum: {labels[name].de}", f"no unit: {labels[name].en}") for name in applied.empty],
        Words(
            "Ein Typ ohne Räume beschreibt die Stadt nicht mehr; Räume fallen in Typen, die nicht für sie gemacht sind",
            "A type without units does not describe the city any more, and units fall into types not made for them",
        ),
    )  # fmt: skip


def _result(applied: Applied, check: str, expected: Words, faults: Sequence[Words], reason: Words) -> CheckResult:
    version = applied.typology.definition.version
    return CheckResult(
        suite=SUITE, check=f"{check}{applied.typology.id}_{version}", station="sozialraum", severity="warning",
        ok=not faults, expected=expected.en, expected_de=expected.de,
        found="; ".join(one.en for one in faults) or "as expected",
        found_de="; ".join(one.de for one in faults) or "wie erwartet", units=[], offending=len(faults),
        reason=reason.en, reason_de=reason.de, what_to_do=_FIT.en, what_to_do_de=_FIT.de, owner="Statistikstelle",
    )  # fmt: skip
