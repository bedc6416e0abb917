"""Connector for tables of GENESIS web services: Destatis, Regionalstatistik, Zensus, Landesdatenbank NRW.

First the service is asked whether anything was changed since the table was last fetched. A table too large
to be sent at once is ordered as a job; which job that is, is kept in the landing zone, so that a run that was
stopped is followed by one that waits on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.base.errors import ConfigError, NotSetUp
from flows.profile.source import Source
from flows.pull.connectors.genesis.access import base_of, credentials_of, place_of, table_of
from flows.pull.connectors.genesis.service import (
    ADJUSTED,
    DONE,
    JOB_MADE,
    NO_OBJECT,
    NO_TABLE,
    NOTHING_NEWER,
    TOO_BIG,
    Service,
    Status,
)  # fmt: skip
from flows.pull.context import Connector, PullContext
from flows.pull.landing.incoming import Incoming, room_in
from flows.pull.landing.store import now
from flows.pull.models import Attempt, Brought, Order

_LISTED = 500
"""Entries that the service is asked for at once."""
JOB_LIFE = dt.timedelta(days=1)
"""A job that is not ready by then is ordered anew."""


class _Job(BaseModel):
    """A table that a service is preparing."""

    model_config = ConfigDict(frozen=True)

    table: str
    result: str
    ordered_at: dt.datetime


def ready(source: Source) -> None:
    """Stop where the service cannot be asked.

    Raises:
        NotSetUp: address or credentials are not set; names all variables.
        ConfigError: they cannot be used, or credentials would travel unencrypted.
    """
    problems = list[ConfigError]()
    for needed in (credentials_of, base_of):
        try:
            needed(source)
        except ConfigError as problem:
            problems.append(problem)
    unset = [problem for problem in problems if isinstance(problem, NotSetUp)]
    words = " ".join(map(str, problems))
    if problems:
        lacks = tuple(variable for problem in unset for variable in problem.lacks)
        raise NotSetUp(words, lacks=lacks) if len(unset) == len(problems) else ConfigError(words)


def orders(source: Source, _: PullContext) -> list[Order]:
    """Return the one order of the source's table."""
    return [Order(source.id, table_of(source).file_name(source) or "", url=base_of(source))]


def fetch(source: Source, order: Order, context: PullContext) -> Brought:
    """Bring the table, packed as it comes, into the landing zone.

    Raises:
        SourceUnavailable: the service refuses the login, is not ready in time, or fails.
        ContractBroken: it has no such table, or none for the parameters that are asked for, or no data.
    """
    url, version = f"{order.url}/data/tablefile", _version(source)
    with context.attempt(order, url) as log:
        service = Service(source, order, context, log)
        known = context.kept(order, url)
        if known and (known.etag != version or known.at > now()):
            known = None  # other parameters were asked for then, or our clock was wrong
        log.etag = version  # the services have no ETag; what was asked for takes its place
        if known and _nothing_newer(source, service, known):
            return log.unchanged(known)
        with context.landing.incoming() as file:
            status = _table(source, service, file, context.landing.folder / "jobs" / f"{version}.json")
            if status is None:
                return log.landed(context.keep(source, order, file))
        if status.code == NOTHING_NEWER and known:
            return log.unchanged(known)
        if status.code == NO_OBJECT and not source.required:
            return log.absent()
        raise service.refusal(status, f"the table {table_of(source).table}")


def _nothing_newer(source: Source, service: Service, known: Attempt) -> bool:
    """Ask whether statistic or table was changed since the day it was fetched (that day included)."""
    table = table_of(source).table
    statistic = table.partition("-")[0]
    since = (known.at - dt.timedelta(days=1)).strftime("%d.%m.%Y")
    status = service.said(
        "catalogue/modifieddata",
        {"selection": f"{statistic}*", "type": "all", "date": since, "pagelength": str(_LISTED), "language": "de"},
    )
    if status.code in (NO_OBJECT, NOTHING_NEWER):
        return True
    if status.code not in (DONE, ADJUSTED):
        raise service.refusal(status, f"what was changed in {statistic}")
    listed = status.content.get("List") or []
    if not isinstance(listed, list) or len(listed) >= _LISTED:
        return False  # more may have been changed than is listed
    changed = {str(entry.get("Code")) if isinstance(entry, dict) else "" for entry in listed}
    return not {statistic, table} & changed


def _table(source: Source, service: Service, file: Incoming, kept: Path) -> Status | None:
    """Bring the table into `file`, at once or by way of a job; return what the service says when it cannot be had."""
    job = _job_under_way(kept)
    if job and _result(source, service, job, file, kept):
        return None
    status = service.table("data/tablefile", _asked(source), file)
    if status is None or status.code != TOO_BIG:
        return status
    status = service.said("data/tablefile", _asked(source) | {"job": "true"})
    if status.code != JOB_MADE:
        return status
    named = re.search(rf"{re.escape(table_of(source).table)}_\w+", status.words)
    if named is None:
        raise service.refusal(status, "the name of the job's result")
    job = _Job(table=table_of(source).table, result=named[0], ordered_at=now())
    with room_in(kept.parent.parent):
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        kept.write_text(job.model_dump_json() + "\n", encoding="utf-8")
    if not _result(source, service, job, file, kept):
        raise service.refusal(Status(NO_OBJECT, f"the result {job.result} is gone"), f"the table {job.table}")
    return None


def _result(source: Source, service: Service, job: _Job, file: Incoming, kept: Path) -> bool:
    """Wait for a job and bring its result into `file`; return False when the service no longer has it."""
    for turn in itertools.count():
        listed = service.said("catalogue/results", {"selection": job.result, "area": "user", "pagelength": "1"})
        if listed.code in (DONE, ADJUSTED) and listed.content.get("List"):
            break
        if listed.code not in (DONE, ADJUSTED, NO_OBJECT):
            raise service.refusal(listed, f"the job {job.result}")
        service.wait(turn, f"the job {job.result}")
    status = service.table("data/resultfile", _asked(source) | {"name": job.result}, file)
    if status is not None and status.code not in (NO_OBJECT, NO_TABLE):
        raise service.refusal(status, f"the result {job.result}")
    kept.unlink(missing_ok=True)
    return status is None


def _job_under_way(kept: Path) -> _Job | None:
    try:
        job = _Job.model_validate_json(kept.read_bytes())
    except (FileNotFoundError, ValidationError):  # none, or cut short by a killed run
        return None
    return job if now() - job.ordered_at < JOB_LIFE else None


def _asked(source: Source) -> dict[str, str]:
    """Return the form that asks for the source's table."""
    table = table_of(source)
    usual = {
        "area": "all", "compress": "true", "format": "ffcsv", "language": "de", "quality": "off", "job": "false",
    }  # fmt: skip
    return {**usual, **{key: str(value) for key, value in table.parameters.items()}, "name": table.table}


def _version(source: Source) -> str:
    """Return what distinguishes one request from another: service, table and parameters, never credentials."""
    asked = json.dumps([base_of(source), _asked(source)], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


CONNECTOR = Connector(ready, orders, fetch, place=place_of)
