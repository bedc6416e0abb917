"""Nothing of what was delivered can be found in a release: no row, no id below the Raumebenen, no digest, no path.

The release of Musterstadt is read as an attacker reads it: every file unpacked to text, the database table by table.
"""

from __future__ import annotations

import csv
import getpass
import gzip
import hashlib
import json
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.refresh.conftest import ROOT, Office

DIGEST = re.compile(r"(?<![0-9a-f-])(?=[0-9]*[a-f])[0-9a-f]{32,128}(?![0-9a-f-])")
PACKED = {".xlsx", ".zip", ".gz"}
TABLES = {".duckdb", ".parquet", ".gpkg"}


@pytest.fixture(scope="module")
def release(one_release: Office) -> Path:
    return one_release.home / "releases" / "musterstadt" / "2024.1"


@pytest.fixture(scope="module")
def texts(release: Path) -> dict[str, str]:
    """Every file of the release as text, by name: packed ones unpacked, tables as their cells."""
    return {
        f"{path.relative_to(release)}{part}": text
        for path in sorted(release.rglob("*"))
        if path.is_file()
        for part, text in texts_of(path)
    }


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    yield "", path.read_bytes().decode("latin-1")  # what stands in unused bytes, too
    if path.suffix == ".gz":
        yield "/unpacked", gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    elif path.suffix in PACKED:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"/{name}", archive.read(name).decode("utf-8", "replace")
    if path.suffix == ".parquet":
        yield "/rows", cells(f"FROM '{path}'")
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield f"/{table}", cells(f'FROM "{table}"', con)


def cells(query: str, con: duckdb.DuckDBPyConnection | None = None) -> str:
    rows = (con or duckdb.connect()).execute(query).fetchall()
    return "\n".join("\t".join(str(cell) for cell in row if not isinstance(cell, bytes)) for row in rows)


def test_every_digest_in_a_release_is_one_of_published_bytes_or_keyed(release: Path, texts: dict[str, str]) -> None:
    """So that one more, of whatever, is noticed: it must be explained here first."""
    manifest = json.loads((release / "manifest.json").read_bytes())
    explained = {each["sha256"] for each in manifest["files"].values()}  # of published files
    explained |= {manifest["content_hash"], manifest["catalog_head"], manifest["code"]["sql_sha256"]}
    explained.add(manifest["code"]["profile_checksum"])  # keyed
    explained |= {str(manifest["code"]["commit"]).removesuffix("-dirty")}
    for table in manifest["tables"].values():  # of published rows
        explained |= {table["hash"], *(one for blocks in table["blocks"].values() for one in blocks)}
    explained |= {manifest["input_fingerprint"], *(one["sha256"] for one in manifest["sources"])}  # keyed

    # in the bytes of a table one digest may touch the next; its cells are read as well
    readable = {name: text for name, text in texts.items() if not name.endswith(tuple(PACKED | TABLES))}

    found = {(name, digest) for name, text in readable.items() for digest in DIGEST.findall(text)}
    assert len(found) > 100

    assert {(name, digest) for name, digest in found if digest not in explained} == set()


def test_no_digest_of_a_delivered_file_is_in_a_release(
    one_release: Office, small_extracts: Path, texts: dict[str, str]
) -> None:
    delivered = [path.read_bytes() for path in small_extracts.rglob("*") if path.is_file()]
    digests = {getattr(hashlib, kind)(one).hexdigest() for one in delivered for kind in ("md5", "sha1", "sha256")}
    assert [name for name, text in texts.items() if digests & set(DIGEST.findall(text))] == []


def test_no_base_unit_path_user_or_host_is_in_a_release(
    one_release: Office, small_extracts: Path, texts: dict[str, str]
) -> None:
    with next(small_extracts.rglob("*Mindestsicherung_2024.csv")).open(encoding="utf-8-sig", newline="") as file:
        blocks = {cell for row in csv.reader(file) for cell in row if re.fullmatch(r"\d{8,}", cell)}
    assert len(blocks) > 100
    written = {name: text for name, text in texts.items() if not name.endswith(tuple(PACKED | TABLES))}
    paths = [str(one_release.root), str(ROOT), str(Path.home()), f"/home/{getpass.getuser()}"]
    host = re.compile(rf"\b{re.escape(socket.gethostname())}\b")

    assert [name for name, text in texts.items() if any(path in text for path in paths)] == []
    assert [name for name, text in written.items() if host.search(text)] == []
    # an id, not the decimals of a figure
    assert [name for name, text in written.items() if blocks & set(re.findall(r"(?<![.\d])\d{8,}\b", text))] == []
