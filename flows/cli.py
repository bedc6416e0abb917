"""The command line `fortschreibung`.

Commands that only read releases import neither Prefect nor Great Expectations nor DuckDB. Errors are told
in their own words on stderr; the exit code says which kind it was (flows/errors.py).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from flows import __version__
from flows.errors import ConfigError, FortschreibungError, SourceUnavailable, VerificationFailed
from flows.home import Home, home_at

app = App(
    name="fortschreibung",
    version=__version__,
    help="From a statistics office's extracts to published Sozialraum tables.",
    help_format="markdown",
)

HomeOption = Annotated[Path | None, Parameter(name="--home", help="Data folder (default ./data).")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="", help="Last line: one JSON object.")]


@app.command
def refresh(
    city: str,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    stichtag: dt.date | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Refresh a city's Fortschreibung: pull, stage, transform, check, protect, publish.

    Parameters
    ----------
    city
        A city with a profile (a folder in cities/).
    from_
        Take every file from this folder instead of its source's address.
    stichtag
        Leave out everything later than this date (JJJJ-MM-TT).
    dry_run
        Go as far as protection; publish nothing.
    """
    from flows.profile.load import load_profile  # noqa: PLC0415
    from flows.refresh_command import run_refresh  # noqa: PLC0415

    load_profile(city)  # a mistake in the profile is told before Prefect starts
    outcome = run_refresh(city, home_at(home), from_dir=from_, stichtag=stichtag, dry_run=dry_run)
    if as_json:
        _print_json(
            {
                "city": city,
                "release": outcome.release,
                "path": str(outcome.path) if outcome.path else None,
                "content_hash": outcome.content_hash,
                "published": outcome.published,
                "reason": outcome.reason,
                "warnings": outcome.warnings,
                "waiting": outcome.waiting,
            }
        )
    else:
        from flows.summary import print_summary  # noqa: PLC0415 -- opens the release

        print_summary(outcome)
    return 0


@app.command
def recut(
    city: str,
    zuschnitt: dt.date,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Bring a city's Fortschreibung onto a new Zuschnitt and report what the redraw did.

    Parameters
    ----------
    city
        A city with a profile (a folder in cities/).
    zuschnitt
        The date from which the new boundaries are valid (JJJJ-MM-TT); the profile knows it.
    from_
        Take every file from this folder instead of its source's address.
    dry_run
        Only the report; publish nothing.
    """
    from flows.profile.load import load_profile  # noqa: PLC0415
    from flows.publish.impact_page import impact_lines  # noqa: PLC0415
    from flows.refresh_command import run_recut  # noqa: PLC0415
    from flows.run import must_be_newest  # noqa: PLC0415

    must_be_newest(load_profile(city), zuschnitt)  # told before Prefect starts
    done = run_recut(city, zuschnitt, home_at(home), from_dir=from_, dry_run=dry_run)
    if as_json:
        _print_json(
            {
                "city": city,
                "release": done.outcome.release,
                "published": done.outcome.published,
                "reason": done.outcome.reason,
                "report": str(done.html),
                "impact": done.impact.model_dump(mode="json"),
            }
        )
    else:
        print(done.outcome.reason, *impact_lines(done.impact), f"Report: {done.html}", sep="\n")
    return 0


@app.command
def releases(city: str, *, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """List the published releases of a city, oldest first."""
    from flows.publish.catalog import releases as published  # noqa: PLC0415

    known = published(Home(_root(home)), city)
    if as_json:
        _print_json(
            [
                {
                    "city": one.city,
                    "version": one.version,
                    "path": str(one.path),
                    "published_at": one.published_at,
                    "stichtag_max": one.stichtag_max,
                    "zuschnitt": one.zuschnitt,
                    "content_hash": one.content_hash,
                    "latest": one.latest,
                    "tag": one.tag,
                }
                for one in known
            ]
        )
    elif not known:
        print(f"No release of {city} in {_root(home) / 'releases'}. `fortschreibung refresh {city}` makes the first.")
    for one in [] if as_json else known:
        mark = ("  <- latest" if one.latest else "") + (f"  tagged: {one.tag}" if one.tag else "")
        print(f"{one.version:8} data up to {one.stichtag_max}, published {one.published_at[:10]}  {one.path}{mark}")
    return 0


@app.command
def sources(city: str, *, release: str | None = None, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Say of each source of a city when it last succeeded, and since when and why it fails.

    Parameters
    ----------
    release
        List the files of this release instead, and whether the landing zone still holds each; exit code 3 if not.
    """
    from flows.sources import release_lines, release_state, source_lines, source_states  # noqa: PLC0415

    where = Home(_root(home))
    if release is not None:
        held = release_state(where, city, release)
        if as_json:
            _print_json({"city": city, "release": release, "files": held})
        else:
            print(*release_lines(held), sep="\n")
        return 0 if all(one["held"] for one in held) else SourceUnavailable.exit_code
    states = source_states(where, city)
    if as_json:
        _print_json({"city": city, "sources": states})
    else:
        print(*source_lines(states), sep="\n")
    return 0


@app.command
def verify(
    city: str,
    version: str | None = None,
    *,
    key: Path | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Recompute checksums and content hashes of a city's releases; exit code 4 when anything is off.

    Parameters
    ----------
    key
        Every release must be signed with this public key of the office (PEM); else the keys beside the releases count.
    quick
        Only the bytes, the signatures and the chain of the catalogue; no database is opened.
    """
    from flows.publish.verify import verify as verified  # noqa: PLC0415

    try:
        checked = verified(Home(_root(home)), city, version, deep=not quick, key=key, say=_say)
    except VerificationFailed as off:
        if as_json:
            _print_json({"city": city, "verified": [], "faults": [line.strip() for line in str(off).splitlines()[1:]]})
        raise
    if as_json:
        _print_json({"city": city, "verified": list(checked.versions), "faults": [], "signed_by": checked.signed})
        return 0
    print(f"{city} {', '.join(checked.versions)}: everything is as the manifest says.")
    for one, by in checked.signed.items():
        print(f"  {one}: signed with the key {by}, the signature holds" if by else f"  {one}: not signed")
    return 0


@app.command
def rollback(city: str, version: str, *, why: str, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Let `latest` be an earlier release again; the catalogue keeps who did it, when and why."""
    from flows.publish.decisions import rollback as rolled_back  # noqa: PLC0415

    entry = rolled_back(Home(_root(home)), city, version, why=why)
    if as_json:
        _print_json({"city": city, "latest": entry.version, "at": entry.at, "who": entry.who, "why": entry.why})
    else:
        print(f"latest of {city} is {entry.version} again; recorded for {entry.who} at {entry.at}: {entry.why}")
    return 0


@app.command
def tag(
    city: str,
    version: str,
    *,
    why: str,
    remove: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Keep a release for good (`--remove`: no longer); the catalogue keeps who said so, when and why."""
    from flows.publish.decisions import tag as tagged  # noqa: PLC0415

    entry = tagged(Home(_root(home)), city, version, why=why, remove=remove)
    if as_json:
        _print_json({"city": city, "version": version, "tagged": not remove, "who": entry.who, "why": entry.why})
    else:
        print(
            f"{city} {version} is {'no longer ' if remove else ''}kept for good; recorded for {entry.who}: {entry.why}"
        )
    return 0


@app.command
def retention(
    city: str,
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

    judged = (remove_superseded if apply else verdicts)(Home(_root(home)), city, keep=keep)
    if as_json:
        _print_json({"city": city, "applied": apply, "releases": [asdict(one) for one in judged]})
    for one in [] if as_json else judged:
        fate = "stays" if one.stays else "removed" if apply else "could go"
        print(f"{one.version:8} {one.bytes / 1e6:8.1f} MB  {fate}: {one.why}")
    if not as_json and not apply and not all(one.stays for one in judged):
        print("Nothing was deleted; --apply removes what could go.")
    return 0


@app.command
def reproduce(
    city: str,
    version: str,
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
    from flows.publish.reproduce import told  # noqa: PLC0415

    outcome = reproduced(home_at(home), city, version, anyway=anyway, say=_say)
    if as_json:
        _print_json(asdict(outcome))
    else:
        print(*told(outcome), sep="\n")
    return 0 if outcome.same else VerificationFailed.exit_code


@app.command(name="open")
def open_(city: str, version: str | None = None, *, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Print the line that attaches a release in DuckDB, and its path (default: the latest)."""
    from flows.publish.reading import attach_statement, release_to_read  # noqa: PLC0415

    release = release_to_read(Home(_root(home)), city, version)
    if as_json:
        _print_json({"version": release.version, "path": str(release.path), "attach": attach_statement(release)})
    else:
        print(attach_statement(release), release.path, sep="\n")
    return 0


@app.command
def query(
    city: str, sql: str, *, version: str | None = None, as_json: JsonOption = False, home: HomeOption = None
) -> int:
    """Ask a release with SQL, for a quick look (default: the latest); nothing can be changed by it."""
    from flows.publish.reading import answer_to, release_to_read  # noqa: PLC0415

    answer = answer_to(release_to_read(Home(_root(home)), city, version).database, sql, as_table=not as_json)
    if as_json:
        _print_json(answer.records)
    else:
        print(answer.table)
    return 0


@app.command
def diff(
    city: str,
    before: str,
    after: str,
    *,
    as_json: JsonOption = False,
    html: Path | None = None,
    home: HomeOption = None,
) -> int:
    """Say how two releases differ, and why; exit code 0 the same, 1 different, 2 could not be compared.

    Parameters
    ----------
    html
        Also write the comparison as a page to this file.
    """
    from flows.publish.diff import diff_releases  # noqa: PLC0415
    from flows.publish.diff_page import diff_lines, write_html  # noqa: PLC0415

    found = diff_releases(Home(_root(home)), city, before, after)
    if html is not None:
        write_html(found, html)
    if as_json:
        print(found.model_dump_json(), flush=True)
    else:
        print(*diff_lines(found), sep="\n")
    return 0 if found.same else 1


@app.command(name="map")
def map_(
    city: str,
    indikator: str,
    *,
    stichtag: dt.date | None = None,
    version: str | None = None,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    home: HomeOption = None,
) -> int:
    """Draw a map of an Indikator by Sozialraum, as SVG (default file: CITY_INDIKATOR.svg)."""
    from flows.map_svg import map_of  # noqa: PLC0415
    from flows.publish.reading import release_to_read  # noqa: PLC0415

    release = release_to_read(Home(_root(home)), city, version)
    target = output or Path(f"{city}_{indikator}.svg")
    target.write_text(map_of(release.database, indikator, stichtag.isoformat() if stichtag else None), encoding="utf-8")
    print(target)
    return 0


@app.command
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
    from flows.demo.city import make_musterstadt  # noqa: PLC0415 -- imports numpy
    from flows.demo.server import serve  # noqa: PLC0415

    where = folder or home_at(home).root / "demo"
    if not (where / "index.html").exists():
        _say(f"Making the extracts of Musterstadt (synthetic) in {os.path.relpath(where)} ...")
        make_musterstadt(where)
    with serve(where, port=port) as server:
        os.environ["FORTSCHREIBUNG_MUSTERSTADT_URL"] = server.url
        _say(f"Serving them at {server.url}")
        if refresh_:
            return refresh("musterstadt", as_json=as_json, home=home)
        print(
            "In another terminal:\n"
            f"  FORTSCHREIBUNG_MUSTERSTADT_URL={server.url} fortschreibung refresh musterstadt\n"
            "Ctrl-C ends the server.",
            flush=True,
        )
        server.wait()
    return 0


@app.command
def example(
    city: str,
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
    from flows.demo.examples import write_examples  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    written = write_examples(load_profile(city), into or _root(home) / "examples" / city, folder=from_, year=year)
    if as_json:
        _print_json([str(path) for path in written])
    for path in [] if as_json else written:
        print(path)
    return 0


@app.command
def doctor(*, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Say what is installed, configured and reachable; exit code 2 when something needed is not."""
    from flows.doctor import findings  # noqa: PLC0415

    found = findings(_root(home))
    if as_json:
        _print_json([{"what": one.what, "ok": one.ok, "found": one.found, "remedy": one.remedy} for one in found])
    for one in [] if as_json else found:
        remedy = f"\n      -> {one.remedy}" if one.remedy and not one.ok else ""
        print(f"{'ok  ' if one.ok else 'MISSING'} {one.what}: {one.found}{remedy}")
    return 0 if all(one.ok for one in found) else ConfigError.exit_code


def _root(home: Path | None) -> Path:
    return Path(home or os.environ.get("FORTSCHREIBUNG_HOME") or "data").expanduser().resolve()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False), flush=True)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = app(exit_on_error=False, result_action="return_value")
    except CycloptsError:
        code = ConfigError.exit_code  # cyclopts has told what was wrong
    except FortschreibungError as problem:
        _say(f"{problem}")
        code = problem.exit_code
    except KeyboardInterrupt:
        _say("Stopped by hand; the last release stands as it was.")
        code = 130
    except Exception as defect:  # noqa: BLE001 -- the last net: nobody should have to read a traceback
        _say(_defect_told(defect))
        code = FortschreibungError.exit_code
    sys.stdout.flush()
    sys.exit(code)


def _defect_told(defect: Exception) -> str:
    """Write the traceback where a developer finds it and return what to tell the user."""
    import tempfile  # noqa: PLC0415 -- only in this case
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", prefix="fortschreibung-", suffix=".txt", delete=False) as file:
        file.write("".join(traceback.format_exception(defect)))
    return (
        f"This is a defect of the program, not of your data ({type(defect).__name__}). Nothing was published and the "
        f"last release stands. Please send {file.name} to its developers; it may quote delivered values, so look first."
    )
