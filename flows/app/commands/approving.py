"""Commands of the second person: what waits, and what becomes of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import CityArgument, HashArgument, HomeOption, JsonOption, WhyOption, print_json
from flows.base.errors import ConfigError
from flows.base.home import Home, root_at
from flows.base.local_time import moment
from flows.base.texts import shown, tr


def candidates(city: CityArgument, *, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """List the built releases of a city that wait for the approval of a second person, oldest first."""
    from flows.publish.candidates import candidates_of  # noqa: PLC0415

    known = candidates_of(Home(root_at(home)), city)
    if as_json:
        print_json(
            [
                {
                    "city": city, "content_hash": one.content_hash, "version": one.manifest.version,
                    "made_at": one.manifest.made_at, "stichtag_max": one.manifest.stichtag_max,
                    "previous": one.manifest.previous, "path": str(one.path), "outdated": one.outdated,
                }
                for one in known
            ]
        )  # fmt: skip
    elif not known:
        print(tr("No candidate of {city} waits.", city=city))
    for one in [] if as_json else known:
        outdated = one.outdated
        state = tr("outdated: {why}", why=outdated) if outdated else tr("waits for approval")
        made = tr("made {at}, {state}", at=moment(one.manifest.made_at), state=state)
        print(f"{one.short}  {one.manifest.version:8} {made}")
        print(tr("  look: {page}", page=one.path / "index.html"))
        print(tr("  what changes: {page}", page=one.path / "changes.html"))
    return 0


def approve(  # noqa: PLR0913 -- each is an option of the command
    city: CityArgument,
    content_hash: HashArgument,
    *,
    by: str,
    why: WhyOption,
    key: Path | None = None,
    signature: str | None = None,
    sign_only: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Publish a candidate on the word of a second person, who signs for it; asked again it changes nothing.

    Parameters
    ----------
    by
        Who approves, as `approvers` in city.toml says.
    key
        The private key of that person (default: FORTSCHREIBUNG_APPROVAL_KEY).
    signature
        Instead of the key: what --sign-only printed.
    sign_only
        Print the signature for the deployment `release`, and publish nothing.
    """
    from flows.publish import approve as deciding  # noqa: PLC0415
    from flows.release.approval import KEY  # noqa: PLC0415

    where, named = Home(root_at(home)), os.environ.get(KEY)
    own = key or (Path(named) if named and not signature else None)
    if signature and (key or sign_only):
        raise ConfigError(
            "approve: expected --signature alone, or the key that makes one, found both.", code="FS-USE-01"
        )
    if sign_only:
        given = deciding.signed(where, city, content_hash, by=by, why=why, key=own)
        if as_json:
            print_json({"city": city, "by": by, "why": why, "signature": given})
        else:
            print(given)
        return 0
    done = deciding.approve(where, city, content_hash, by=by, why=why, key=own, signature=signature)
    if as_json:
        print_json({"city": city, "version": done.version, "path": str(done.path), "content_hash": done.content_hash,
                    "approved_by": done.who, "at": done.at, "latest": done.latest, "again": done.again})  # fmt: skip
    else:
        print(shown(done.words))
    return 0


def reject(
    city: CityArgument,
    content_hash: HashArgument,
    *,
    by: str,
    why: WhyOption,
    undo: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say that a candidate is not to be published (`--undo`: a refresh may make it again); the reason is kept.

    Parameters
    ----------
    by
        Who rejects.
    undo
        A refresh may make it a candidate again.
    """
    from flows.publish.approve import reject as rejected  # noqa: PLC0415

    entry = rejected(Home(root_at(home)), city, content_hash, by=by, why=why, undo=undo)
    if as_json:
        print_json({"city": city, "content_hash": entry.content_hash, "rejected": not undo, "by": entry.who,
                    "at": entry.at, "why": entry.why})  # fmt: skip
    else:
        short = f"{city} {entry.content_hash[:12]}"
        print(
            tr("{candidate} may be made a candidate again; recorded for {who} at {at}: {why}",
               candidate=short, who=entry.who, at=moment(entry.at), why=entry.why)
            if undo
            else tr("{candidate} is rejected, and is not made a candidate again; recorded for {who} at {at}: {why}",
                    candidate=short, who=entry.who, at=moment(entry.at), why=entry.why)
        )  # fmt: skip
    return 0
