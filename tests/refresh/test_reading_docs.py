"""The examples of docs/reading.md, run as they stand in the folder where `data/` is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from flows.profile.vocabulary import vocabulary
from flows.release.table_contract import contract
from tests.refresh.conftest import SMALL, Office

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reading.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


_HAS_SF = shutil.which("Rscript") is not None and (
    subprocess.run(["Rscript", "-e", "library(sf)"], capture_output=True, check=False).returncode == 0
)


def block(language: str, holding: str) -> str:
    """The one example in that language that holds these words."""
    (found,) = (code for kind, code in BLOCKS if kind == language and holding in code)
    return str(found)


def run(office: Office, *command: str | Path) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=office.root, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def server(two_releases: Office) -> Iterator[str]:
    """The folder of releases on a plain web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    folder = str(two_releases.home / "releases")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as one:
        Thread(target=one.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{one.server_port}"
        one.shutdown()


def test_every_table_is_listed() -> None:
    listed = re.findall(r"^\| (`.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(contract().table) <= set(re.findall(r"`(\w+)`", " ".join(listed)))


def test_python(two_releases: Office) -> None:
    assert "sgb2_quote_0_17" in run(two_releases, sys.executable, "-c", block("python", "latest/fortschreibung.duckdb"))


def test_pandas_reads_the_workbook_with_its_words_for_what_is_missing(two_releases: Office) -> None:
    told = run(two_releases, sys.executable, "-c", block("python", "read_excel"))
    assert re.search(r"2024-12-31 +\d+", told)
    words = [each.short_de for each in vocabulary().gaps.values()]
    assert words == re.findall(r'"([^"]+)"', block("python", "read_excel").split("na_values")[1].split("]")[0])


def test_origins(two_releases: Office) -> None:
    with two_releases.database() as con:
        rows = con.execute(block("sql", "FROM _origins")).fetchall()
        (names,) = re.findall(r"column by column.*?: *(.*?), and so on", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        chain = [name.split(".") for name in re.findall(r"`([a-z_]+\.wert)`", names)]
        steps = [(*last, *next_one) for last, next_one in pairwise(chain)]
        lineage = set(con.execute("SELECT tabelle, spalte, aus_tabelle, aus_spalte FROM _lineage").fetchall())
    assert ("SGBII_2024.csv", "stage.zaehlung_liste") in {row[:2] for row in rows}
    assert len(steps) == 4
    assert lineage >= set(steps)


@pytest.mark.skipif(shutil.which("duckdb") is None, reason="DuckDB's own program is not installed")
def test_duckdbs_own_program(two_releases: Office) -> None:
    assert "einwohner" in run(two_releases, "sh", "-c", block("sh", "duckdb -readonly"))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_ids_with_their_leading_zeros(two_releases: Office) -> None:
    told = run(two_releases, "Rscript", "-e", block("r", "read.csv"))
    assert len(re.findall(r"^\d+ +0\d{5} ", told, re.MULTILINE)) == 5


@pytest.mark.skipif(not _HAS_SF, reason="R's package sf is not installed")
def test_r_draws_a_map_and_adds_up_each_stichtag(two_releases: Office, tmp_path: Path) -> None:
    drawn = f'pdf("{tmp_path}/karte.pdf")\n'
    told = run(two_releases, "Rscript", "-e", drawn + block("r", "library(sf)"))

    with two_releases.database() as con:
        (residents,) = con.execute(
            "SELECT sum(einwohner)::BIGINT FROM sozialraum_jahr WHERE stichtag = '2024-12-31'"
        ).fetchone() or (None,)
    assert re.search(rf"2024-12-31 +{residents}\b", told)
    assert (tmp_path / "karte.pdf").stat().st_size > 1000


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL is not installed")
def test_gdal(two_releases: Office) -> None:
    told = run(two_releases, "sh", "-c", block("sh", "ogrinfo"))
    assert f"Feature Count: {SMALL.sozialraeume}" in told
    assert "sgb2_quote_0_17: Real" in told
    assert "UTM zone 32N" in told


@pytest.mark.skipif(find_spec("duckdb_extension_httpfs") is None, reason="duckdb-extension-httpfs is not installed")
def test_attached_over_http(two_releases: Office, server: str) -> None:
    code = block("python", "httpfs").replace("127.0.0.1:8000", server)
    assert run(two_releases, sys.executable, "-c", code).count("count_star()") == 2


def test_parquet_over_http(two_releases: Office, server: str) -> None:
    code = block("python", "pyarrow").replace("127.0.0.1:8000", server)
    assert re.fullmatch(r"2024\.2 \d{5,}\n", run(two_releases, sys.executable, "-c", code))
