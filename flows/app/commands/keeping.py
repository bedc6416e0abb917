"""Commands that vouch for releases and decide what becomes of them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import (
    AllOrVersion,
    CityArgument,
    HomeOption,
    JsonOption,
    VersionArgument,
    WhyOption,
    print_json,
    say,
)
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home, home_at, root_at
from flows.base.language import number_shown
from flows.base.local_time import moment
from flows.base.texts import shown, tr


def verify(
    city: CityArgument,
    version: AllOrVersion = None,
    *,
    key: Path | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    deep: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Recompute checksums of a city's releases, and content hashes not yet read; exit code 4 when anything is off.

    Parameters
    ----------
    key
        Every release must be signed with this public key of the office (PEM); else the keys beside the releases count.
    quick
        Only the bytes, the signatures and the chain of the catalogue; no database is opened.
    deep
        Read the content of every release again, also what this DuckDB and this program have read before.
    """
    from flows.publish.verify import Content  # noqa: PLC0415
    from flows.publish.verify import verify as verified  # noqa: PLC0415

    if quick and deep:
        raise ConfigError(
            "Expected --quick or --deep, found both: the one reads no content, the other all of it.", code="FS-USE-01"
        )
    content = Content.NONE if quick else Content.ALL if deep else Content.UNREAD
    try:
        checked = verified(Home(root_at(home)), city, version, content=content, key=key, say=say)
    except VerificationFailed as off:
        if as_json:
            faults = [line.strip() for line in str(off).splitlines()[1:]]
            print_json({"city": city, "verified": [], "faults": faults, "code": off.code})
        raise
    if as_json:
        read = {one: asdict(each) for one, each in checked.content.items()}
        answer = {"city": city, "verified": list(checked.versions), "faults": [], "signed_by": checked.signed}
        print_json({**answer, "content_read": read})
        return 0
    known = ", ".join(checked.versions)
    print(tr("{city} {versions}: everything is as the manifest says.", city=city, versions=known))
    for one, by in checked.signed.items():
        signed = tr("signed with the key {key}, the signature holds", key=by) if by else tr("not signed")
        print(f"  {one}: {signed}; {shown(checked.content[one].words)}")
    return 0


def rollback(
    city: CityArgument,
    version: VersionArgument,
    *,
    why: WhyOption,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Let `latest` be an earlier release again; the catalogue keeps who did it, when and why."""
    from flows.publish.release_decisions import rollback as rolled_back  # noqa: PLC0415

    entry = rolled_back(Home(root_at(home)), city, version, why=why)
    if as_json:
        print_json({"city": city, "latest": entry.version, "at": entry.at, "who": entry.who, "why": entry.why})
    else:
        print(tr(
            "latest of {city} is {version} again; recorded for {who} at {at}: {why}",
            city=city, version=entry.version, who=entry.who, at=moment(entry.at), why=entry.why,
        ))  # fmt: skip
    return 0


def withdraw(
    city: CityArgument,
    version: VersionArgument,
    *,
    why: WhyOption,
    undo: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say that nobody is to use a release (`--undo`: it may be used again); `latest` follows, the reason is kept.

    Parameters
    ----------
    undo
        It may be used again.
    """
    from flows.publish.release_decisions import withdraw as withdrawn  # noqa: PLC0415
    from flows.release.catalog import latest_release  # noqa: PLC0415

    where = Home(root_at(home))
    entry, latest = withdrawn(where, city, version, why=why, undo=undo), latest_release(where, city)
    now = latest.version if latest else None
    if as_json:
        print_json({"city": city, "version": version, "withdrawn": not undo, "latest": now, "who": entry.who,
                    "why": entry.why})  # fmt: skip
    else:
        said = {"who": entry.who, "at": moment(entry.at), "why": entry.why}
        noted = {"city": city, "version": version, "latest": now, **said}
        print(
            tr("{city} {version} may be used again; recorded for {who} at {at}: {why}. latest is {latest}.", **noted)
            if undo
            else tr("{city} {version} is withdrawn; recorded for {who} at {at}: {why}. latest is {latest}.", **noted)
        )
    return 0


def tag(
    city: CityArgument,
    version: VersionArgument,
    *,
    why: WhyOption,
    remove: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Keep a release for good (`--remove`: no longer); the catalogue keeps who said so, when and why.

    Parameters
    ----------
    remove
        It is no longer kept for good.
    """
    from flows.publish.release_decisions import tag as tagged  # noqa: PLC0415

    entry = tagged(Home(root_at(home)), city, version, why=why, remove=remove)
    if as_json:
        print_json({"city": city, "version": version, "tagged": not remove, "who": entry.who, "why": entry.why})
    else:
        noted = {"city": city, "version": version, "who": entry.who, "why": entry.why}
        print(
            tr("{city} {version} is no longer kept for good; recorded for {who}: {why}", **noted)
            if remove
            else tr("{city} {version} is kept for good; recorded for {who}: {why}", **noted)
        )
    return 0


def retention(
    city: CityArgument,
    *,
    keep: int = 2,
    apply: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Show which editions could go by the rules of docs/releases.md; nothing is deleted without --apply.

    Parameters
    ----------
    keep
        How many editions of each Stichtag year stay without further reason.
    apply
        Remove those that could go, and note it in the catalogue.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from flows.publish.retention import remove_superseded, verdicts  # noqa: PLC0415

    judged = (remove_superseded if apply else verdicts)(Home(root_at(home)), city, keep=keep)
    if as_json:
        print_json({"city": city, "applied": apply, "releases": [asdict(one) for one in judged]})
    for one in [] if as_json else judged:
        fate = tr("stays") if one.stays else tr("removed") if apply else tr("could go")
        print(f"{one.version:8} {number_shown(one.bytes / 1e6, 1):>8} MB  {fate}: {shown(one.why)}")
    if not as_json and not apply and not all(one.stays for one in judged):
        print(tr("Nothing was deleted; --apply removes what could go."))
    return 0


def reproduce(
    city: CityArgument,
    version: VersionArgument,
    *,
    anyway: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Make a release again from its deliveries and compare every table; exit code 4 when one differs.

    Parameters
    ----------
    anyway
        Also when code or libraries are not those that the release was made with.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from flows.publish.reproduce import reproduce as reproduced  # noqa: PLC0415
    from flows.publish.reproduce import summary_lines  # noqa: PLC0415

    outcome = reproduced(home_at(home), city, version, anyway=anyway, say=say)
    if as_json:
        print_json(asdict(outcome))
    else:
        print(*summary_lines(outcome), sep="\n")
    return 0 if outcome.same else VerificationFailed.exit_code
