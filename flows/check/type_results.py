"""What the report of the checks says of types: whether they hold as they were fitted, and whether units have them.

Types are made by the station protect, of what may leave the office, when the suites of Great Expectations are at work
already; so these checks are made of what protect has seen, and stand in the same report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.base.german_numbers import number
from flows.check.models import RESULTS, CheckReport, CheckResult, read_results
from flows.profile.vocabulary import Words
from flows.typology.fit import STRUCTURE
from flows.typology.held import EMPTY_FOR, Applied
from flows.typology.quality import STABLE

SUITE = "typen"
_FIT = Words(
    "Nach Bebauung und Wohnen ansehen, ob die Typen die Stadt beschreiben; mit anderen Merkmalen neu bilden "
    "(fortschreibung types STADT --fit), als neue Version",
    "Look whether the types still describe the city; fit them anew by other traits (fortschreibung types CITY --fit), "
    "as a new version",
)  # fmt: skip


def type_results(applied: Sequence[Applied]) -> list[CheckResult]:
    """Return the checks of the typologies of a city: two for each."""
    return [result for one in applied for result in (_holds(one), _has_units(one))]


def with_types(report: CheckReport, applied: Sequence[CheckResult]) -> CheckReport:
    """Return `report` with the checks of types, which are written beside the others; once only, however often."""
    others = [one for one in read_results(report.path) if one.suite != SUITE]
    (report.path / "checks.json").write_bytes(RESULTS.dump_json([*others, *applied], indent=1))
    warnings = sum(one.counts and one.severity == "warning" for one in [*others, *applied])
    return report.model_copy(update={"checks": len(others) + len(applied), "warnings": warnings})


def _holds(applied: Applied) -> CheckResult:
    typology, faults = applied.typology, list(_faults(applied))
    return _result(
        applied, "typen_halten",
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
        applied, "typen_belegt",
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
        suite=SUITE, check=f"{check}_{applied.typology.id}_{version}", station="sozialraum", severity="warning",
        ok=not faults, expected=expected.en, expected_de=expected.de,
        found="; ".join(one.en for one in faults) or "as expected",
        found_de="; ".join(one.de for one in faults) or "wie erwartet", units=[], offending=len(faults),
        reason=reason.en, reason_de=reason.de, what_to_do=_FIT.en, what_to_do_de=_FIT.de, owner="Statistikstelle",
    )  # fmt: skip
