"""Connector for open-data portals (CKAN, DKAN): the files of a package, or all rows of a datastore.

A datastore is read page by page and lands as CSV (UTF-8, comma, the columns of the portal) only when it is
complete: as many rows as the portal states, none twice, and nothing changed meanwhile.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests

from flows.base.errors import ContractBroken, SourceUnavailable
from flows.profile.access import Ckan
from flows.profile.source import Source
from flows.pull.connectors import http_file
from flows.pull.context import AttemptLog, Connector, PullContext
from flows.pull.models import Brought, Order
from flows.pull.web.answers import BrokenOff, asked_until_whole, failure, refuse_too_large
from flows.pull.web.client import json_in, quoted, reason, with_environment, without_secrets

_DIGITS = 19  # of a row's number
_ROW_NUMBER = ("_id", "entry_id")
"""Columns in which portals number the rows of a datastore."""


def ready(source: Source) -> None:
    """Stop where the address cannot be had.

    Raises:
        NotSetUp: it names environment variables that are not set.
        ConfigError: it is not a web address.
    """
    with_environment(source, source.url or "")


def orders(source: Source, context: PullContext) -> list[Order]:
    """Return one order for each file of the package that matches the source's pattern, or one for the datastore.

    Raises:
        SourceUnavailable: the portal cannot be asked.
        ContractBroken: it has no such package, or no such file in it.
    """
    wanted = _wanted(source)
    base = with_environment(source, source.url or "").rstrip("/")
    if wanted.datastore:
        name = "datastore/search.json" if wanted.api == "dkan" else "datastore_search"
        return [Order(source.id, f"{source.id}.csv", url=f"{base}/{name}")]
    order = Order(source.id, str(wanted.package), url=f"{base}/package_show")
    result = _result(source, order, {"id": str(wanted.package)}, context)
    package = result[0] if isinstance(result, list) and result else result  # DKAN answers with a list of one
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list):
        raise failure(order, without_secrets(order.url or ""), "an answer without a list of resources")
    return _files(source, base, [one for one in resources if isinstance(one, dict)])


def fetch(source: Source, order: Order, context: PullContext) -> Brought:
    """Bring a file of the package, or the datastore's rows, into the landing zone.

    Raises:
        SourceUnavailable: it could not be had, or a datastore is not complete.
        ContractBroken: more than the source's cap, or no data.
    """
    if not _wanted(source).datastore:
        return http_file.fetch(source, order, context)
    with context.attempt(order, without_secrets(order.url or "")) as log, context.landing.incoming() as file:
        table = _rows(source, order, context, log)
        for text in table.as_csv():
            file.write(text.encode())
        return log.landed(context.keep(source, order, file))


def _wanted(source: Source) -> Ckan:
    assert source.ckan is not None  # noqa: S101 -- the model asks for it
    return source.ckan


def _files(source: Source, base: str, resources: list[dict[str, Any]]) -> list[Order]:
    """Return the resources whose file name (else title) matches the source's pattern, by name."""
    found: dict[str, str] = {}
    for resource in resources:
        url = _address(base, resource)
        if base.startswith("https:"):
            url = re.sub("^http:", "https:", url)  # a portal's links are often older than its certificate
        names = [http_file.file_name(url), str(resource.get("name") or "").replace("/", "_")]
        name = next((each for each in names if each and re.fullmatch(source.file, each)), None)
        if name is None:
            continue
        if found.get(name, url) != url:
            raise ContractBroken(
                f"Source {source.id}: expected files of different names in the package, found {name} twice, at "
                f"{without_secrets(found[name])} and {without_secrets(url)}. Make `file` in sources.toml narrower.",
                code="FS-CONTRACT-15",
            )
        found[name] = url
    if not found:
        there = ", ".join(http_file.file_name(_address(base, one)) for one in resources) or "nothing"
        raise ContractBroken(
            f"Source {source.id}: expected a file named like {source.file} in the package {_wanted(source).package}, "
            f"found {there}. Correct `file` in sources.toml, or ask the portal.",
            code="FS-CONTRACT-20",
        )
    return [Order(source.id, name, url=url, year=source.year_in(name)) for name, url in sorted(found.items())]


def _address(base: str, resource: dict[str, Any]) -> str:
    """Return where a resource lies; nothing for one whose address cannot be read."""
    try:
        return urljoin(base, str(resource.get("url") or ""))
    except ValueError:
        return ""


@dataclass
class _Table:
    """The rows of a datastore, as they come."""

    columns: list[str]
    number: str | None
    total: int | None
    rows: list[dict[str, Any]]

    def as_csv(self) -> Iterator[str]:
        """Yield header and rows as lines of CSV, in the order of the portal's row numbers."""
        key = self.number
        ordered = sorted(self.rows, key=lambda row: int(row[key])) if key else self.rows
        for row in [{column: column for column in self.columns}, *ordered]:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow([_text(row.get(column)) for column in self.columns])
            yield text.getvalue()


def _rows(source: Source, order: Order, context: PullContext, log: AttemptLog) -> _Table:
    """Return all rows of the datastore.

    Raises:
        SourceUnavailable: pages do not fit together, or fewer or more rows came than the portal states.
        ContractBroken: more came than the source's cap.
    """
    wanted, offset = _wanted(source), 0
    table: _Table | None = None
    before: list[dict[str, Any]] = []
    size = 0
    while True:
        asked = {"resource_id": str(wanted.datastore), "limit": str(wanted.page), "offset": str(offset)}
        page = _page(order, _result(source, order, asked, context, log))
        if table is None:
            table = page
        elif (page.columns, page.total) != (table.columns, table.total) or (page.rows and page.rows == before):
            raise _incomplete(order, "pages that do not fit together: it changed while it was read, or repeats itself")
        else:
            table.rows += page.rows
        before, offset = page.rows, offset + len(page.rows)
        size += sum(len(_text(value)) for row in page.rows for value in row.values())
        refuse_too_large(source, order, size)
        if table.number is None and page.rows and offset > len(page.rows):
            raise _incomplete(order, "several pages of rows without a number, so it cannot be known whether all came")
        if not page.rows or (table.total is not None and offset >= table.total):
            _prove_complete(order, table)
            return table


def _prove_complete(order: Order, table: _Table) -> None:
    if table.total is not None and len(table.rows) != table.total:
        raise _incomplete(order, f"{len(table.rows):,} rows although the portal states {table.total:,}")
    if table.number:
        numbers = [str(row.get(table.number)) for row in table.rows]
        counted = all(number.isdecimal() and len(number) < _DIGITS for number in numbers)
        if len(set(numbers)) != len(numbers) or not counted:
            raise _incomplete(order, f"rows that came twice, or without a number in {table.number}")


def _page(order: Order, result: Any) -> _Table:
    try:
        fields = [(str(field["id"]), str(field.get("type", ""))) for field in result["fields"]]
        total = result.get("total")
        rows = [dict(row) for row in result["records"]]
        unknown = {key for row in rows for key in row} - {name for name, _ in fields}
        total = int(total) if total is not None else None
        lacking = {name for row in rows for name in {name for name, _ in fields} - set(row)}
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as problem:
        raise _incomplete(order, "an answer without fields and records") from problem
    if unknown:
        raise _incomplete(order, f"columns that the portal does not list: {', '.join(sorted(unknown))}")
    if lacking:
        raise _incomplete(order, f"rows without the columns {', '.join(sorted(lacking))}, which the portal lists")
    number = next((name for name, kind in fields if kind == "serial" or name in _ROW_NUMBER), None)
    return _Table([name for name, _ in fields], number, total, rows)


def _incomplete(order: Order, found: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Source {order.source}: expected all rows of the datastore at {without_secrets(order.url or '')}, found "
        f"{found}. Nothing was taken over. Try again later, or ask the portal for the file.",
        retryable=True,
        code="FS-SOURCE-07",
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _result(
    source: Source, order: Order, asked: dict[str, str], context: PullContext, log: AttemptLog | None = None
) -> Any:
    """Ask an action of the portal; return its result. An answer that breaks off is asked for again."""
    status, said = asked_until_whole(lambda: _answer(source, order, asked, context, log))
    if isinstance(said, dict) and said.get("success") is True and "result" in said:
        return said["result"]
    problem = said.get("error") if isinstance(said, dict) else None
    words = problem.get("message", "") if isinstance(problem, dict) else problem or ""
    message = (
        f"Source {source.id}: expected {order.name} from the portal at {without_secrets(order.url or '')}, "
        f"found that it refuses (HTTP status {status}): {quoted(str(words), order.url or '') or 'without a reason'}. "
        "Correct `ckan` in sources.toml, or ask the portal."
    )
    raise SourceUnavailable(message, retryable=True) if status >= 500 else ContractBroken(message)


def _answer(
    source: Source, order: Order, asked: dict[str, str], context: PullContext, log: AttemptLog | None
) -> tuple[int, Any]:
    """Ask once; return the HTTP status and what the JSON says."""
    url, status = order.url or "", None
    shown = without_secrets(url)
    try:
        with context.web.asked(source, url, params=asked) as answer:
            status = answer.status_code
            if log:
                log.status = status
            return status, json_in(answer, digits_kept=True)
    except requests.RequestException as problem:  # before ValueError, which requests uses for addresses
        raise failure(order, shown, reason(problem, source), BrokenOff if status else SourceUnavailable) from None
    except ValueError:
        message = f" with status {status}" if status != 200 else ""
        raise failure(order, shown, f"an answer that is not JSON{message} (a login or error page?)") from None


CONNECTOR = Connector(ready, orders, fetch)
