"""Services answer HTTP 200 whatever happened; each code has its own outcome."""

from __future__ import annotations

import json

import pytest

from tests.pull.genesis.answers import ffcsv, in_turn, status
from tests.pull.replay import Said


@pytest.mark.parametrize(
    ("code", "words", "told", "times"),
    [
        (90, "Die Tabelle existiert nicht", "Correct `genesis.table` in sources.toml", 1),
        (22, "Parameter wurden angepasst", "Correct `genesis.parameters`", 1),
        (104, "keine Objekte", "correct `genesis.parameters` in sources.toml or ask the office", 1),
        (50, "nicht aktueller", "The service has no data for it", 1),
        (15, "Bitte prüfen Sie Benutzername und Passwort", "Check AMT_TOKEN or AMT_USER or AMT_PASSWORD", 1),
        (-1, "Interner Fehler", "Try again later", 3),
        (77, "Unerwartet", "status 77: Unerwartet", 1),
    ],
)
def test_each_code_has_its_own_outcome(asked, code: int, words: str, told: str, times: int) -> None:
    server, given = asked(lambda _: status(code, words))
    message = given.refusal()
    assert told in message
    assert f"status {code}: {words}" in message
    assert len(server.heard) == times
    assert given.outcomes == ["failed" if code == -1 else "refused"]


def test_a_table_that_is_not_there_may_be_missing_where_it_is_not_required(asked) -> None:
    _, given = asked(lambda _: status(104, "keine Objekte"), required="false")
    assert given.pull().missing == ["amtlich"]
    assert given.outcomes == ["absent"]


def test_an_internal_error_that_passes_is_survived(asked) -> None:
    _, given = asked(in_turn(status(-1, "Interner Fehler"), status(-1, "Interner Fehler"), ffcsv()))
    assert given.pull().new == 1


def test_too_many_requests_at_once_are_waited_for(asked) -> None:
    waiting = status(6, "Zu viele parallele Anfragen")
    server, given = asked(in_turn(*[waiting] * 5, ffcsv()))
    assert given.pull().new == 1
    assert len(server.heard) == 6


def test_the_waiting_ends_at_the_deadline(asked) -> None:
    _, given = asked(lambda _: status(6, "Zu viele parallele Anfragen"), ", wait_minutes = 0.001")
    assert "is not ready after 0.001 minutes" in given.refusal()
    assert given.outcomes == ["failed"]


def test_a_login_error_without_the_usual_frame_is_understood(asked) -> None:
    said = Said(200, json.dumps({"Code": 15, "Content": "Kennung oder Passwort falsch", "Type": "ERROR"}).encode())
    _, given = asked(lambda _: said)
    assert "Check AMT_TOKEN" in given.refusal()
