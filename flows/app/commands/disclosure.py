"""The command that attacks what is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home, root_at

SHOWN = 20
"""So many counts that cannot be judged are named."""


def audit(
    city: str,
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
        raise ConfigError(f"Expected a release {version or ''} of {city} in {root_at(home)}, found {known}.")
    if zuschnitte:
        return _differences(released[-1], at_least, as_json=as_json)
    from flows.profile.load import load_profile  # noqa: PLC0415
    from flows.protect.audit import audit as audited  # noqa: PLC0415

    found = audited(released, load_profile(city).codebook)
    if as_json:
        print_json({"city": city, **found.model_dump(mode="json"), "safe": found.safe})
    else:
        for finding in found.findings:
            print(finding)
        print(
            f"{city} {', '.join(found.versions)}: {len(found.findings)} von {found.asked} Anzahlen, die geheim bleiben "
            "müssen, folgen aus dem, was veröffentlicht ist."
        )
        for place in found.contradictory[:SHOWN]:
            print(f"    nicht zu beurteilen: {place}")
        if found.contradictory:
            print(f"Nicht zu beurteilen sind {len(found.contradictory)} Anzahlen: was um sie herum veröffentlicht ist, "
                  "widerspricht sich.")  # fmt: skip
        if found.not_linked:
            print(f"Nicht verrechnet: {', '.join(found.not_linked)} (liegt nicht ganz in oder über anderen Räumen).")
    return 0 if found.safe else VerificationFailed.exit_code


def _differences(release: tuple[str, Path], at_least: int, *, as_json: bool) -> int:
    from flows.protect.differencing import released_differences  # noqa: PLC0415

    found = released_differences(release[1], at_least)
    if as_json:
        print_json({"version": release[0], "at_least": at_least, "differences": [one.model_dump() for one in found]})
    for one in [] if as_json else found:
        print(one)
    if not as_json:
        print(f"{release[0]}: {len(found)} Differenzen zwischen Zuschnitten halten weniger als {at_least} Einwohner.")
    return VerificationFailed.exit_code if found else 0
