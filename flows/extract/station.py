"""Station pull: ask every source for its files and land what comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from flows.errors import ConfigError, SourceUnavailable
from flows.extract import ckan, drop_folder, genesis, http_file, wfs
from flows.extract.accepted import Delivered, accept, last_accepted
from flows.extract.errand import Connector, Errand
from flows.extract.gate import refuse_gap_in_years, refuse_other_files, refuse_same_content
from flows.extract.landing import Landing, now
from flows.extract.models import Attempt, Brought, Lieferung, Order, Pulled
from flows.extract.web import Web, without_secrets
from flows.profile.load import Profile
from flows.profile.source import Source

AT_A_TIME = 4  # files under way at once
CONNECTORS: Mapping[str, Connector] = MappingProxyType(
    {"http_file": http_file, "ckan": ckan, "genesis": genesis, "wfs": wfs, "drop_folder": drop_folder}
)


def pull(
    profile: Profile,
    landing: Landing,
    *,
    folder: Path | None = None,
    until: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Pulled:
    """Bring every Lieferung of the city into the landing zone.

    With `folder`, every source is taken from there by file name; `until` leaves out later years.

    Raises:
        SourceUnavailable: a required source could not be had, or what came is no data.
        ConfigError: a source's address, folder or credentials are not configured.
    """
    landing.forget_leftovers()
    city, last = profile.city.id, until or dt.datetime.now(dt.UTC).date()
    lieferungen: list[Lieferung] = []
    missing: list[str] = []
    new = 0
    with Web() as web, ThreadPoolExecutor(AT_A_TIME) as pool:
        errand = Errand(city, landing, web, last, landing.newest(city), last_accepted(landing.folder, city))
        failing = failing_sources(landing, city)
        for source in profile.sources:
            if source.years and source.years.first > last.year:
                continue  # it begins after what was asked for
            with _as_a_whole(source, errand, failing):
                brought = _brought(source, folder, errand, pool)
                found = [lieferung for lieferung, _ in brought if lieferung]
                if not found and source.required:
                    raise _nothing_came(source, folder)
            if not found:
                missing.append(source.id)
            lieferungen += found
            new += sum(fresh for lieferung, fresh in brought if lieferung)
            progress(f"{source.id}: {len(found)} files")
    return Pulled(
        lieferungen=lieferungen, missing=missing, new=new, unchanged=len(lieferungen) - new,
        passed_over=_passed_over(profile, folder, last.year),
    )  # fmt: skip


def accept_pulled(profile: Profile, landing: Path, run: str, pulled: Pulled, until: dt.date | None) -> None:
    """Let the files of a run that was carried through be those that later ones are held against."""
    sources = {source.id: source for source in profile.sources}
    delivered = [Delivered(one, drop_folder.year_in(sources[one.source], one.name)) for one in pulled.lieferungen]
    accept(landing, profile.city.id, run, delivered, until.year if until else None)


def failing_sources(landing: Landing, city: str) -> set[str]:
    """Return the sources that as a whole did not pass when they were last asked."""
    last = {one.source: one.outcome for one in landing.attempts() if one.city == city and not one.name}
    return {source for source, outcome in last.items() if outcome != "mended"}


def _brought(source: Source, folder: Path | None, errand: Errand, pool: ThreadPoolExecutor) -> list[Brought]:
    """Fetch all files of a source and hold them, together, against what it should have."""
    connector = CONNECTORS[source.connector]
    offered = drop_folder.orders_in(folder, source) if folder else connector.orders(source, errand)
    orders = [order for order in offered if order.year is None or order.year <= errand.until.year]

    def bring(order: Order) -> Brought:
        return (drop_folder.take if folder else connector.fetch)(source, order, errand)

    brought = list(pool.map(bring, orders))
    found = [lieferung for lieferung, _ in brought if lieferung]
    years = [order.year for order, (lieferung, _) in zip(orders, brought, strict=True) if lieferung and order.year]
    refuse_gap_in_years(source, sorted(set(years)), errand.until.year)
    refuse_other_files(source, [one.name for one in found], errand.accepted.of(source.id, errand.until.year))
    refuse_same_content(source, found)
    return brought


@contextmanager
def _as_a_whole(source: Source, errand: Errand, failing: set[str]) -> Iterator[None]:
    """Record when a source as a whole fails, and when it no longer does."""
    told = {"city": errand.city, "source": source.id, "name": "", "url": _place(source), "seconds": 0.0}
    try:
        yield
    except SourceUnavailable as problem:
        if not problem.recorded:
            outcome = "failed" if problem.retryable else "refused"
            errand.landing.record(Attempt(**told, at=now(), outcome=outcome, problem=str(problem)))
        raise
    except ConfigError as problem:
        errand.landing.record(Attempt(**told, at=now(), outcome="refused", problem=str(problem)))
        raise
    if source.id in failing:
        errand.landing.record(Attempt(**told, at=now(), outcome="mended"))


def _passed_over(profile: Profile, folder: Path | None, until: int) -> list[str]:
    """Return what lies unused in the folders that were looked into."""
    if folder:
        return drop_folder.passed_over(folder, profile.sources, until)
    folders: dict[Path, list[Source]] = {}
    for source in profile.sources:
        if source.connector == "drop_folder":
            folders.setdefault(drop_folder.configured_folder(source), []).append(source)
    return [line for where, own in folders.items() for line in drop_folder.passed_over(where, own, until)]


def _nothing_came(source: Source, folder: Path | None) -> SourceUnavailable:
    where = f"a file named like {source.file} in {folder}" if folder else f"files at {_place(source)}"
    return SourceUnavailable(
        f"Source {source.id} ({source.title_de}): expected {where}, found none. "
        "Put the file there, or mark the source `required = false` in sources.toml."
    )


def _place(source: Source) -> str:
    if source.genesis:
        return f"{source.url or source.genesis.service} {source.genesis.table}"
    return without_secrets(source.url) if source.url else str(source.folder)
