"""What `propose CITY` does: read the counts, search, and leave page, JSON and the proposed Zuschnitt behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.app.terminal import must_be_in_a_folder, writing
from flows.at_work import CityAtWork, city_at_work
from flows.base.errors import ConfigError
from flows.base.files import write_whole
from flows.base.home import Home
from flows.base.language import in_language
from flows.base.texts import tr
from flows.pages.about import About
from flows.pages.proposal_lines import proposals_lines
from flows.pages.proposals_page import outlines_of, proposals_html, proposals_json
from flows.pages.review_page import barrier_paths
from flows.pages.review_words import VERDICTS
from flows.profile.load import load_profile
from flows.pull.folder import OF_ONE_SOURCE
from flows.redrawing.city_proposals import CityAsked, CityProposals, proposals_of, with_consequences
from flows.redrawing.consequences import consequences
from flows.redrawing.decisions import Decision, Verdict, decisions_of, record
from flows.redrawing.laid_cut import transform_with
from flows.redrawing.proposed_cut import CutFolder, must_be_later, with_deliveries, write_cut

PAGE, DATA = "vorschlaege.html", "vorschlaege.json"


@dataclass(frozen=True)
class CityRun:
    """Where a city's files come from, and where what is proposed goes to."""

    city: str
    home: Home
    from_dir: Path | None = None
    stichtag: dt.date | None = None
    valid_from: dt.date | None = None
    html: Path | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Answered:
    """What the command says, as lines and as JSON."""

    lines: list[str]
    answer: dict[str, Any]


def proposed_for(
    run: CityRun, *, price: float | None, keep: tuple[str, ...], seed: int, rounds: int = 150,
    progress: Callable[[int, int], bool] = lambda _done, _of: True,
) -> Answered:  # fmt: skip
    """Search for proposals and write them down.

    Raises:
        ConfigError, NoBaseUnits, SourceProblem: as proposals_of, write_cut and city_at_work.
    """
    _refuse_early(run, price, rounds)
    asked = CityAsked(price, keep, seed, rounds, decisions=decisions_of(run.home, run.city))
    with city_at_work(run.city, run.home, from_dir=run.from_dir, stichtag=run.stichtag) as work:
        cut = proposals_of(work.con, work.profile, asked, progress=progress)
        folder = run.out or work.run.folder / "vorschlag"
        newest = work.profile.city.zuschnitt[-1].valid_from
        default = dt.date(max(dt.date.fromisoformat(cut.said.stichtag), newest).year + 1, 1, 1)
        into = CutFolder(folder, run.valid_from or default)
        write_cut(work.con, work.profile, cut.ground, cut.labels, cut.ids, into)
        city = work.profile.city
        about, drawn, barriers = About(city.name, city.synthetic), outlines_of(work.con), barrier_paths(work.con)
        if cut.said.proposals:
            zuschnitt = transform_with(work.con, work.profile, cut.ground, cut.labels, cut.ids, into.valid_from)
            found = consequences(work.con, work.profile, cut.ground.zuschnitt, zuschnitt)
            cut = replace(cut, said=with_consequences(cut.said, found))
        page = proposals_html(cut, drawn, about, work.profile.codebook, barriers)
    kept = work.run.folder / "vorschlag"
    kept.mkdir(exist_ok=True, mode=0o700)
    if run.html:
        with writing("--html", run.html):
            write_whole(run.html, page.encode(), mode=0o600)
    write_whole(folder / PAGE, page.encode(), mode=0o600)
    for path in {folder / DATA, kept / DATA}:  # `decide` looks for it in the folders of runs
        write_whole(path, proposals_json(cut.said).encode(), mode=0o600)
    origin = with_deliveries(into, _files(work, run.from_dir))
    command = f"fortschreibung --cities {into.cities} recut {run.city} {into.valid_from} --from {origin} --dry-run"
    lines = [*proposals_lines(cut.said), tr("Page: {page}", page=folder / PAGE)]
    if cut.said.proposals:
        lines += [tr("What the new Zuschnitt would mean for all figures, with nothing published:"), f"  {command}"]
    return Answered(lines, {
        **cut.said.model_dump(mode="json"), "folder": str(folder), "page": str(folder / PAGE),
        "valid_from": str(into.valid_from), "recut": command,
    })  # fmt: skip


def _files(work: CityAtWork, folder: Path | None) -> dict[str, Path]:
    """Return where the delivered files lie, by their names below the folder that they came from."""
    if folder is not None:
        below = folder.resolve()
        return {str(path.relative_to(below)): path for path in sorted(below.rglob("*")) if path.is_file()}
    by_name: dict[str, dict[str, Path]] = {}
    for one in work.pulled.lieferungen:
        by_name.setdefault(one.name, {})[one.source] = one.path_in(work.run.home.landing)
    found: dict[str, Path] = {}
    for name, by_source in by_name.items():
        if len(set(by_source.values())) == 1:
            found[name] = next(iter(by_source.values()))
        else:
            found |= {f"{OF_ONE_SOURCE}{source}/{name}": path for source, path in by_source.items()}
    return found


def _refuse_early(run: CityRun, price: float | None, rounds: int) -> None:
    """Stop before anything is read where what is asked for cannot be done.

    Raises:
        ConfigError: names the option.
    """
    if price is not None and price < 0:
        raise ConfigError(f"--price: expected 0 or more, found {price}.", code="FS-USE-01")
    if rounds < 1:
        raise ConfigError(f"--rounds: expected 1 or more, found {rounds}.", code="FS-USE-01")
    must_be_in_a_folder("--html", run.html)
    if run.out is not None and (not run.out.parent.is_dir() or run.out.is_file()):
        raise ConfigError(f"--out: expected a folder in one that is there, found {run.out}.", code="FS-USE-03")
    if run.out is not None:
        must_be_in_a_folder("--out", run.out / PAGE if run.out.is_dir() else run.out)
    if run.valid_from is not None:
        must_be_later(load_profile(run.city), run.valid_from)


def decided(home: Home, city: str, proposal: str, verdict: Verdict, by: str, why: str) -> str:
    """Record a decision about a proposal of any run that still lies there, and return what is said of it.

    Raises:
        ConfigError: no such proposal, or no name or reason.
    """
    load_profile(city)
    known: list[str] = []
    for path in sorted(home.runs.glob(f"{city}-*/vorschlag/{DATA}"), reverse=True):
        said = CityProposals.model_validate_json(path.read_bytes())
        for each in (*said.proposals, *said.rejected_before):
            known.append(each.id)
            if each.id == proposal:
                record(home, Decision(
                    city=city, proposal=proposal, verdict=verdict, by=by, why=why, units=each.units_before,
                    at=dt.datetime.now(dt.UTC).replace(microsecond=0),
                ))  # fmt: skip
                return tr(
                    "{proposal} ({units}): {verdict} by {who}", proposal=proposal,
                    units=", ".join(each.units_before), verdict=in_language(VERDICTS[verdict]), who=by,
                )  # fmt: skip
    raise ConfigError(
        f"decide: expected a proposal of {city}, found none called {proposal!r}. Known: "
        f"{', '.join(dict.fromkeys(known)) or 'none; run `fortschreibung propose` first'}.",
        code="FS-USE-01",
    )
