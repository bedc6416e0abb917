"""Open-data portals: files of a package, rows of a datastore, and the proof that they are all there."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.base.errors import ConfigError
from tests.pull.conftest import Desk
from tests.pull.replay import Heard, Replay, Said

UUID = "995914c7-4275-49c4-8441-426722336c3a"
CONTENT = b"BBS;EW\n01100001;12\n"


def answered(result: Any, success: bool = True, code: int = 200, **more: Any) -> Said:
    body = json.dumps({"help": "", "success": success, "result": result, **more}).encode()
    return Said(code, body, {"Content-Type": "application/json"})


def paged(fields: list[dict[str, str]], records: list[dict[str, Any]], **more: Any) -> Callable[[Heard], Said]:
    """A datastore that gives the rows from `offset`, no more than `limit`."""

    def answer(one: Heard) -> Said:
        start, limit = int(one.query["offset"]), int(one.query["limit"])
        told = {"fields": fields, "resource_id": [one.query["resource_id"]], "limit": limit, "total": len(records)}
        return answered({**told, **more, "records": records[start : start + limit]})

    return answer


def rows(count: int) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    fields = [{"id": "bbs", "type": "text"}, {"id": "ew", "type": "text"}, {"id": "entry_id", "type": "serial"}]
    return fields, [{"bbs": f"0110{n:04}", "ew": str(n), "entry_id": str(n)} for n in range(1, count + 1)]


@pytest.fixture
def store(desk: Callable[..., Desk], source: Callable[..., str], replay: Callable[..., Replay]):
    """A datastore that answers as told, and the desk that asks for all its rows."""

    def given(answer: Callable[[Heard], Said], page: int = 10, api: str = "dkan") -> tuple[Replay, Desk]:
        server = replay(answer)
        text = source(
            "bestand", 'matrix = { unit = "bbs", merkmale = { einwohner = ["ew"] } }', connector='"ckan"',
            url=f'"{server.url}/api/action"', file=r"'bestand\.csv'",
            ckan=f'{{ datastore = "{UUID}", api = "{api}", page = {page} }}',
            stichtag='{ source = "fixed", fixed = 2022-12-31 }', dialect='{ delimiter = "," }',
        )  # fmt: skip
        return server, desk(text)

    return given


@pytest.fixture
def package(desk: Callable[..., Desk], source: Callable[..., str], replay: Callable[..., Replay]):
    """A portal that answers as told, and the desk that asks for the files of a package."""

    def given(
        answer: Callable[[Heard], Said], file: str = r"'einwohner_(?P<year>\d{4})(_\d)?\.csv'"
    ) -> tuple[Replay, Desk]:
        server = replay(answer)
        text = source(
            "jahr", connector='"ckan"', url=f'"{server.url}/api/3/action"', ckan='{ package = "einwohner" }', file=file,
        )  # fmt: skip
        return server, desk(text)

    return given


def portal(*resources: dict[str, Any], as_list: bool = False) -> Callable[[Heard], Said]:
    def answer(one: Heard) -> Said:
        if one.path.endswith("/package_show"):
            found = {"id": one.query["id"], "resources": list(resources)}
            return answered([found] if as_list else found)
        return Said(200, CONTENT.replace(b"12", one.path[-8:-4].encode()[-2:]), {"Content-Type": "text/csv"})

    return answer


# --- Datastore ---


@pytest.mark.parametrize("recording", ["garages", "park_and_rides", "disabled_parkings-old"])
def test_a_recorded_page_is_not_taken_for_the_whole(store, real_folder: Path, recording: str) -> None:
    """The recordings hold 10 of 55, 35 and 315 rows; a portal that gives no more is not complete."""
    recorded = (real_folder / "dkan" / f"{recording}.json").read_bytes()
    result = json.loads(recorded)["result"]
    empty = json.dumps({"help": "", "success": True, "result": {**result, "records": []}}).encode()
    _, given = store(lambda one: Said(200, recorded if one.query["offset"] == "0" else empty))
    assert f"found 10 rows although the portal states {result['total']}" in given.refusal()
    assert given.objects == []


def test_a_recorded_dialect_of_a_portal_is_read_page_by_page_to_its_end(store, real_folder: Path) -> None:
    """Fields and rows as recorded; the recording's ten rows are repeated under further numbers to make 55."""
    result = json.loads((real_folder / "dkan" / "garages.json").read_text(encoding="utf-8"))["result"]
    records = [{**result["records"][n % 10], "entry_id": str(n + 1)} for n in range(55)]
    server, given = store(paged(result["fields"], records))
    (lieferung,) = given.pull().lieferungen
    assert [one.path for one in server.heard] == ["/api/action/datastore/search.json"] * 6
    assert {one.query["resource_id"] for one in server.heard} == {UUID}
    lines = list(csv.DictReader(given.content(lieferung).decode().splitlines()))
    assert lines == records
    assert list(lines[0]) == [field["id"] for field in result["fields"]]


def test_a_portal_that_gives_fewer_rows_a_page_than_asked_for_is_read_on(store) -> None:
    fields, records = rows(25)
    whole = paged(fields, records)
    server, given = store(lambda one: whole(Heard(one.method, one.path, one.query | {"limit": "7"}, {}, {})))
    assert given.content(given.pull().lieferungen[0]).count(b"\n") == 26
    assert [one.query["offset"] for one in server.heard] == ["0", "7", "14", "21"]


def test_a_portal_without_a_total_is_read_until_a_page_is_empty(store) -> None:
    fields, records = rows(20)
    server, given = store(paged(fields, records, total=None))
    assert given.content(given.pull().lieferungen[0]).count(b"\n") == 21
    assert len(server.heard) == 3


def test_the_same_rows_in_another_order_are_the_same_file(store) -> None:
    fields, records = rows(25)
    server, given = store(paged(fields, records))
    first = given.pull().lieferungen[0]
    server.answer = paged(fields, records[::-1])
    second = given.pull()
    assert (second.unchanged, second.lieferungen[0].sha256) == (1, first.sha256)


def test_ckans_own_datastore_is_asked_by_its_name(store) -> None:
    fields = [{"id": "_id", "type": "int"}, {"id": "bbs", "type": "text"}, {"id": "ew", "type": "numeric"}]
    records = [{"_id": n, "bbs": f"0110{n:04}", "ew": None if n == 3 else n} for n in range(1, 4)]
    server, given = store(paged(fields, records), api="ckan")
    text = given.content(given.pull().lieferungen[0]).decode()
    assert server.heard[0].path == "/api/action/datastore_search"
    assert text == "_id,bbs,ew\n1,01100001,1\n2,01100002,2\n3,01100003,\n"


def _changing(one: Heard) -> Said:
    fields, records = rows(25 if one.query["offset"] == "0" else 24)
    return paged(fields, records)(one)


def _repeating(one: Heard) -> Said:
    return paged(*rows(25))(Heard(one.method, one.path, one.query | {"offset": "0"}, {}, {}))


def _overlapping(one: Heard) -> Said:
    start = {"10": 9}.get(one.query["offset"], int(one.query["offset"]))
    return paged(*rows(25))(Heard(one.method, one.path, one.query | {"offset": str(start)}, {}, {}))


def _too_many(one: Heard) -> Said:
    return paged(*rows(25), total=15)(one)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_changing, "it changed while it was read, or repeats itself"),
        (_repeating, "it changed while it was read, or repeats itself"),
        (_overlapping, "rows that came twice"),
        (_too_many, "20 rows although the portal states 15"),
        (
            lambda _: answered({"fields": [{"id": "a"}], "records": [{"b": "1"}]}),
            "columns that the portal does not list",
        ),
        (lambda _: answered({"records": []}), "an answer without fields and records"),
        (lambda _: answered([]), "an answer without fields and records"),
    ],
)
def test_rows_that_are_not_proven_complete_never_land(store, answer, told: str) -> None:
    _, given = store(answer)
    assert told in given.refusal()
    assert given.objects == []
    assert given.outcomes == ["failed"]


# --- Package ---


@pytest.mark.parametrize("as_list", [False, True], ids=["CKAN", "DKAN"])
def test_the_files_of_a_package_are_picked_by_name(package, as_list: bool) -> None:
    names = ["einwohner_2021_0.csv", "einwohner_2022.csv", "einwohner.pdf"]
    server, given = package(portal(*({"url": f"/files/{name}", "name": "Tabelle"} for name in names), as_list=as_list))
    assert [one.name for one in given.pull().lieferungen] == names[:2]
    assert server.heard[0].query == {"id": "einwohner"}
    assert given.pull().unchanged == 2


def test_a_file_may_be_picked_by_the_title_of_its_resource(package) -> None:
    _, given = package(portal({"url": "/download/42?x=1", "name": "einwohner_2022.csv"}))
    assert [one.name for one in given.pull().lieferungen] == ["einwohner_2022.csv"]


def test_a_package_without_such_a_file_says_what_it_has(package) -> None:
    _, given = package(portal({"url": "/files/haushalte.csv"}))
    message = given.refusal()
    assert "in the package einwohner, found haushalte.csv" in message
    assert [(one.name, one.outcome) for one in given.landing.attempts()] == [("", "refused")]


def test_two_resources_of_one_name_stop(package) -> None:
    _, given = package(portal({"url": "/a/einwohner_2022.csv"}, {"url": "/b/einwohner_2022.csv"}))
    assert "found einwohner_2022.csv twice" in given.refusal()


def test_a_package_that_is_not_there_is_reported_in_the_portals_words(package) -> None:
    said = answered(None, success=False, code=404, error={"message": "Nicht gefunden", "__type": "Not Found Error"})
    _, given = package(lambda _: said)
    assert "found that it refuses (HTTP status 404): Nicht gefunden" in given.refusal()


@pytest.mark.parametrize("body", [b"<html>Anmeldung", b"", b"{"])
def test_an_answer_that_is_no_json_is_reported(package, body: bytes) -> None:
    _, given = package(lambda _: Said(200, body))
    assert "found an answer that is not JSON" in given.refusal()


def test_a_portal_that_stays_broken_is_reported_with_its_status(package) -> None:
    _, given = package(lambda _: Said(503, b"<html>"))
    assert "that is not JSON with status 503" in given.refusal()


def test_a_profile_asks_for_a_package_or_a_datastore(small_city, source) -> None:
    text = source("jahr", connector='"ckan"', url='"https://portal.example/api/3/action"', ckan="{ }")
    with pytest.raises(ConfigError, match="needs either `package` or `datastore`"):
        small_city.with_sources(text)


# --- Bad days ---


@pytest.mark.parametrize(
    "bad",
    [
        [Said(429, headers={"Retry-After": "0"})],
        [Said(500)] * 3,
        [Said(200, b'{"success": true, "result": {"fi', sent=20)],
        [Said(200, b'{"success": true, "result": {"fi', sent=20, reset=True)],
    ],
    ids=["429", "500 three times", "wrong length", "reset"],
)
def test_a_bad_day_of_the_portal_is_survived(store, bad: list[Said]) -> None:
    whole, left = paged(*rows(25)), list(bad)
    _, given = store(lambda one: left.pop() if left and one.query["offset"] == "10" else whole(one))
    assert given.content(given.pull().lieferungen[0]).count(b"\n") == 26
    assert given.outcomes == ["new"]


def test_a_portal_that_hangs_is_given_up(store, monkeypatch) -> None:
    monkeypatch.setattr("flows.profile.access.Access.patience", 0.1)
    server, given = store(lambda _: Said(200, hang=30.0))
    assert "found no answer within" in given.refusal()
    server.close()


def test_a_resource_whose_title_leads_elsewhere_lands_under_a_plain_name(package) -> None:
    _, given = package(portal({"url": "/d/1", "name": "EW_../../2022.csv"}), file=r"'EW_.*\.csv'")
    assert [one.name for one in given.pull().lieferungen] == ["EW_.._.._2022.csv"]


def test_a_resource_whose_address_cannot_be_read_is_not_looked_at(package) -> None:
    _, given = package(portal({"url": "http://[amt", "name": "?"}))
    assert "expected a file named like" in given.refusal()


@pytest.mark.parametrize(
    "more", [{"total": "viele"}, {"records": ["id"]}, {"records": [7]}], ids=["total", "text for a row", "number"]
)
def test_a_page_that_is_none_is_reported(store, more: dict[str, Any]) -> None:
    page = {"fields": [{"id": "id"}], "records": [], "total": 0} | more
    _, given = store(lambda _: answered(page))
    assert "an answer without fields and records" in given.refusal()


def test_several_pages_of_rows_without_a_number_prove_nothing(store) -> None:
    fields, records = rows(7)
    unnumbered = [{"bbs": row["bbs"], "ew": row["ew"]} for row in records]
    _, given = store(paged(fields[:2], unnumbered), page=3)
    assert "several pages of rows without a number" in given.refusal()
    _, given = store(paged(fields[:2], unnumbered), page=10)
    assert given.pull().new == 1


def test_a_row_that_lacks_a_column_is_reported(store) -> None:
    fields, records = rows(2)
    del records[1]["ew"]
    _, given = store(paged(fields, records))
    assert "rows without the columns ew, which the portal lists" in given.refusal()


def test_a_number_keeps_its_digits(store) -> None:
    fields, records = rows(1)
    body = paged(fields, records)(Heard("GET", "/", {"offset": "0", "limit": "9", "resource_id": UUID}, {}, {})).body
    said = Said(200, body.replace(b'"ew": "1"', b'"ew": 123456789012345678.75'))
    _, given = store(lambda _: said)
    (lieferung,) = given.pull().lieferungen
    assert b"123456789012345678.75" in given.content(lieferung)


@pytest.mark.parametrize(
    "spoilt",
    [b"[" * 100_000, b'{"success": true, "result": {"fields": [], "records": [], "total": 1e999}}',
     b'{"success": true, "result": {"fields": [{"id": "\\ud800"}], "records": []}}'],
)  # fmt: skip
def test_json_that_no_portal_means_is_reported(store, spoilt: bytes) -> None:
    _, given = store(lambda _: Said(200, spoilt))
    assert "Source bestand: expected" in given.refusal()


def test_pages_without_end_end_at_the_cap(store) -> None:
    """No total, and new rows on each page."""

    def answer(one: Heard) -> Said:
        first = int(one.query["offset"])
        fields, _ = rows(0)
        records = [{"bbs": "x" * 100_000, "ew": "1", "entry_id": str(n)} for n in range(first, first + 5)]
        return answered({"fields": fields, "records": records})

    server, given = store(answer, page=5)
    profile = given.profile
    (source,) = profile.sources
    given.profile = dataclasses.replace(profile, sources=(source.model_copy(update={"max_mb": 1}),))
    assert "expected at most 1 MB, found 1 MB or more" in given.refusal()
    assert len(server.heard) == 3


def test_the_words_of_a_portal_are_reported_without_the_password_of_the_address(desk, source, replay) -> None:
    server = replay(lambda _: answered(None, success=False, code=400, error="wrong: amt geheim&amp;lang"))
    url = server.url.replace("//", "//amt:geheim&lang@")
    text = source("jahr", connector='"ckan"', url=f'"{url}/api"', ckan='{ package = "einwohner" }')
    assert "found that it refuses (HTTP status 400): wrong: *** ***. Correct" in desk(text).refusal()
