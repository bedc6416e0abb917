"""A WFS, page by page: all features or none, and the same bytes for the same features."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from flows.base.errors import ConfigError
from flows.pull.connectors import wfs
from flows.pull.web import answers
from tests.pull.conftest import Desk
from tests.pull.replay import Heard, Replay, Said

GEOMETRY = '[source.raum.geometry]\nid_property = "BBS"\ncrs = "EPSG:25832"\n'


def feature(number: int) -> dict[str, Any]:
    x = 350000 + 100 * number
    ring = [[x, 5650000], [x + 100, 5650000], [x + 100, 5650100], [x, 5650100], [x, 5650000]]
    return {
        "type": "Feature", "id": f"bbs.{number}", "properties": {"BBS": f"0110{number:04}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def page(features: list[dict[str, Any]], matched: int | str | None, **more: Any) -> Said:
    told = {} if matched is None else {"numberMatched": matched}
    body = json.dumps({"type": "FeatureCollection", "features": features, **told, **more}).encode()
    return Said(200, body, {"Content-Type": "application/json"})


def service(count: int, most: int = 2) -> Callable[[Heard], Said]:
    """A service with so many features that sends no more than `most` at once."""

    def answer(one: Heard) -> Said:
        start = int(one.query["startIndex"])
        return page([feature(n) for n in range(start, min(start + most, count))], count)

    return answer


@pytest.fixture
def asked(desk: Callable[..., Desk], source: Callable[..., str], replay: Callable[..., Replay]):
    def given(answer: Callable[[Heard], Said], contract: str = GEOMETRY) -> tuple[Replay, Desk]:
        server = replay(answer)
        text = source(
            "raum", contract, connector='"wfs"', url=f'"{server.url}/wfs?token=geheim"', file=r"'raum\.geojson'",
            stichtag="", dialect='{ format = "geojson", layer = "stadt:bbs" }',
        )  # fmt: skip
        return server, desk(text)

    return given


def test_all_pages_land_as_one_file(asked) -> None:
    server, desk = asked(service(5))
    pulled = desk.pull()
    (lieferung,) = pulled.lieferungen
    landed = json.loads(desk.content(lieferung))
    assert [each["properties"]["BBS"] for each in landed["features"]] == [f"0110{n:04}" for n in range(5)]
    assert [one.query["startIndex"] for one in server.heard] == ["0", "2", "4"]
    first = server.heard[0].query
    assert first["request"] == "GetFeature"
    assert first["version"] == "2.0.0"
    assert first["typeNames"] == "stadt:bbs"
    assert first["srsName"] == "EPSG:25832"
    assert first["sortBy"] == "BBS"
    assert first["count"] == str(wfs.PAGE)
    assert lieferung.name == "raum.geojson"
    assert "geheim" not in lieferung.url


def test_features_in_another_order_are_no_new_delivery(asked) -> None:
    order = [feature(n) for n in range(3)]
    _, desk = asked(lambda _: page(order, 3))
    assert desk.pull().new == 1
    order.reverse()
    assert desk.pull().new == 0
    assert desk.outcomes == ["new", "unchanged"]


def test_ids_that_a_service_gives_anew_at_each_request_are_no_new_delivery(asked) -> None:
    """So do layers without a key; what was landed has none."""
    number = count(1)

    def answer(one: Heard) -> Said:
        start = int(one.query["startIndex"])
        features = [feature(n) | {"id": f"bbs.fid-{next(number):x}"} for n in range(start, min(start + 2, 3))]
        return page(features, 3)

    _, desk = asked(answer)
    (lieferung,) = desk.pull().lieferungen
    assert all("id" not in each for each in json.loads(desk.content(lieferung))["features"])
    assert desk.pull().new == 0
    assert desk.outcomes == ["new", "unchanged"]


def test_ids_that_the_contract_names_are_landed(asked) -> None:
    server, desk = asked(service(3), GEOMETRY.replace('"BBS"', '"@id"'))
    (lieferung,) = desk.pull().lieferungen
    assert [each["id"] for each in json.loads(desk.content(lieferung))["features"]] == ["bbs.0", "bbs.1", "bbs.2"]
    assert "sortBy" not in server.heard[0].query  # it is no property of the layer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            lambda one: page([feature(0)] if one.query["startIndex"] == "0" else [], 3),
            "1 features although the service states 3",
        ),
        (lambda _: page([feature(0)], None), "no `numberMatched`"),
        (lambda _: page([feature(0)], "unknown"), "no `numberMatched`"),
        (lambda one: page([feature(0)], 2), "a feature that came twice"),
        (
            lambda one: page([feature(int(one.query["startIndex"]))], 5 + int(one.query["startIndex"])),
            "do not fit together",
        ),
        (lambda _: Said(200, b"<html>Anmeldung</html>"), "an answer that is not GeoJSON, with status 200"),
        (
            lambda _: Said(400, b"<ows:ExceptionText>Unknown type stadt:bbs</ows:ExceptionText>"),
            "the service says no: Unknown type stadt:bbs",
        ),
        (lambda _: Said(200, b'{"type": "FeatureCollection"}'), "an answer without features"),
        (lambda _: page([{"type": "Feature"}], 1), "features without properties"),
    ],
)  # fmt: skip
def test_what_is_not_complete_is_refused(asked, answer: Callable[[Heard], Said], told: str) -> None:
    _, desk = asked(answer)
    message = desk.refusal()
    assert told in message
    assert "geheim" not in message
    assert desk.objects == []


def test_a_wfs_needs_the_feature_type(desk, source) -> None:
    with pytest.raises(ConfigError, match=r"dialect\.layer \(the feature type\)"):
        desk(
            source(
                "raum", GEOMETRY, connector='"wfs"', url='"http://x/wfs"', file=r"'raum\.geojson'", stichtag="",
                dialect='{ format = "geojson" }',
            )
        )  # fmt: skip


def test_a_service_is_quoted_without_the_token_of_its_address(asked) -> None:
    report = b"<ows:ExceptionText>unknown parameter token=geheim</ows:ExceptionText>"
    _, desk = asked(lambda _: Said(200, report))
    message = desk.refusal()
    assert "unknown parameter token=***" in message
    assert "geheim" not in message


def test_a_page_that_breaks_off_is_asked_for_again(asked, monkeypatch) -> None:
    monkeypatch.setattr(answers, "BODY_PAUSE", 0.0)
    whole = service(2)
    broken = [True]

    def answer(one: Heard) -> Said:
        said = whole(one)
        return dataclasses.replace(said, sent=50) if broken and broken.pop() else said

    server, desk = asked(answer)
    assert desk.pull().new == 1
    assert len(server.heard) == 2


def test_a_number_of_features_that_is_none_is_reported(asked) -> None:
    _, desk = asked(lambda _: page([feature(1)], "9" * 5000))
    assert "no `numberMatched`" in desk.refusal()
