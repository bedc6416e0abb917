"""Connector for polygons from a WFS 2.0: all features of one type, page by page, landed as one GeoJSON file.

The pages are asked for in the order of the units' ids, since a server may otherwise page in any order, and they
land only when they are complete: as many features as the server states, none twice.
The same features give the same bytes, so that a service that has not changed is no new Lieferung. A feature's own id is
left out unless the contract names it: services that have no key for a layer give other ids at each request.

owslib would bring lxml and its own way of asking, without our retries, rate_limits and records, for one request that
is a GET with eight parameters; so it is not used.
"""

from __future__ import annotations

import json
import re
from typing import Any

import requests

from flows.base.errors import SourceUnavailable
from flows.profile.source import Source
from flows.profile.source_contract import OWN_ID
from flows.pull.context import AttemptLog, Connector, PullContext
from flows.pull.models import Brought, Order
from flows.pull.web.answers import BrokenOff, asked_until_whole, failure, refuse_too_large
from flows.pull.web.client import json_in, quoted, reason, with_environment, without_secrets

_DIGITS = 19  # of the number of features
PAGE = 1000  # features; servers cap a page, and say so by sending fewer


def ready(source: Source) -> None:
    """Stop where the address cannot be had.

    Raises:
        NotSetUp: it names environment variables that are not set.
        ConfigError: it is not a web address.
    """
    with_environment(source, source.url or "")


def orders(source: Source, context: PullContext) -> list[Order]:  # noqa: ARG001 -- every connector is asked the same
    """Return one order: all features of the type that the dialect names."""
    return [Order(source.id, f"{source.id}.geojson", url=with_environment(source, source.url or ""))]


def fetch(source: Source, order: Order, context: PullContext) -> Brought:
    """Bring all features into the landing zone, as one GeoJSON file.

    Raises:
        SourceUnavailable: no answer, an exception of the service, or pages that do not fit together.
        ContractBroken: more than the source's cap, or no data.
    """
    with context.attempt(order, without_secrets(order.url or "")) as log, context.landing.incoming() as file:
        collection = _all_features(source, order, context, log)
        file.write(json.dumps(collection, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
        return log.landed(context.keep(source, order, file))


def _all_features(source: Source, order: Order, context: PullContext, log: AttemptLog) -> dict[str, Any]:
    """Return the complete feature collection, its features in the order of their units' ids."""
    contract = source.drawn
    assert contract is not None  # noqa: S101 -- the model asks for it
    features: list[dict[str, Any]] = []
    matched, crs, size = 0, None, 0
    while True:
        page = _page(source, order, context, log, len(features))
        number = _number_matched(order, page)
        if features and (number != matched or page.get("crs") != crs):
            raise _incomplete(order, "pages that do not fit together: the service changed while it was read")
        matched, crs = number, page.get("crs")
        came = page["features"]
        features += came
        size += len(json.dumps(came))
        refuse_too_large(source, order, size)
        if not came or len(features) >= number:
            break
    _refuse_incomplete(order, features, matched)
    if OWN_ID not in contract.model_dump_json():
        features = [{name: each[name] for name in each if name != "id"} for each in features]
    features.sort(
        key=lambda each: (str(each["properties"].get(contract.id_property)), json.dumps(each, sort_keys=True))
    )
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    return whole | ({"crs": crs} if crs is not None else {})


def _number_matched(order: Order, page: dict[str, Any]) -> int:
    """Return how many features the service states that there are."""
    stated = str(page.get("numberMatched", page.get("totalFeatures")))
    if not (stated.isdecimal() and len(stated) < _DIGITS):
        raise _incomplete(order, "no `numberMatched`, so it cannot be known whether all features came")
    return int(stated)


def _refuse_incomplete(order: Order, features: list[dict[str, Any]], matched: int) -> None:
    """Stop unless as many features came as the service states, and none twice."""
    if len(features) != matched:
        raise _incomplete(order, f"{len(features):,} features although the service states {matched:,}")
    keys = [json.dumps([each.get("id"), each.get("properties")], sort_keys=True) for each in features]
    if len(set(keys)) != len(keys):
        raise _incomplete(order, "a feature that came twice: its pages overlap")


def _page(source: Source, order: Order, context: PullContext, log: AttemptLog, offset: int) -> dict[str, Any]:
    """Return a page; one that breaks off is asked for again."""
    return asked_until_whole(lambda: _asked(source, order, context, log, offset))


def _asked(source: Source, order: Order, context: PullContext, log: AttemptLog, offset: int) -> dict[str, Any]:
    contract = source.drawn
    assert contract is not None  # noqa: S101 -- the model asks for it
    url = order.url or ""
    asked = {
        "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": str(source.dialect.layer),
        "outputFormat": "application/json", "srsName": contract.crs, "count": str(PAGE),
        "startIndex": str(offset), **({"sortBy": contract.id_property} if contract.id_property != OWN_ID else {}),
    }  # fmt: skip
    shown, began = without_secrets(url), False
    try:
        with context.web.asked(source, url, params=asked) as answer:
            began, log.status = True, answer.status_code
            try:
                page = json_in(answer)
            except ValueError as unread:
                text = unread.doc if isinstance(unread, json.JSONDecodeError) else ""
                raise failure(order, shown, _words_of_exception(text, answer.status_code, url)) from None
    except requests.RequestException as problem:
        raise failure(order, shown, reason(problem, source), BrokenOff if began else SourceUnavailable) from None
    features = page.get("features") if isinstance(page, dict) else None
    if answer.status_code != 200 or not isinstance(features, list):
        raise failure(order, shown, f"an answer without features (HTTP status {answer.status_code})")
    if not all(isinstance(each, dict) and isinstance(each.get("properties"), dict) for each in features):
        raise failure(order, shown, "features without properties")
    found: dict[str, Any] = page
    return found


def _words_of_exception(text: str, status: int, url: str) -> str:
    """Return what a service says in its ExceptionReport, else that its answer cannot be read."""
    words = re.search(r"ExceptionText[^>]*>\s*([^<]{1,300})", text)
    if words:
        return f"that the service says no: {quoted(words[1].strip(), url)}. Correct `layer` or `crs` in sources.toml"
    return f"an answer that is not GeoJSON, with status {status} (a login or error page?)"


def _incomplete(order: Order, found: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Source {order.source}: expected all features of the service at {without_secrets(order.url or '')}, found "
        f"{found}. Nothing was taken over. Try again later, or give the file with --from DIR.",
        retryable=True,
        code="FS-SOURCE-07",
    )


CONNECTOR = Connector(ready, orders, fetch)
