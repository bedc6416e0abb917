"""The content hash is the same for the same content, another for any other, and never changes its format."""

import hashlib
import struct
from collections.abc import Sequence

import duckdb
import pytest

from flows.release import column_values
from flows.release.content_hash import content_tables, table_hashes, whole_hash


@pytest.fixture(autouse=True, params=[column_values.FEW, 0], ids=["texts sorted by Python", "texts sorted by DuckDB"])
def _sorted_by(request, monkeypatch):
    monkeypatch.setattr(column_values, "FEW", request.param)


def hash_of(rows: str, key: Sequence[str] = ()) -> str:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS {rows}")
        return table_hashes(con, {"t": key})["t"].digest


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_the_format_is_frozen():
    """If this fails, every published hash has lost its meaning: give the new format a new number."""
    digest = hash_of(
        "SELECT * FROM (VALUES ('b', 'ä\tb', 1.5::DOUBLE, DATE '2024-12-31', true, '\\x00\\xFF'::BLOB, 7::BIGINT, "
        "7::INTEGER, TIMESTAMP '1970-01-01 00:00:01'), ('a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) "
        "AS v(id, text, zahl, tag, ja, bytes, ganz, klein, zeit)",
        key=["id"],
    )
    missing, there = b"\xff\xff\xff\xff", b"\x00\x01"  # the row without values comes first by its key
    columns = {
        "key 2:id VARCHAR": sha256(*map(le4, (2, 1)), b"a", le4(1), b"b", le4(0), le4(1)),
        "- 4:text VARCHAR": sha256(le4(1), le4(4), "ä\tb".encode(), missing, le4(0)),
        "- 4:zahl DOUBLE": sha256(there, bytes(8), struct.pack("<d", 1.5)),
        "- 3:tag DATE": sha256(there, bytes(4), le4(20088)),
        "- 2:ja BOOLEAN": sha256(there, b"\x00", b"\x01"),
        "- 5:bytes BLOB": sha256(le4(1), le4(2), b"\x00\xff", missing, le4(0)),
        "- 4:ganz BIGINT": sha256(there, bytes(8), struct.pack("<q", 7)),
        "- 5:klein INTEGER": sha256(there, bytes(4), le4(7)),
        "- 4:zeit TIMESTAMP": sha256(there, bytes(8), struct.pack("<q", 1_000_000)),
    }
    lines = ["fortschreibung-table 2", "rows 2", *(f"{name} {leaf}" for name, leaf in columns.items())]
    assert digest == sha256("".join(f"{line}\n" for line in lines).encode())


def le4(number: int) -> bytes:
    return struct.pack("<I", number)


def test_the_order_of_rows_does_not_matter():
    rising, falling = "SELECT * FROM range(70000) AS r(i)", "SELECT * FROM range(69999, -1, -1) AS r(i)"
    assert hash_of(rising, key=["i"]) == hash_of(falling, key=["i"])
    assert hash_of(rising) == hash_of(falling)


def test_rows_that_the_key_does_not_tell_apart_are_ordered_by_the_other_columns():
    rows = "SELECT * FROM (VALUES (1, {}), (1, {}), (NULL, 3)) AS v(a, b)"
    assert hash_of(rows.format(1, 2), key=["a"]) == hash_of(rows.format(2, 1), key=["a"])


def test_a_changed_value_changes_the_hash_of_its_block_alone():
    def blocks(changed: int) -> dict[str, list[str]]:
        with duckdb.connect() as con:
            con.execute(
                "CREATE TABLE t AS SELECT i, 'text ' || i % 7 AS a, "
                f"CASE WHEN i = {changed} THEN -1.0::DOUBLE ELSE i END AS b FROM range(150000) AS r(i)"
            )
            return table_hashes(con, {"t": ["i"]})["t"].blocks

    before, after = blocks(-1), blocks(70_000)
    assert (before["i"], before["a"]) == (after["i"], after["a"])
    assert [one == other for one, other in zip(before["b"], after["b"], strict=True)] == [True, False, True]


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_does_not_matter(threads):
    with duckdb.connect(config={"threads": threads}) as con:
        con.execute("CREATE TABLE t AS SELECT i // 100 AS a, i % 100 AS b, 'x' || i % 50 AS c FROM range(200000) r(i)")
        assert table_hashes(con, {"t": ["a", "b"]})["t"].digest == (
            "a3e876df3c60db739fa3ac6d963398c851ae257afbe21ab1dafd9f147f6a892d"
        )


def test_a_database_attached_beside_has_the_hash_that_it_has_alone(tmp_path):
    with duckdb.connect(str(tmp_path / "other.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS a, 'x' AS b")
        alone = table_hashes(con, {"t": ["a"]})
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT 2 AS a")
        con.execute(f"ATTACH '{tmp_path / 'other.duckdb'}' AS other (READ_ONLY)")
        assert table_hashes(con, {"t": ["a"]}, database="other") == alone


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
        ("SELECT NULL::DOUBLE AS a", "SELECT 0::DOUBLE AS a"),
        ("SELECT 'nan'::DOUBLE AS a", "SELECT NULL::DOUBLE AS a"),
        ("SELECT 'inf'::DOUBLE AS a", "SELECT '-inf'::DOUBLE AS a"),
        ("SELECT 'a' || chr(0) AS a", "SELECT 'a' AS a"),
        ("SELECT 'a' AS a", "SELECT 'a'::BLOB AS a"),
        ("SELECT 'it''s' AS a", "SELECT 'its' AS a"),
    ],
)
def test_other_content_has_another_hash(one, other):
    assert hash_of(one) != hash_of(other)


def test_minus_zero_is_zero():
    assert hash_of("SELECT -0.0::DOUBLE AS a") == hash_of("SELECT 0.0::DOUBLE AS a")


def test_nan_is_one_value_whatever_its_bits():
    assert hash_of("SELECT 'nan'::DOUBLE AS a") == hash_of("SELECT -('nan'::DOUBLE) AS a")


def test_a_type_without_a_canonical_form_is_refused():
    with pytest.raises(ValueError, match=r"no canonical form is defined for a INTEGER\[\]"):
        hash_of("SELECT [1, 2] AS a")


def test_tables_about_the_release_are_not_content():
    with duckdb.connect() as con:
        con.execute("CREATE TABLE wert(a INTEGER); CREATE TABLE _release(a INTEGER)")
        assert content_tables(con) == ["wert"]


def test_the_whole_does_not_depend_on_the_order_of_tables():
    assert whole_hash({"a": "1", "b": "2"}) == whole_hash({"b": "2", "a": "1"}) != whole_hash({"a": "2", "b": "1"})


def test_a_format_that_is_not_known_is_refused():
    with duckdb.connect() as con, pytest.raises(ValueError, match="format 3"):
        table_hashes(con, {}, form=3)


def test_hashing_sees_which_columns_are_filled_and_which_texts_there_are():
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE t AS FROM (VALUES ('a', 'x', NULL, 1, 1.5::DOUBLE, NULL::INTEGER), ('b', '', 'x', 2, 2, 7)) "
            "AS v(id, leer, fehlt, ganz, zahl, keine)"
        )
        seen = table_hashes(con, {"t": ["id"]})["t"]
    assert (seen.rows, seen.unique) == (2, True)
    assert seen.filled == {"id", "ganz", "zahl"}
    assert seen.texts == {"id": {b"a", b"b"}, "leer": {b"", b"x"}, "fehlt": {b"x"}}
