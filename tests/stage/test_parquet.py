"""Plain Parquet files are tables as CSV files are: what a cell is, is said by the profile, not by its type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.base.db import literal
from tests.stage.deliveries import FILE, RESIDENTS

PARQUET = '{ format = "parquet" }'


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[str], bytes]:
    """Write what a query gives as Parquet."""

    def written(query: str) -> bytes:
        path = tmp_path / "written.parquet"
        with duckdb.connect() as con:
            con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")
        return path.read_bytes()

    return written


ROWS = "(VALUES ('01100001', {}), ('01100002', {})) AS t (BBS, EW)"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["INTEGER", "DOUBLE", "DECIMAL(9, 2)", "VARCHAR", "FLOAT", "HUGEINT"])
def test_counts_of_any_type_are_read(stage_city, source, parquet, kind: str) -> None:
    content = parquet(f"FROM {ROWS.format(f'12::{kind}', f'7::{kind}')}")
    staged = stage_city(source("einwohner", dialect=PARQUET), {FILE: content})

    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 2, 2, 0, 0)]


@pytest.mark.slow
def test_a_fraction_has_the_decimal_sign_of_the_dialect(stage_city, source, parquet) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { wohnflaeche_qm = ["EW"] } }'
    content = parquet(f"FROM {ROWS.format('1234.5::DOUBLE', '1e7::DOUBLE')}")
    staged = stage_city(
        source("einwohner", contract, dialect='{ format = "parquet", thousands = "." }'), {FILE: content}
    )

    assert sorted(staged.counts.values()) == [1234.5, 10_000_000]


@pytest.mark.slow
def test_a_column_without_a_value_is_a_blank_cell(stage_city, source, parquet) -> None:
    dialect = '{ format = "parquet", missing = { "" = "unbekannt" } }'
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: parquet(f"FROM {ROWS.format('12', 'NULL')}")})

    assert staged.statuses == {"01100001": "ok", "01100002": "unbekannt"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "VARCHAR"])
def test_a_date_is_the_day_that_it_is(stage_city, source, parquet, kind: str) -> None:
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    text = "'31.12.2022'" if kind == "VARCHAR" else f"'2022-12-31'::{kind}"
    content = parquet(f"SELECT '01100001' AS BBS, {text} AS TAG, 12 AS EW")

    assert stage_city(source("einwohner", stichtag=rule, dialect=PARQUET), {FILE: content}).stichtage == ["2022-12-31"]


@pytest.mark.slow
def test_rows_that_break_the_contract_are_named_by_their_number(stage_city, source, parquet) -> None:
    staged = stage_city(source("einwohner", dialect=PARQUET), {FILE: parquet(f"FROM {ROWS.format('12', '-7')}")})

    assert staged.quarantine == [(FILE, 2, "EW", "-7")]


@pytest.mark.slow
def test_what_is_no_single_value_may_be_ignored(stage_city, source, parquet) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, ignore = ["L", "S"] }'
    content = parquet("SELECT '01100001' AS BBS, 12 AS EW, [1, 2] AS L, {'a': 1} AS S")

    assert stage_city(source("einwohner", contract, dialect=PARQUET), {FILE: content}).residents == {"01100001": 12}


@pytest.mark.slow
def test_one_value_a_row_is_read_from_parquet_too(stage_city, source, parquet) -> None:
    contract = (
        '[source.einwohner.dialect]\nformat = "parquet"\n[source.einwohner.dialect.long]\nvalue = "EW"\n'
        '[source.einwohner.dialect.long.columns]\nEW = { S = "zusammen" }\n'
        '[source.einwohner.matrix]\nunit = "BBS"\nmerkmale = { einwohner = ["EW"] }\n'
    )
    content = parquet("SELECT '01100001' AS BBS, unnest(['zusammen', 'w']) AS S, unnest([12, 5]) AS EW")
    staged = stage_city(source("einwohner", contract), {FILE: content})

    assert staged.residents == {"01100001": 12}
    assert staged.files == [(FILE, 2, 1, 0, 1)]


def test_a_damaged_file_is_told(refusal, source, parquet) -> None:
    content = parquet(f"FROM {ROWS.format('12', '7')}")

    assert "expected a Parquet file, found one that cannot be read" in refusal(
        source("einwohner", dialect=PARQUET), {FILE: content[:40] + content[60:]}
    )
    assert "expected a Parquet file, found bytes that begin" in refusal(
        source("einwohner", dialect=PARQUET), {FILE: "BBS;EW\n01100001;12\n"}
    )


def test_nothing_stands_around_a_table_in_parquet(refusal, source) -> None:
    given = source("einwohner", dialect='{ format = "parquet", footer = "Quelle" }')

    assert "has a table and nothing around it; leave out footer" in refusal(given, {FILE: b""})
