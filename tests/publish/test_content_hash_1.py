"""Format 1 of the content hash gives what it always gave: releases that were published with it still verify."""

import hashlib

import duckdb

from flows.release.content_hash import table_hashes


def hash_of(rows: str) -> str:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS {rows}")
        return table_hashes(con, {"t": ()}, form=1)["t"].digest


def test_the_format_is_frozen():
    digest = hash_of(
        "SELECT * FROM (VALUES ('ä\tb', 1.5::DOUBLE, DATE '2024-12-31', true, "
        "'\\x00\\xFF'::BLOB, 7::BIGINT), (NULL, NULL, NULL, NULL, NULL, NULL)) AS v(text, zahl, tag, ja, bytes, ganz)"
    )
    text = (
        "fortschreibung-table 1\n"
        "text:VARCHAR\tzahl:DOUBLE\ttag:DATE\tja:BOOLEAN\tbytes:BLOB\tganz:BIGINT\n"
        "3:ä\tb\t1.5\t2024-12-31\t1\t00ff\t7\n"
        "~\t~\t~\t~\t~\t~\n"
    )
    assert digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_rows_does_not_matter():
    assert hash_of("SELECT * FROM range(30000) AS r(i)") == hash_of("SELECT * FROM range(29999, -1, -1) AS r(i)")


def test_minus_zero_is_zero():
    assert hash_of("SELECT -0.0::DOUBLE AS a") == hash_of("SELECT 0.0::DOUBLE AS a")
