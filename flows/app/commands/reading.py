"""Commands that look into releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import (
    CityArgument,
    HomeOption,
    JsonOption,
    LatestOrVersion,
    must_be_a_port,
    must_be_in_a_folder,
    print_json,
    writing,
)
from flows.base.errors import ConfigError
from flows.base.home import Home, root_at
from flows.base.local_time import day_of
from flows.base.texts import tr

if TYPE_CHECKING:
    from flows.release.catalog import Release


def releases(city: CityArgument, *, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """List the published releases of a city, oldest first."""
    from flows.release.catalog import releases as published  # noqa: PLC0415

    known = published(Home(root_at(home)), city)
    if as_json:
        print_json(
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
                    "withdrawn": one.withdrawn,
                    "approved_by": one.approved_by,
                }
                for one in known
            ]
        )
    elif not known:
        folder = root_at(home) / "releases"
        print(tr(
            "No release of {city} in {folder}. `fortschreibung refresh {city}` makes the first.",
            city=city, folder=folder,
        ))  # fmt: skip
    for one in [] if as_json else known:
        dates = tr("data up to {day}, published {at}", day=one.stichtag_max, at=day_of(one.published_at))
        marks = [f"  {mark}" for mark in _marks(one)]
        print(f"{one.version:8} {dates}  {one.path}{''.join(marks)}")
    return 0


def _marks(one: Release) -> Iterator[str]:
    if one.latest:
        yield "<- latest"
    if one.tag:
        yield tr("tagged: {why}", why=one.tag)
    if one.withdrawn:
        yield tr("withdrawn: {why}", why=one.withdrawn)
    if one.approved_by:
        yield tr("approved by {who}", who=one.approved_by)


def open_(
    city: CityArgument, version: LatestOrVersion = None, *, as_json: JsonOption = False, home: HomeOption = None
) -> int:
    """Print the line that attaches a release in DuckDB, and its path (default: the latest)."""
    from flows.release.reading import attach_statement, release_to_read  # noqa: PLC0415

    release = release_to_read(Home(root_at(home)), city, version)
    if as_json:
        print_json({"version": release.version, "path": str(release.path), "attach": attach_statement(release)})
    else:
        print(attach_statement(release), release.path, sep="\n")
    return 0


def query(
    city: CityArgument,
    sql: str,
    *,
    version: LatestOrVersion = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Ask a release with SQL, for a quick look (default: the latest); nothing can be changed by it.

    Parameters
    ----------
    sql
        The query, in quotation marks; `SHOW TABLES` lists the tables, `FROM _columns` the columns.
    """
    from flows.release.reading import answer_to, release_to_read  # noqa: PLC0415

    answer = answer_to(release_to_read(Home(root_at(home)), city, version).database, sql, as_table=not as_json)
    if as_json:
        print_json(answer.records)
    else:
        print(answer.table)
    return 0


def diff(
    city: CityArgument,
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
    before
        The earlier release, such as 2024.1.
    after
        The later release, such as 2024.2.
    html
        Also write the comparison as a page to this file.
    """
    from flows.compare.diff import diff_releases  # noqa: PLC0415
    from flows.pages.about import about_release  # noqa: PLC0415
    from flows.pages.diff_page import diff_html, diff_lines  # noqa: PLC0415
    from flows.release.reading import release_to_read  # noqa: PLC0415

    must_be_in_a_folder("--html", html)
    found = diff_releases(Home(root_at(home)), city, before, after)
    if html is not None:
        database = release_to_read(Home(root_at(home)), city, after).database
        page = diff_html(found, about_release(database))
        with writing("--html", html):
            html.write_text(page, encoding="utf-8")
    if as_json:
        print(found.model_dump_json(), flush=True)
    else:
        print(*diff_lines(found), sep="\n")
    return 0 if found.same else 1


def map_(  # noqa: PLR0913 -- each is an option of the command
    city: CityArgument,
    indikator: str | None = None,
    *,
    index: str | None = None,
    types: str | None = None,
    distance: Annotated[bool, Parameter(negative="")] = False,
    stichtag: dt.date | None = None,
    version: LatestOrVersion = None,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    home: HomeOption = None,
) -> int:
    """Draw a map of an Indikator, an index or types by Sozialraum, as SVG (default file: CITY_INDIKATOR.svg).

    Parameters
    ----------
    indikator
        The Indikator, such as sgb2_quote.
    index
        Instead of an Indikator: an index of need, such as bedarf. What is not sure is hatched.
    types
        Instead of an Indikator: a typology, such as siedlung. Borderline units are hatched.
    distance
        Of an Indikator: how far each unit is from the city, in colours that part at the city's figure.
    stichtag
        The Stichtag (default: the newest).
    output
        The file.
    """
    from flows.pages.index_map import index_map_of  # noqa: PLC0415
    from flows.pages.map_picture import map_of  # noqa: PLC0415
    from flows.pages.type_map import type_map_of  # noqa: PLC0415
    from flows.release.reading import release_to_read  # noqa: PLC0415

    asked = [each for each in (indikator, index, types) if each]
    if len(asked) != 1:
        found = f"{len(asked)} of them." if asked else "none."
        raise ConfigError(
            f"map: expected an Indikator, or --index INDEX, or --types TYPOLOGY, found {found}", code="FS-USE-01"
        )
    if distance and not indikator:
        raise ConfigError(
            "map: --distance goes with an Indikator; an index is measured by the city already, types have no figure.",
            code="FS-USE-01",
        )
    (shown,) = asked
    target, day = output or Path(f"{city}_{shown}.svg"), stichtag.isoformat() if stichtag else None
    must_be_in_a_folder("--output", target)
    release = release_to_read(Home(root_at(home)), city, version)
    draw = index_map_of if index else type_map_of if types else partial(map_of, distance=distance)
    picture = draw(release.database, shown, day)
    with writing("--output", target):
        target.write_text(picture, encoding="utf-8")
    print(target)
    return 0


def report(
    city: CityArgument,
    version: LatestOrVersion = None,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    pdf: Path | None = None,
    home: HomeOption = None,
) -> int:
    """Write the Fortschreibung as a report: what is new, maps, all Sozialräume, a page for each, methods, sources.

    Parameters
    ----------
    output
        The HTML file (default: CITY_VERSION_bericht.html here; with --pdf alone, none).
    pdf
        Also print it to this file, by a browser of this machine.
    """
    from flows.app.print_pdf import print_pdf  # noqa: PLC0415
    from flows.pages.report_page import report_html  # noqa: PLC0415
    from flows.release.reading import release_to_read  # noqa: PLC0415

    must_be_in_a_folder("--output", output)
    must_be_in_a_folder("--pdf", pdf)
    release = release_to_read(Home(root_at(home)), city, version)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "bericht.html" if output is None and pdf else output
        target = page or Path(f"{city}_{release.version}_bericht.html")
        must_be_in_a_folder("--output", target)
        written = report_html(release.path)
        with writing("--output", target):
            target.write_text(written, encoding="utf-8")
        if pdf is not None:
            print_pdf(target, pdf)
    print(*(path for path in (None if output is None and pdf else target, pdf) if path), sep="\n")
    return 0


def serve(city: CityArgument, *, port: int = 8000, home: HomeOption = None) -> int:
    """Hand out the releases of a city on this machine, for looking and for reading over HTTP, until Ctrl+C.

    For this machine alone, not for the internet: there any web server that hands out files will do.

    Parameters
    ----------
    port
        Port on 127.0.0.1; 0 takes any that is free.
    """
    from flows.app.serve import serve as hand_out  # noqa: PLC0415

    must_be_a_port(port)

    def ready(address: str, _: object) -> None:
        print(tr("{address} (this machine only; Ctrl+C ends)", address=address), flush=True)

    try:
        hand_out(Home(root_at(home)).releases, city, port, ready)
    except KeyboardInterrupt:
        print()
    return 0
