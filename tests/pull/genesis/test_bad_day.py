"""What goes wrong on the way to a GENESIS service and back."""

from __future__ import annotations

from typing import Any

import pytest

from flows.pull.connectors.genesis import service
from tests.pull.genesis.answers import TABLE, ffcsv, in_turn
from tests.pull.replay import Said


def test_a_pause_that_the_server_asks_for_is_kept(asked) -> None:
    server, given = asked(in_turn(Said(429, headers={"Retry-After": "0"}), ffcsv()))
    assert given.pull().new == 1
    assert len(server.heard) == 2


def test_three_errors_of_the_server_are_survived(asked) -> None:
    _, given = asked(in_turn(*[Said(500)] * 3, ffcsv()))
    assert given.pull().new == 1


def test_a_server_that_stays_broken_stops_the_pull(asked) -> None:
    _, given = asked(lambda _: Said(500))
    assert "found HTTP status 500" in given.refusal()


def test_a_server_that_hangs_is_given_up(asked) -> None:
    server, given = asked(lambda _: Said(200, hang=30.0), rate_limits="{ patience = 0.1 }")
    assert "found no answer within 10 s (connect) or 0.1 s (read)" in given.refusal()
    server.close()


@pytest.mark.parametrize("how", [{"sent": 60}, {"sent": 60, "reset": True}], ids=["cut", "reset"])
def test_a_table_that_breaks_off_is_asked_for_again(asked, how: dict[str, Any]) -> None:
    whole = ffcsv()
    server, given = asked(in_turn(Said(200, whole.body, **how), whole))
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == whole.body
    assert len(server.heard) == 2


def test_a_table_that_always_breaks_off_never_lands(asked) -> None:
    server, given = asked(lambda _: Said(200, ffcsv().body, sent=60))
    given.refusal()
    assert len(server.heard) == service.TRIES
    assert given.objects == []


def test_a_cut_archive_under_its_own_length_is_damaged(asked) -> None:
    _, given = asked(lambda _: Said(200, ffcsv().body[:100]))
    assert f"Archive {TABLE}.zip is damaged" in given.refusal()
    assert given.objects == []


@pytest.mark.parametrize("body", [b"<!doctype html><title>Anmeldung</title>", b"", b'{"Status": 3}', b"{"])
def test_what_is_neither_table_nor_status_is_reported(asked, body: bytes) -> None:
    _, given = asked(lambda _: Said(200, body))
    assert "found an answer that is neither a table nor a status" in given.refusal()


def test_a_service_that_has_moved_gets_no_credentials_there(asked, replay) -> None:
    there = replay(lambda _: ffcsv())
    _, given = asked(lambda _: Said(307, headers={"Location": f"{there.url}/neu?user=x"}))
    message = given.refusal()
    assert f"it has moved to {there.url}/neu. Credentials are not sent along" in message
    assert there.heard == []


@pytest.mark.parametrize("code", [401, 403])
def test_a_service_that_does_not_let_us_in_names_the_variables(asked, code: int) -> None:
    _, given = asked(lambda _: Said(code))
    given.refusal()
    assert [one.status for one in given.landing.attempts()] == [code]
    assert "Check AMT_TOKEN or AMT_USER or AMT_PASSWORD" in given.refusal()
