"""Station pull: ask the sources for their files, several at once, and land what comes.

Each source has a thread, and threads of its own for its files: no thread waits for one of its own kind, so that there
is no deadlock. flows/pull/web/rate_limits.py limits the requests to a host. Answers are reported in the order of the
profile, whatever order they come in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.base.errors import (
    ConfigError,
    ContractBroken,
    NotSetUp,
    ProgramDefect,
    SourceProblem,
    SourceUnavailable,
)
from flows.base.texts import Text, text, text_count
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.connectors import connector_of
from flows.pull.context import PullContext, defect_as_failure
from flows.pull.folder import orders_in, passed_over, take
from flows.pull.gate import refuse_gap_in_years, refuse_other_files, refuse_same_content
from flows.pull.landing.accepted import Delivered, accept, last_accepted
from flows.pull.landing.store import Landing, now
from flows.pull.models import Attempt, Brought, Lieferung, Order, Pulled
from flows.pull.web.client import Web

SOURCES_AT_A_TIME, FILES_AT_A_TIME = 8, 4  # under way at once; of each source
_SHOWN = 5  # files of a message


@dataclass(frozen=True)
class _Answer:
    """What came of asking one source: its files, or why it was not asked, or why they could not be had."""

    brought: list[Brought] = field(default_factory=list)
    not_set_up: NotSetUp | None = None
    problem: SourceProblem | None = None

    @property
    def found(self) -> list[Lieferung]:
        return [lieferung for lieferung, _ in self.brought if lieferung]

    @property
    def new(self) -> int:
        return sum(fresh for lieferung, fresh in self.brought if lieferung)


def pull(
    profile: Profile,
    landing: Landing,
    *,
    folder: Path | None = None,
    until: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Pulled:
    """Bring every Lieferung of the city into the landing zone.

    With `folder`, every source is taken from there by file name; `until` leaves out later years. All sources are
    asked, even when one of them fails; the error is that of the first in the profile and names the others. A source
    that is not required and not set up yet is not asked. When one that is required is not set up, none is asked.

    Raises:
        SourceUnavailable: a required source could not be had.
        ContractBroken: what came is no data, or not what the profile describes.
        ProgramDefect: the program failed on it.
        ConfigError: a source's address, folder or credentials are not configured; names all such sources.
    """
    landing.forget_leftovers()
    for notice in profile.notices:
        progress(notice)
    city, last = profile.city.id, until or dt.datetime.now(dt.UTC).date()
    # a source that begins after what was asked for has nothing to bring
    sources = [each for each in profile.sources if not (each.years and each.years.first > last.year)]
    failing = failing_sources(landing, city)
    answers: dict[str, _Answer] = {}
    with Web() as web, ThreadPoolExecutor(SOURCES_AT_A_TIME) as pool:
        context = PullContext(city, landing, web, last, landing.newest(city), last_accepted(landing.folder, city))
        waiting = {} if folder else _not_set_up(sources, context)
        try:
            coming = pool.map(
                lambda source: waiting.get(source.id) or _answer(source, folder, context, failing), sources
            )
            for source, answer in zip(sources, coming, strict=True):
                answers[source.id] = answer
                progress(_progress(source, answer))
        except BaseException:  # the pull is stopped: running requests end, no more are started
            context.given_up.set()
            raise
    if problems := [answer.problem for answer in answers.values() if answer.problem]:
        raise _together(problems) from problems[0]
    return _pulled(answers, _passed_over(profile, folder, last.year))


def _not_set_up(sources: Iterable[Source], context: PullContext) -> dict[str, _Answer]:
    """Return the sources that are not set up and may wait, before any is asked.

    Raises:
        ConfigError: others cannot be asked as they are configured; names all of them.
    """
    waiting, problems = dict[str, _Answer](), list[ConfigError]()
    for source in sources:
        try:
            connector_of(source).ready(source)
        except ConfigError as problem:
            if isinstance(problem, NotSetUp) and _may_wait(source, context):
                waiting[source.id] = _Answer(not_set_up=problem)
                continue
            problems.append(problem)
            context.landing.record(_of_a_whole(source, context, "refused", str(problem)))
    if problems:
        raise ConfigError(_in_one(map(str, problems)), code=problems[0].code)
    return waiting


def _answer(source: Source, folder: Path | None, context: PullContext, failing: set[str]) -> _Answer:
    """Ask one source for all that it has; what stops it is part of the answer."""
    try:
        with _as_a_whole(source, context, failing):
            return _Answer(_brought(source, folder, context))
    except SourceProblem as problem:
        return _Answer(problem=problem.within(f"Source {source.id}"))


def _may_wait(source: Source, context: PullContext) -> bool:
    """Return whether a release can do without a source: it is not required, and the last one had nothing of it."""
    before = context.accepted.of(source.id, context.until.year)
    return not source.required and all(source.relaxed("files", name) for name in before)


def _progress(source: Source, answer: _Answer) -> str:
    if answer.not_set_up:
        return text("{source}: {variables} is not set", source=source.id, variables=", ".join(answer.not_set_up.lacks))
    if answer.problem:
        return text("{source}: failed", source=source.id)
    return text_count("{source}: 1 file", "{source}: {count} files", len(answer.found), source=source.id)


def _together(problems: list[SourceProblem]) -> SourceProblem:
    """Return one error that names them all, of the kind for which waiting helps least.

    Asking again helps only where it helps all.
    """
    words, places = _in_one(map(str, problems)), "; ".join(each.where for each in problems)
    for kind in (ProgramDefect, ContractBroken):
        if worst := [each for each in problems if isinstance(each, kind)]:
            return kind(words, code=worst[0].code).at(places)
    retryable = all(each.retryable for each in problems)
    return SourceUnavailable(words, retryable=retryable, code=problems[0].code).at(places)


def _in_one(problems: Iterable[str]) -> str:
    first, *others = dict.fromkeys(problems)
    return "\n  ".join([first, *(f"And: {other}" for other in others)])


def _pulled(answers: Mapping[str, _Answer], passed_over: list[Text]) -> Pulled:
    lieferungen = [lieferung for answer in answers.values() for lieferung in answer.found]
    new = sum(answer.new for answer in answers.values())
    not_asked: dict[str, list[str]] = {}
    for source, answer in answers.items():
        if answer.not_set_up:
            not_asked.setdefault(", ".join(answer.not_set_up.lacks), []).append(source)
    return Pulled(
        lieferungen=lieferungen, missing=[source for source, answer in answers.items() if not answer.found],
        not_asked=not_asked, new=new, unchanged=len(lieferungen) - new, passed_over=passed_over,
    )  # fmt: skip


def accept_pulled(profile: Profile, landing: Path, run: str, pulled: Pulled, until: dt.date | None) -> None:
    """Let the files of a run that was carried through be those that later ones are compared with."""
    sources = {source.id: source for source in profile.sources}
    delivered = [Delivered(one, sources[one.source].year_in(one.name)) for one in pulled.lieferungen]
    accept(landing, profile.city.id, run, delivered, until.year if until else None)


def failing_sources(landing: Landing, city: str) -> set[str]:
    """Return the sources that as a whole did not pass when they were last asked."""
    last = {one.source: one.outcome for one in landing.attempts() if one.city == city and not one.name}
    return {source for source, outcome in last.items() if outcome != "mended"}


def _brought(source: Source, folder: Path | None, context: PullContext) -> list[Brought]:
    """Fetch all files of a source and compare them, together, with what it should have."""
    connector = connector_of(source)
    offered = orders_in(folder, source) if folder else connector.orders(source, context)
    orders = [order for order in offered if order.year is None or order.year <= context.until.year]

    def bring(order: Order) -> Brought:
        if context.given_up.is_set():
            raise CancelledError
        return (take if folder else connector.fetch)(source, order, context)

    with ThreadPoolExecutor(FILES_AT_A_TIME) as pool:
        brought = list(pool.map(bring, orders))
    found = [lieferung for lieferung, _ in brought if lieferung]
    years = [order.year for order, (lieferung, _) in zip(orders, brought, strict=True) if lieferung and order.year]
    refuse_gap_in_years(source, sorted(set(years)), context.until.year)
    refuse_other_files(source, [one.name for one in found], context.accepted.of(source.id, context.until.year))
    refuse_same_content(source, found)
    if not found and source.required:
        late = [order.name for order in offered if order not in orders]
        raise _nothing_came(source, folder, late, context.until.year)
    return brought


@contextmanager
def _as_a_whole(source: Source, context: PullContext, failing: set[str]) -> Iterator[None]:
    """Record when a source as a whole fails, and when it no longer does."""
    try:
        with defect_as_failure(source.id, "its files"):
            yield
    except SourceProblem as problem:
        if not problem.recorded:
            outcome = "failed" if problem.retryable else "refused"
            context.landing.record(_of_a_whole(source, context, outcome, str(problem)))
        raise
    if source.id in failing:
        context.landing.record(_of_a_whole(source, context, "mended"))


def _of_a_whole(source: Source, context: PullContext, outcome: str, problem: str | None = None) -> Attempt:
    return Attempt(
        city=context.city, source=source.id, name="", url=connector_of(source).place(source), at=now(), seconds=0.0,
        outcome=outcome, problem=problem,
    )  # fmt: skip


def _passed_over(profile: Profile, folder: Path | None, until: int) -> list[Text]:
    """Return what lies unused in the folders that were looked into."""
    if folder:
        return passed_over(folder, profile.sources, until)
    folders: dict[Path, list[Source]] = {}
    elsewhere = []
    for source in profile.sources:
        folder_of = connector_of(source).folder
        if folder_of is None:
            elsewhere.append(source)
            continue
        with suppress(NotSetUp):
            folders.setdefault(folder_of(source), []).append(source)
    return [line for where, own in folders.items() for line in passed_over(where, own, until, elsewhere)]


def _nothing_came(source: Source, folder: Path | None, late: Sequence[str], year: int) -> SourceUnavailable:
    """Return the error of a required source without a file; those that are there, but for later years, are `late`."""
    where = (
        f"a file named like {source.file} in {folder}" if folder else f"files at {connector_of(source).place(source)}"
    )
    found, remedy = "none", "Put the file there"
    if late:
        named = ", ".join(late[:_SHOWN]) + (" ..." if len(late) > _SHOWN else "")
        found, remedy = f"only {named}, which is passed over: {year} is the last year that is asked for", "Rename it"
    return SourceUnavailable(
        f"Source {source.id} ({source.title_de}): expected {where}, found {found}. "
        f"{remedy}, or mark the source `required = false` in sources.toml.",
        code="FS-SOURCE-05",
    )
