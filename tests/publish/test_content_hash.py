"""The content hash is the same for the same content, another for any other, and never changes its format."""

import hashlib
import time

import duckdb
import pytest

from flows.release.content_hash import content_tables, table_hash, whole_hash


def hash_of(rows: str) -> str:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS {rows}")
        return table_hash(con, "t")


def test_the_format_is_frozen():
    """If this fails, every published hash has lost its meaning: give the new format a new number."""
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT NULL::VARCHAR AS a", "SELECT '' AS a"),
        ("SELECT NULL::VARCHAR AS a", "SELECT '~' AS a"),
        ("SELECT 'x' AS a, 'y\t1:z' AS b", "SELECT 'x\t3:y' AS a, 'z' AS b"),
        ("SELECT 1::BIGINT AS a", "SELECT 1::INTEGER AS a"),
        ("SELECT 1 AS a", "SELECT 1 AS b"),
        ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a"),
        ("SELECT 0.1::DOUBLE AS a", "SELECT 0.1::DOUBLE + 1e-17 * 2 AS a"),
        ("SELECT 1 AS a", "SELECT 1 AS a UNION ALL SELECT 1"),
        ("SELECT 1 AS a WHERE false", "SELECT NULL::INTEGER AS a"),
    ],
)
def test_other_content_has_another_hash(one, other):
    assert hash_of(one) != hash_of(other)


def test_minus_zero_is_zero():
    assert hash_of("SELECT -0.0::DOUBLE AS a") == hash_of("SELECT 0.0::DOUBLE AS a")


def test_a_type_without_a_canonical_text_is_refused():
    with pytest.raises(ValueError, match="no canonical text"):
        hash_of("SELECT [1, 2] AS a")


def test_tables_about_the_release_are_not_content():
    with duckdb.connect() as con:
        con.execute("CREATE TABLE wert(a INTEGER); CREATE TABLE _release(a INTEGER)")
        assert content_tables(con) == ["wert"]


def test_the_whole_does_not_depend_on_the_order_of_tables():
    assert whole_hash({"a": "1", "b": "2"}) == whole_hash({"b": "2", "a": "1"}) != whole_hash({"a": "2", "b": "1"})


def test_150_000_rows_of_12_columns_take_less_than_one_and_a_half_seconds_of_cpu():
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE t AS SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, "
            "lpad((i % 180)::VARCHAR, 6, '0') AS raum_id, DATE '2015-12-31' AS stichtag, "
            "'indikator_' || (i // 1800) AS indikator_id, random() * 100 AS wert, i::DOUBLE AS zaehler, "
            "random() AS nenner, 'ok' AS status, 'exact' AS methode, NULL::DOUBLE AS unsicherheit, i AS nr "
            "FROM range(150000) AS r(i)"
        )
        start = time.process_time()
        table_hash(con, "t")
        assert time.process_time() - start < 1.5
