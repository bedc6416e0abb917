"""Station pull: ask every source for its files and land what comes."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.errors import ConfigError, SourceUnavailable
from flows.extract.drop_folder import orders_in, take
from flows.extract.gate import refuse_gap_in_years, refuse_same_content
from flows.extract.http_file import fetch, orders_at, session, without_secrets
from flows.extract.landing import Landing
from flows.extract.models import Lieferung, Order, Pulled
from flows.profile.load import Profile
from flows.profile.source import Source

AT_A_TIME = 4  # files under way at once, so that an office's server is not overrun


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
        ConfigError: a source's address or folder is not configured.
    """
    last = until or dt.datetime.now(dt.UTC).date()
    lieferungen: list[Lieferung] = []
    missing: list[str] = []
    new = 0
    accepted = landing.accepted(profile.city.id)
    with session() as http, ThreadPoolExecutor(AT_A_TIME) as pool:
        for source in profile.sources:
            if source.years and source.years.first > last.year:
                continue  # it begins after what was asked for
            orders = [o for o in _orders(source, folder, last) if o.year is None or o.year <= last.year]

            def bring(order: Order, source: Source = source) -> tuple[Lieferung | None, bool]:
                if order.path is not None:
                    return take(profile.city.id, source, order, landing, accepted)
                return fetch(profile.city.id, source, order, landing, http, accepted)

            brought = list(pool.map(bring, orders))
            found = [lieferung for lieferung, _ in brought if lieferung]
            years = [o.year for o, (lieferung, _) in zip(orders, brought, strict=True) if lieferung and o.year]
            refuse_gap_in_years(source, sorted(set(years)), last.year)
            refuse_same_content(source, found)
            if not found and source.required:
                raise _nothing_came(source, folder)
            if not found:
                missing.append(source.id)
            lieferungen += found
            new += sum(fresh for lieferung, fresh in brought if lieferung)
            progress(f"{source.id}: {len(found)} files")
    return Pulled(lieferungen=lieferungen, missing=missing, new=new, unchanged=len(lieferungen) - new)


def _orders(source: Source, folder: Path | None, until: dt.date) -> list[Order]:
    if folder is not None:
        return orders_in(folder, source)
    if source.connector == "http_file":
        return orders_at(source, until)
    return orders_in(_configured_folder(source), source)


def _configured_folder(source: Source) -> Path:
    match = re.fullmatch(r"\$\{(\w+)\}", source.folder or "")
    found = os.environ.get(match[1]) if match else source.folder
    if not found:
        variable = f" or set {match[1]}" if match else ""
        raise ConfigError(f"Source {source.id} is a folder that is not named yet: give it with --from DIR{variable}.")
    return Path(found).expanduser()


def _nothing_came(source: Source, folder: Path | None) -> SourceUnavailable:
    where = f"a file named like {source.file} in {folder}" if folder else f"files at {_place(source)}"
    return SourceUnavailable(
        f"Source {source.id} ({source.title_de}): expected {where}, found none. "
        "Put the file there, or mark the source `required = false` in sources.toml."
    )


def _place(source: Source) -> str:
    return without_secrets(source.url) if source.url else str(source.folder)
