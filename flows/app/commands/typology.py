"""The command that shows the types of a city's units, and proposes types where there are none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.search_progress import SearchProgress
from flows.app.terminal import CityArgument, HomeOption, JsonOption, LatestOrVersion, print_json
from flows.base.errors import ConfigError
from flows.base.home import Home, root_at
from flows.base.texts import in_german, shown, tr


def types(  # noqa: PLR0913 -- each is an option of the command
    city: CityArgument,
    name: str | None = None,
    *,
    raumebene: str = "sozialraum",
    stichtag: dt.date | None = None,
    version: LatestOrVersion = None,
    fit: Annotated[bool, Parameter(negative="")] = False,
    trait: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    count: Annotated[int | None, Parameter(name="--types")] = None,
    seed: int = 1,
    out: Path | None = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Show the types of units by settlement and housing, crossed with need; or propose types (--fit).

    Parameters
    ----------
    name
        The typology (default: the first of the release).
    raumebene
        The level of space.
    stichtag
        The Stichtag (default: the newest); with --fit the base year.
    fit
        Look for types in the published figures and say how well they hold.
    trait
        With --fit: the Indikatoren, each with :log where few figures are very large (default: those of the city's
        typology, or one- and two-family houses, building age, subsidised dwellings, density, one-person households).
    count
        With --fit: so many types (default: 2 to 8 are tried).
    seed
        With --fit: the beginning of chance; the same seed gives the same types.
    out
        With --fit: write the proposal to this file.
    """
    from flows.release.reading import release_to_read  # noqa: PLC0415

    given = [name for name, value in (("--trait", trait), ("--types", count), ("--out", out)) if value is not None]
    if given and not fit:
        raise ConfigError(f"types: {given[0]} goes with --fit, which was not given.", code="FS-USE-01")
    release = release_to_read(Home(root_at(home)), city, version)
    if not fit:
        return _show(city, release.version, release.database, name, raumebene, stichtag, as_json=as_json)
    from flows.app.types_fit_of_release import FitRun, proposed_types  # noqa: PLC0415
    from flows.app.types_fit_of_release import as_json as in_json  # noqa: PLC0415
    from flows.pages.type_lines import fit_lines  # noqa: PLC0415

    run = FitRun(city, release.database, raumebene, stichtag, tuple(trait or ()), count, seed, out)
    with SearchProgress() as progress:
        found = proposed_types(run, progress)
    said = in_json(run, found)
    if as_json:
        print_json(said)
    else:
        print(*fit_lines(said), sep="\n")
    return 0 if found.text is not None else 1


def _show(
    city: str, version: str, database: Path, name: str | None, level: str, stichtag: dt.date | None, *, as_json: bool
) -> int:
    from flows.app.types_of_release import types_of  # noqa: PLC0415
    from flows.pages.type_lines import crossed_lines, types_lines  # noqa: PLC0415

    found = types_of(database, name, level, stichtag)
    if as_json:
        print_json({"city": city, "release": version, "typologies": [in_german(vars(each)) for each in found]})
        return 0
    if not found:
        print(tr(
            "{city} {version} has no typology: there is no types.toml in the city's profile. `fortschreibung types "
            "{city} --fit --out types.toml` proposes one.", city=city, version=version,
        ))  # fmt: skip
    for each in found:
        print(tr(
            "{label} ({typology} {edition}), on {stichtag}, made on {base} ({city} {version})", label=each.label,
            typology=each.typology, edition=each.version, stichtag=each.stichtag, base=each.base, city=city,
            version=version,
        ))  # fmt: skip
        print(*types_lines(each.types, each.units), "", sep="\n")
        if each.need:
            print(*crossed_lines(each.types, each.need), "", sep="\n")
        for gone in each.empty:
            print(tr(
                "No unit has been of the type {type} for three Stichtage: look, and make the types anew (--fit), with "
                "a new version.", type=gone,
            ))  # fmt: skip
        print(shown(each.limitations))
    return 0
