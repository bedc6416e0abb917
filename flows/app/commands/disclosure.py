"""The command that attacks what is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import CityArgument, HomeOption, JsonOption, print_json
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home, root_at
from flows.base.texts import shown, tr, tr_count

if TYPE_CHECKING:
    from flows.protect.audit import Audit

SHOWN = 20
"""So many counts that cannot be judged are named."""


def audit(
    city: CityArgument,
    version: str | None = None,
    *,
    zuschnitte: Annotated[bool, Parameter(negative="")] = False,
    at_least: int = 5,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say which counts follow from a city's releases though they must not; exit code 4 if any does.

    Parameters
    ----------
    version
        One release alone (default: all that are out, together).
    zuschnitte
        Instead: which unions of units of two Zuschnitte differ by fewer residents than --at-least.
    at_least
        The fewest residents that a difference between two Zuschnitte may hold.
    """
    from flows.release.catalog import releases  # noqa: PLC0415

    released = [(one.version, one.database) for one in releases(Home(root_at(home)), city)
                if version in (None, one.version) and one.database.is_file()]  # fmt: skip
    if not released:
        known = ", ".join(one.version for one in releases(Home(root_at(home)), city)) or "none"
        raise ConfigError(
            f"Expected a release{f' {version}' if version else ''} of {city} in {root_at(home)}, found {known}.",
            code="FS-USE-02",
        )
    if zuschnitte:
        return _differences(released[-1], at_least, as_json=as_json)
    from flows.profile.load import load_profile  # noqa: PLC0415
    from flows.protect.audit import audit as audited  # noqa: PLC0415

    found = audited(released, load_profile(city).codebook)
    if as_json:
        print_json({"city": city, **found.model_dump(mode="json"), "safe": found.safe})
    else:
        print(*audit_lines(city, found), sep="\n")
    return 0 if found.safe else VerificationFailed.exit_code


def audit_lines(city: str, found: Audit) -> Iterator[str]:
    """Yield what an audit found, as a person reads it."""
    for finding in found.findings:
        yield shown(finding.words)
    yield tr_count(
        "{city} {versions}: 1 of {asked:,} counts that must stay secret follows from what is published.",
        "{city} {versions}: {count} of {asked:,} counts that must stay secret follow from what is published.",
        len(found.findings), city=city, versions=", ".join(found.versions), asked=found.asked,
    )  # fmt: skip
    for place in found.contradictory[:SHOWN]:
        yield tr("    cannot be judged: {place}", place=place)
    if found.contradictory:
        yield tr_count(
            "1 count cannot be judged: what is published around it contradicts itself.",
            "{count} counts cannot be judged: what is published around them contradicts itself.",
            len(found.contradictory),
        )
    if found.not_linked:
        levels = ", ".join(found.not_linked)
        yield tr("Not added up: {levels} (lies not wholly in or above other units).", levels=levels)


def _differences(release: tuple[str, Path], at_least: int, *, as_json: bool) -> int:
    from flows.protect.differencing import released_differences  # noqa: PLC0415

    found = released_differences(release[1], at_least)
    if as_json:
        print_json({"version": release[0], "at_least": at_least, "differences": [one.model_dump() for one in found]})
    for one in [] if as_json else found:
        print(shown(one.words))
    if not as_json:
        print(tr_count(
            "{version}: 1 difference between Zuschnitte holds fewer than {least} residents.",
            "{version}: {count} differences between Zuschnitte hold fewer than {least} residents.",
            len(found), version=release[0], least=at_least,
        ))  # fmt: skip
    return VerificationFailed.exit_code if found else 0
