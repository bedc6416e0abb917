"""Tables of bytes: what is written is what a csv reader reads."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.musterstadt.lines import Dialect, cells, chosen, dash_for_zero, dotted, german_hundredths, same
from flows.musterstadt.packing import archive, workbook
from flows.musterstadt.random_numbers import bell, drawn, ramp, random_numbers, shared_out


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 2)), min_size=1, max_size=30))
def test_a_table_reads_back_as_it_was_written(rows: list[tuple[int, int]]) -> None:
    numbers, kinds = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    dialect = Dialect(delimiter=",", quote='"')
    text = dialect.table([cells(numbers), same("31.12.2024", len(rows)), chosen(kinds, "m", "w", "d")])
    read = list(csv.reader(io.StringIO(text.decode())))
    assert read == [[str(n), "31.12.2024", "mwd"[k]] for n, k in rows]


def test_utf16_rows_are_text_of_two_bytes() -> None:
    dialect = Dialect(delimiter="\t", encoding="utf-16-le", newline="\r\n")
    assert dialect.table([cells(np.array([7, 12]))]).decode("utf-16-le") == "7\r\n12\r\n"


@pytest.mark.parametrize(("value", "text"), [(0, "-"), (7, "7"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567")])
def test_thousands_have_dots_and_zero_is_a_dash(value: int, text: str) -> None:
    assert dash_for_zero(value) == text
    assert dotted(value) == (text if value else "0")


def test_hundredths_have_a_decimal_comma() -> None:
    assert german_hundredths(123450) == "1.234,50"
    assert german_hundredths(5) == "0,05"


def test_archives_and_workbooks_repeat_byte_by_byte() -> None:
    assert archive({"a.csv": b"1"}) == archive({"a.csv": b"1"})
    sheets = [workbook("S", ["title"], ["a", "b"], [["01", 2]]) for _ in range(2)]
    assert sheets[0] == sheets[1]


@given(st.integers(0, 10_000), st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any))
def test_what_is_shared_out_is_neither_lost_nor_given_to_those_without_weight(total: int, weights: list[int]) -> None:
    parts = shared_out(total, np.array(weights))
    assert parts.sum() == total
    assert all(p == 0 for p, w in zip(parts, weights, strict=True) if w == 0)


def test_chance_repeats_by_purpose_and_year_and_only_then() -> None:
    first = random_numbers(1, "births", 2015).random(3)
    assert (random_numbers(1, "births", 2015).random(3) == first).all()
    assert not (random_numbers(1, "births", 2016).random(3) == first).any()
    assert not (random_numbers(1, "deaths", 2015).random(3) == first).any()


def test_draws_follow_their_weights() -> None:
    drawn_counts = np.bincount(drawn(random_numbers(1, "t"), (1, 0, 3), 40_000), minlength=3)
    assert drawn_counts[1] == 0
    assert drawn_counts[2] / drawn_counts[0] == pytest.approx(3, rel=0.05)


def test_a_bell_is_centred_and_a_ramp_passes_its_anchors() -> None:
    assert abs(bell(random_numbers(1, "t"), 40_000, 100).mean()) < 1
    table = ramp((18, 10), (20, 30), (90, 0))
    assert (table[17], table[18], table[19], table[20], table[90], table[110]) == (0, 10, 20, 30, 0, 0)
