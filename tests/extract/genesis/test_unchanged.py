"""A table that has not changed is not pulled again."""

from __future__ import annotations

import pytest

from tests.extract.genesis.answers import MODIFIED, TABLEFILE, by_path, ffcsv, in_turn, status


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
