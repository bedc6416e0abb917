"""The commands that show where need is, try a definition on a table, and distribute money by need."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import CityArgument, HomeOption, JsonOption, LatestOrVersion, must_be_in_a_folder, print_json
from flows.base.errors import ConfigError
from flows.base.home import Home, root_at
from flows.base.texts import Text, in_german, shown, tr


def index(  # noqa: PLR0913 -- each is an option of the command
    city: str | None = None,
    name: str | None = None,
    *,
    raumebene: str = "sozialraum",
    stichtag: dt.date | None = None,
    version: LatestOrVersion = None,
    definition: Annotated[Path | None, Parameter(name="--try")] = None,
    table: Path | None = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Show an index of need: score, class, how sure it is, range of ranks; or try a definition on a table.

    Parameters
    ----------
    city
        The city (the name of its profile).
    name
        The index, such as bedarf (default: the main one of the release).
    raumebene
        The level of space.
    stichtag
        The Stichtag (default: the newest).
    definition
        Instead of a city: a file with a definition, to be tried on --table (docs/need-index.md).
    table
        The table (CSV) to try it on: a row is a unit, a column a component.
    """
    if definition is not None:
        return _try(definition, table, as_json=as_json)
    if city is None:
        raise ConfigError(
            "index: expected a city, or --try DEFINITION.toml --table FILE.csv, found neither.", code="FS-USE-01"
        )
    from flows.app.index_of_release import index_of  # noqa: PLC0415
    from flows.pages.index_lines import index_lines  # noqa: PLC0415
    from flows.release.reading import release_to_read  # noqa: PLC0415

    release = release_to_read(Home(root_at(home)), city, version)
    found = index_of(release.database, name, raumebene, stichtag)
    if as_json:
        print_json({"city": city, "release": release.version, "indices": [in_german(vars(each)) for each in found]})
    for each in [] if as_json else found:
        measure = tr("by the measure of the base year") if each.measure == "basisjahr" else tr("measured by the city")
        print(tr(
            "{index}, version {version}, on {stichtag}, {measure} ({city} {release})", index=each.label,
            version=each.version, stichtag=each.stichtag, measure=measure, city=city, release=release.version,
        ))  # fmt: skip
        print(*index_lines(each.units, each.classes), shown(each.guidance), sep="\n")
    return 0


def _try(definition: Path, table: Path | None, *, as_json: bool) -> int:
    from flows.index.try_definition import as_json as in_json  # noqa: PLC0415
    from flows.index.try_definition import tried  # noqa: PLC0415
    from flows.pages.index_lines import index_lines  # noqa: PLC0415

    if table is None:
        raise ConfigError(
            "--try: expected --table FILE.csv with the units and their figures, found none.", code="FS-USE-01"
        )
    found = tried(definition, table)
    if as_json:
        print_json({"indices": [in_json(each) for each in found]})
    for each in [] if as_json else found:
        part = f", {each.part}" if each.part is not None else ""
        label, classes = Text(each.definition.label_en, each.definition.label_de), each.definition.classes
        print(f"{shown(label)} ({each.index} {each.definition.version}){part}")
        print(*index_lines(each.units, [*map(Text, classes.labels_en, classes.labels_de)]), sep="\n")
    return 0


def budget(  # noqa: PLR0913 -- each is an option of the command
    city: CityArgument,
    *,
    total: Annotated[str, Parameter(name="--sum")],
    by: str,
    per: str | None = None,
    floor: str = "0",
    cap: str | None = None,
    weights: Annotated[list[float] | None, Parameter(consume_multiple=True, negative="")] = None,
    raumebene: str = "sozialraum",
    stichtag: dt.date | None = None,
    version: LatestOrVersion = None,
    xlsx: Path | None = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Distribute a sum of money over units by need and heads: amount, range, and why it is not what it was.

    Parameters
    ----------
    total
        The sum in euros, exact to the cent: 1000000 or 1000000.50.
    by
        The index, such as bedarf.
    per
        The Indikator that counts heads, such as einwohner_0_17 (default: whom the index is about).
    floor
        What every unit gets at least, in euros.
    cap
        What a unit gets at most, in euros.
    weights
        What a head counts in each class, from little need to much (default: 1 2 3 ...).
    raumebene
        The level of space.
    stichtag
        The Stichtag (default: the newest).
    xlsx
        Write the amounts to this workbook.
    """
    from flows.app.budget_of_release import Asked, budget_of  # noqa: PLC0415
    from flows.app.budget_report import as_json as in_json  # noqa: PLC0415
    from flows.app.budget_report import earlier_release, heading, workbook  # noqa: PLC0415
    from flows.index.budget import Terms, cents  # noqa: PLC0415
    from flows.pages.budget_lines import budget_lines  # noqa: PLC0415
    from flows.release.reading import release_to_read  # noqa: PLC0415

    must_be_in_a_folder("--xlsx", xlsx)
    where = Home(root_at(home))
    terms = Terms(cents("--sum", total), cents("--floor", floor), cents("--cap", cap) if cap else None)
    if weights is not None and (any(each < 0 for each in weights) or sorted(weights) != weights):
        raise ConfigError(
            f"--weights: expected rising numbers from 0 on, found {' '.join(map(str, weights))}.", code="FS-USE-01"
        )
    release = release_to_read(where, city, version)
    asked = Asked(terms, by, raumebene, stichtag, per, tuple(weights) if weights else None)
    found = budget_of(release, asked, earlier_release(where, release))
    if xlsx:
        workbook(xlsx, release, asked, found)
    if as_json:
        print_json(in_json(release, asked, found))
    else:
        print(*map(shown, heading(release, asked, found)), sep="\n")
        print(*budget_lines(found.units, found.situation.without, found.situation.table.classes), sep="\n")
    return 0
