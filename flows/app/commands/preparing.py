"""Commands for what a refresh needs: sources that answer, a sound installation, extracts to try it with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.commands.refreshing import refresh
from flows.app.terminal import CityArgument, HomeOption, JsonOption, must_be_a_port, print_json, say, writing
from flows.base.errors import ConfigError, SourceUnavailable
from flows.base.home import Home, home_at, root_at
from flows.base.local_time import today
from flows.base.texts import tr


def sources(
    city: CityArgument, *, release: str | None = None, as_json: JsonOption = False, home: HomeOption = None
) -> int:
    """Say of each source of a city when it last succeeded, since when and why it fails, and what is awaited or overdue.

    Parameters
    ----------
    release
        List the files of this release instead, and whether the landing zone still has each intact; exit code 3 if not.
    """
    from flows.app.source_status import release_lines, release_state, source_lines, source_states  # noqa: PLC0415

    where = Home(root_at(home))
    if release is not None:
        files = release_state(where, city, release)
        if as_json:
            print_json({"city": city, "release": release, "files": files})
        else:
            print(*release_lines(files), sep="\n")
        return 0 if all(one["intact"] for one in files) else SourceUnavailable.exit_code
    states = source_states(where, city, today())
    if as_json:
        print_json({"city": city, "sources": states})
    else:
        print(*source_lines(states), sep="\n")
    return 0


def doctor(*, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Say what is installed, configured and reachable; exit code 2 when something needed is not."""
    from flows.app.doctor import finding_line, findings  # noqa: PLC0415

    os.environ.setdefault("PREFECT_HOME", str(Home(root_at(home)).prefect))  # as a refresh does
    found = findings(root_at(home))
    if as_json:
        print_json([{"what": one.what, "ok": one.ok, "found": one.found, "remedy": one.remedy} for one in found])
    for one in [] if as_json else found:
        print(finding_line(one))
    return 0 if all(one.ok for one in found) else ConfigError.exit_code


def schema(kind: str) -> int:
    """Print the JSON schema of one file of a profile, which lets an editor complete and check it (docs/profile.md).

    Parameters
    ----------
    kind
        city, sources, corrections, expected, waivers, codebook, index, redrawing or types.
    """
    from flows.profile.profile_files import PROFILE_FILES, schema_text  # noqa: PLC0415

    if kind not in PROFILE_FILES:
        raise ConfigError(f"Expected one of {', '.join(PROFILE_FILES)}, found {kind!r}.", code="FS-USE-01")
    print(schema_text(kind), end="")
    return 0


def demo(
    *,
    refresh_: Annotated[bool, Parameter(name="--refresh", negative="")] = False,
    folder: Path | None = None,
    port: int = 0,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Make the extracts of the synthetic city Musterstadt and serve them on this machine.

    Parameters
    ----------
    refresh_
        Refresh Musterstadt from that server and end; otherwise serve until Ctrl-C.
    folder
        Where the extracts go (default: demo/ in the data folder).
    port
        Port of the server on 127.0.0.1 (default: any that is free).
    """
    from flows.musterstadt.city import make_musterstadt  # noqa: PLC0415 -- imports numpy
    from flows.musterstadt.server import serve  # noqa: PLC0415

    must_be_a_port(port)
    where = folder or home_at(home).root / "demo"
    if not (where / "index.html").exists():
        say(tr("Making the extracts of Musterstadt (synthetic) in {folder} ...", folder=os.path.relpath(where)))
        with writing("--folder", where):
            make_musterstadt(where)
    with serve(where, port=port) as server:
        os.environ["FORTSCHREIBUNG_MUSTERSTADT_URL"] = server.url
        say(tr("Serving them at {address}", address=server.url))
        if refresh_:
            return refresh("musterstadt", as_json=as_json, home=home)
        print(
            tr("In another terminal:"),
            f"  FORTSCHREIBUNG_MUSTERSTADT_URL={server.url} fortschreibung refresh musterstadt",
            tr("Ctrl-C ends the server."),
            sep="\n", flush=True,
        )  # fmt: skip
        server.wait()
    return 0


def example(
    city: CityArgument,
    *,
    from_: Annotated[Path, Parameter(name="--from")],
    into: Path | None = None,
    year: int = 2023,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Write a synthetic example of each of an office's own extracts, as the city's contracts want them.

    Parameters
    ----------
    from_
        Folder with the polygons of the units that the base units are assigned to.
    into
        Folder for the files (default: examples/CITY in the data folder); their names say that they are synthetic.
    year
        The examples are of 31.12. of this year.
    """
    from flows.app.examples import write_examples  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    target = into or root_at(home) / "examples" / city
    written = write_examples(load_profile(city), target, folder=from_, year=year, say=say)
    if as_json:
        print_json([str(path) for path in written])
    for path in [] if as_json else written:
        print(path)
    return 0
