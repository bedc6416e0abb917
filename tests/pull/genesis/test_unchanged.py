"""A table that has not changed is not pulled again."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.pull import context
from tests.pull.genesis.answers import MODIFIED, TABLEFILE, by_path, ffcsv, in_turn, status


@pytest.mark.parametrize("code", [50, 104])
def test_an_unchanged_table_is_not_pulled_again(asked, code: int) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(code, "nichts", List=None)))
    first = given.pull()
    second = given.pull()
    assert (first.new, second.new, second.unchanged) == (1, 0, 1)
    assert second.lieferungen[0].sha256 == first.lieferungen[0].sha256
    assert len(server.of(TABLEFILE)) == 1
    assert server.of(MODIFIED)[0].form["selection"] == "12411*"


def test_other_parameters_are_another_question(asked, desk, table) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(104)))
    given.pull()
    given = desk(table(server, ", parameters = { startyear = 2015 }"))
    given.pull()
    assert server.heard[-1].path == TABLEFILE
    assert server.heard[-1].form["startyear"] == "2015"


def test_a_table_whose_bytes_were_lost_is_pulled_whatever_was_changed(asked) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(104)))
    lieferung = given.pull().lieferungen[0]
    lieferung.path_in(given.landing.folder).unlink()
    given.pull()
    assert server.of(MODIFIED) == []
    assert len(server.of(TABLEFILE)) == 2


def test_nothing_newer_in_answer_to_the_table_itself_is_unchanged(asked) -> None:
    changed = status(0, "erfolgreich", List=[{"Code": "12411"}])
    _, given = asked(by_path(tablefile=in_turn(ffcsv(), status(50, "nicht aktueller")), modifieddata=changed))
    given.pull()
    assert given.pull().unchanged == 1


def test_a_list_that_may_go_on_proves_nothing(asked) -> None:
    others = [{"Code": f"12411-{n:04}"} for n in range(500)]
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(0, "erfolgreich", List=others)))
    given.pull()
    given.pull()
    assert len(server.of(TABLEFILE)) == 2


@pytest.mark.parametrize("listed", [["12411"], {"Code": "12411"}, 7])
def test_a_list_that_is_none_proves_nothing_or_names_nothing(asked, listed: object) -> None:
    _, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(0, "erfolgreich", List=listed)))
    given.pull()
    assert len(given.pull().lieferungen) == 1


def test_a_table_that_was_fetched_when_our_clock_was_ahead_is_fetched_again(asked, monkeypatch) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(104)))
    with monkeypatch.context() as ahead:
        ahead.setattr(context, "now", lambda: dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        given.pull()
    given.pull()
    assert server.of(MODIFIED) == []
    assert len(server.of(TABLEFILE)) == 2
