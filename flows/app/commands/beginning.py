"""The command that makes the profile of a new city."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json, say
from flows.base.home import home_at, root_at
from flows.base.texts import shown, tr, tr_count


def new_city(
    city: str,
    *,
    from_: Annotated[Path, Parameter(name="--from")],
    yes: Annotated[bool, Parameter(negative="")] = False,
    stichtag: dt.date | None = None,
    no_dry_run: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Write the profile of a new city from its files, as text to be confirmed, and try it with a dry run.

    It is written once, to cities/CITY (or below --cities DIR); a refresh guesses nothing.

    Parameters
    ----------
    city
        The id of the city: small letters, digits and _.
    from_
        Folder with the city's files.
    yes
        Ask nothing: take every guess and mark it with CONFIRM.
    stichtag
        The date (YYYY-MM-DD) of files that do not say theirs.
    no_dry_run
        Write the profile and end.
    """
    from flows.app.new_city.questions import Questions  # noqa: PLC0415 -- only this command needs it
    from flows.app.new_city.write_profile import write_profile  # noqa: PLC0415
    from flows.profile.places import folder_for_new  # noqa: PLC0415

    written = write_profile(city, from_, folder_for_new(), Questions(yes=yes), stichtag=stichtag)
    said = print if not as_json else say
    said(tr("The profile of {city} is written: {folder}", city=city, folder=written.folder))
    for path, reason in sorted(written.guess.left_out.items()):
        said(tr("  not used: {file}: {reason}", file=path.name, reason=reason))
    guesses = len(written.to_confirm)
    said(
        tr_count("1 guess is to be confirmed:", "{count} guesses are to be confirmed:", guesses)
        if guesses else tr("Nothing is to be confirmed.")
    )  # fmt: skip
    for line in written.to_confirm:
        said(f"  {line}")
    code = 0 if no_dry_run else _tried(city, from_, home)
    if as_json:
        print_json({
            "city": city, "folder": str(written.folder), "to_confirm": written.to_confirm, "tried": not no_dry_run,
            "left_out": {path.name: reason for path, reason in sorted(written.guess.left_out.items())},
        })  # fmt: skip
    elif code == 0:
        command = _refresh(written.folder, from_, home)
        print(tr("Look through {folder}, then: {command}", folder=written.folder, command=command))
    return code


def _refresh(profile: Path, files: Path, home: Path | None) -> str:
    """Return the command that refreshes from the new profile, wherever it lies."""
    elsewhere = [] if profile.parent == Path("cities").resolve() else ["--cities", str(profile.parent)]
    at = [] if home is None else ["--home", str(home)]
    return shlex.join(["fortschreibung", *elsewhere, "refresh", profile.name, "--from", str(files), *at])


def _tried(city: str, files: Path, home: Path | None) -> int:
    """Look at the installation and the new profile, make a dry run, and print what became of each file."""
    from flows.app.commands.refreshing import explained_dry_run  # noqa: PLC0415
    from flows.app.doctor import finding_line, findings  # noqa: PLC0415

    for one in findings(root_at(home)):
        if one.what == f"city {city}" or (not one.ok and not one.what.startswith("city ")):
            say(finding_line(one))
    outcome, _ = explained_dry_run(city, home_at(home), files)
    say(shown(outcome.reason))
    return 0
