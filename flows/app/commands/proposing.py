"""The commands that propose another cut and record what was decided about it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from flows.app.search_progress import SearchProgress
from flows.app.terminal import CityArgument, HomeOption, JsonOption, WhyOption, print_json
from flows.base.errors import ConfigError
from flows.base.home import home_at

if TYPE_CHECKING:
    from flows.redrawing.trial import TrialAsked, TrialFiles


def propose(  # noqa: PLR0913 -- each is an option of the command
    city: str | None = None,
    *,
    units: Annotated[Path | None, Parameter(name="--try")] = None,
    adjacency: Path | None = None,
    polygons: Path | None = None,
    parts: int | None = None,
    deviation: float | None = None,
    current: str | None = None,
    unit: Annotated[str | None, Parameter(name="--id")] = None,
    residents: str | None = None,
    trait: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    price: float | None = None,
    rounds: int | None = None,
    seed: int = 1,
    keep: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    stichtag: dt.date | None = None,
    valid_from: dt.date | None = None,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    html: Path | None = None,
    out: Path | None = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Propose where the Gliederung of a city could be cut better, and at what price; or try the search on any map.

    Parameters
    ----------
    city
        The city (the name of its profile).
    units
        Instead of a city: a table (CSV) of base units; a row has the unit, its residents and its traits.
    adjacency
        With --try: a table (CSV) of two columns, a row for each pair of units that share a border.
    polygons
        With --try, instead of --adjacency: the polygons of the units.
    parts
        With --try: into how many parts.
    deviation
        With --try: by which share the residents of a part may differ from the average (default: any).
    current
        With --try: the column with today's parts.
    unit
        With --try: the column with the unit (default: the first).
    residents
        With --try: the column with the residents (default: residents, pop, population or einwohner).
    trait
        With --try: the columns that are traits (default: all others).
    price
        How much within share a proposal must win by for each share of the city's residents that it moves.
    rounds
        How long is searched (default: 150 for a city, 400 for a map that is tried).
    seed
        The beginning of chance; the same seed gives the same proposals.
    keep
        Sozialräume that stay as they are.
    stichtag
        Judge by the counts up to this day (default: the newest).
    valid_from
        From when the proposed Zuschnitt would hold (default: the 1 January after the Stichtag).
    from_
        Take every file from this folder; default: the files of the latest release, or before the first, of the sources.
    html
        Write the page here as well.
    out
        The folder for the proposed Zuschnitt (default: in the folder of the run).
    """
    if units is not None:
        from flows.redrawing.trial import TrialAsked, TrialFiles  # noqa: PLC0415

        files = TrialFiles(units, adjacency, polygons, unit, residents, tuple(trait or ()), current)
        asked = TrialAsked(parts, deviation, price or 0.0, seed=seed, **_given(rounds))
        return _try(files, asked, as_json=as_json)
    if city is None:
        raise ConfigError(
            "propose: expected a city, or --try UNITS.csv --adjacency EDGES.csv, found neither.", code="FS-USE-01"
        )
    from flows.app.proposals_of_city import CityRun, proposed_for  # noqa: PLC0415

    run = CityRun(city, home_at(home), from_, stichtag, valid_from, html, out)
    with SearchProgress() as progress:
        found = proposed_for(
            run, price=price, keep=tuple(keep or ()), seed=seed, progress=progress, **_given(rounds)
        )  # fmt: skip
    if as_json:
        print_json(found.answer)
    else:
        print(*found.lines, sep="\n")
    return 0


def decide(
    city: CityArgument,
    proposal: str,
    verdict: Literal["accepted", "changed", "rejected"],
    *,
    by: str,
    why: WhyOption,
    home: HomeOption = None,
) -> int:
    """Record what was decided about a proposal, so that the next review and the next proposals know it.

    Parameters
    ----------
    proposal
        The id of the proposal, as `propose` shows it.
    verdict
        accepted, changed (by hand) or rejected.
    by
        Who decided.
    """
    from flows.app.proposals_of_city import decided  # noqa: PLC0415

    print(decided(home_at(home), city, proposal, verdict, by, why))
    return 0


def _given(rounds: int | None) -> dict[str, int]:
    """Return the rounds as an argument if somebody named them; a city and a trial have defaults of their own."""
    return {} if rounds is None else {"rounds": rounds}


def _try(files: TrialFiles, asked: TrialAsked, *, as_json: bool) -> int:
    from flows.pages.proposal_lines import trial_lines  # noqa: PLC0415
    from flows.redrawing.trial import as_json as in_json  # noqa: PLC0415
    from flows.redrawing.trial import tried_cut  # noqa: PLC0415

    with SearchProgress() as progress:
        found = tried_cut(files, asked, progress=progress)
    answer = in_json(found, asked)
    if as_json:
        print_json(answer)
    else:
        print(*trial_lines(answer), sep="\n")
    return 0
