"""A release opens in every DuckDB from 1.0.0 to 2.0.0, with the same rows, comments and content hash."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.publish.promote import publish
from tests.parameters import first_of

PROGRAM = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
tables = con.execute("SELECT table_name, comment FROM duckdb_tables() ORDER BY ALL").fetchall()
columns = con.execute(
    "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
).fetchall()
rows = {name: con.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name, _ in tables}
print(json.dumps([tables, columns, rows]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", first_of(("2.0.0", "1.0.0", "1.1.3", "1.4.5")))
def test_a_release_opens_in_duckdb(version, city, home, tmp_path):
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert uv, "uv is part of the environment that make setup makes"
    outcome = publish(city.job(), city.run("a"), home)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv"], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, f"duckdb=={version}", "numpy"], check=True)
    database = outcome.path / "fortschreibung.duckdb"

    def said(*arguments):
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(
            [python, *arguments], check=True, capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(root)},
        )  # fmt: skip
        return json.loads(done.stdout)

    here = subprocess.run([sys.executable, "-c", PROGRAM, database], check=True, capture_output=True, text=True)
    there = said("-c", PROGRAM, database)
    assert there == json.loads(here.stdout)
    assert all(comment for _, _, _, comment in there[1])
    assert said("-m", "flows.release.content_hash", database)["content_hash"] == outcome.content_hash
    assert duckdb.__version__ != version
