"""Rows are inserted alike, whether they are few, which stand in the statement, or many, which go through a file."""

from __future__ import annotations

import math

import duckdb
import pytest

from flows.base.db import insert, set_variables

NUMBERS = [0.1, 1 / 3, 0.04639786893451287, 1234567.0123456789, 1e-300, 1.7e308, -2.5, math.inf, -math.inf]
TEXTS = ["O'Brien", "a\nb", "a\0b", "\0", "\\n", "{}$1?%", "ä"]


@pytest.mark.parametrize("times", [1, 50], ids=["few", "many"])
def test_numbers_keep_every_digit_and_texts_every_character(times: int) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE things (number DOUBLE, numbers DOUBLE[], words VARCHAR)")
    rows = [
        *({"number": each, "numbers": [each]} for each in NUMBERS * times),
        *({"words": each} for each in TEXTS * times),
    ]

    insert(con, "things", rows)

    assert con.execute("SELECT number FROM things WHERE number IS NOT NULL").fetchall() == [
        (each,) for each in NUMBERS * times
    ]
    assert con.execute("SELECT numbers[1] FROM things WHERE number IS NOT NULL").fetchall() == [
        (each,) for each in NUMBERS * times
    ]
    assert con.execute("SELECT words FROM things WHERE words IS NOT NULL").fetchall() == [
        (each,) for each in TEXTS * times
    ]


def test_a_number_that_is_none_is_inserted_as_such() -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE things (number DOUBLE)")

    insert(con, "things", [{"number": math.nan}])

    assert con.execute("SELECT isnan(number) FROM things").fetchone() == (True,)


def test_a_variable_has_every_digit_of_a_number() -> None:
    con = duckdb.connect()

    set_variables(con, number=NUMBERS[2], words=TEXTS)

    assert con.execute("SELECT getvariable('number'), getvariable('words')").fetchone() == (NUMBERS[2], TEXTS)
