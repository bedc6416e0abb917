"""Runs the installed command line as a person would: in a process of its own, with an empty home directory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale

COMMAND = Path(sys.executable).with_name("fortschreibung")
SMALL = Scale(baublockseiten=240, einwohner=16_000, stadtbezirke=2, stadtteile=6, sozialraeume=24)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON object on the last line of stdout."""
        found: dict[str, Any] = json.loads(self.out.strip().rpartition("\n")[2])
        return found


@dataclass(frozen=True)
class Office:
    """A machine with an empty home directory, one data folder, and a warm Prefect database."""

    root: Path
    prefect: Path

    @property
    def home(self) -> Path:
        return self.root / "data"

    @property
    def user_home(self) -> Path:
        return self.root / "user"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self.user_home.mkdir(parents=True, exist_ok=True)
        return kept | {"HOME": str(self.user_home), "PREFECT_HOME": str(self.prefect)}

    def start(self, *arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(COMMAND), *map(str, arguments), "--home", str(self.home)],
            env=self.environment | variables,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str | Path, **variables: str) -> Ended:
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in out + err, err
        assert "a defect of the program" not in err, err
        return Ended(process.returncode, out, err)

    def database(self, city: str = "musterstadt", version: str = "latest") -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.home / "releases" / city / version / "fortschreibung.duckdb", read_only=True)


@pytest.fixture(scope="session")
def warm_prefect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One Prefect database for all offices: only the first refresh pays for its migrations."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture
def office(tmp_path: Path, warm_prefect: Path) -> Office:
    return Office(tmp_path, warm_prefect)


@pytest.fixture(scope="session")
def small_extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extracts of a small Musterstadt; read only."""
    folder = tmp_path_factory.mktemp("extracts")
    make_musterstadt(folder, scale=SMALL)
    return folder


@pytest.fixture(scope="session")
def two_releases(tmp_path_factory: pytest.TempPathFactory, warm_prefect: Path, small_extracts: Path) -> Office:
    """An office with 2024.1 and 2024.2 of Musterstadt, one delivered figure apart; read only, or to be copied."""
    office = Office(tmp_path_factory.mktemp("pair"), warm_prefect)
    copy = office.root / "extracts"
    shutil.copytree(small_extracts, copy)
    first = office.run("refresh", "musterstadt", "--from", copy)
    benefits = copy / "soziales" / "Mindestsicherung_2024.csv"
    text = benefits.read_text("utf-8-sig")
    line = next(text for text in text.splitlines()[1:] if text.endswith('"4"'))
    benefits.write_text(text.replace(line, line.removesuffix('"4"') + '"5"'), "utf-8-sig")
    second = office.run("refresh", "musterstadt", "--from", copy)
    assert (first.code, second.code) == (0, 0), first.err + second.err
    return office


@pytest.fixture
def office_with_two(two_releases: Office, tmp_path: Path) -> Office:
    """A copy of the office with two releases, to be changed."""
    shutil.copytree(two_releases.home, tmp_path / "data", symlinks=True)
    return Office(tmp_path, two_releases.prefect)


@pytest.fixture
def extracts(small_extracts: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the small extracts that a test may spoil."""
    copy = tmp_path / "extracts"
    shutil.copytree(small_extracts, copy)
    yield copy
    shutil.rmtree(copy)
