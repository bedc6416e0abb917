"""Years before a Stichtag are counted in Python as in SQL."""

from __future__ import annotations

import duckdb

from flows.base.years_before import years_before


def test_every_day_has_the_same_one_before_it_as_in_sql() -> None:
    found = duckdb.sql(
        "WITH days AS (SELECT unnest(range(DATE '2023-01-01', DATE '2026-01-01', INTERVAL 1 DAY))::DATE AS day) "
        "SELECT day, years, (day + 1 - to_years(years))::DATE - 1 FROM days, unnest([1, 2, 4, 5, -1]) AS of(years)"
    ).fetchall()

    assert len(found) == 5 * 1096
    assert [(day, years) for day, years, before in found if years_before(day, years) != before] == []
