"""An office with an empty home directory, where the command line runs; and offices that have published already.

`Office.run` runs it in the test's process (in_process.py), `Office.command` as a person would, with Prefect and all.
"""

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
from unittest import mock

import duckdb
import pytest

from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale
from tests.conftest import MadeOnce
from tests.refresh.in_process import CheckedHere, run_command_line

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("fortschreibung")
_KEPT = ("PATH", "LANG", "TMPDIR", "PYTHONPATH", "FORTSCHREIBUNG_LANG")
SMALL = Scale(baublockseiten=240, einwohner=24_000, stadtbezirke=2, stadtteile=4, sozialraeume=12)
"""With more units, or fewer residents in each, a refresh costs more: most of it is the protection of small counts."""
LARGER = Scale(baublockseiten=240, einwohner=16_000, stadtbezirke=2, stadtteile=6, sozialraeume=24)
"""For what needs many units, as an index does, or units with few residents. A refresh costs half as much again."""


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


def without_defect(ended: Ended) -> Ended:
    """Return how a command ended, which must not be by a defect of the program."""
    assert "Traceback" not in ended.out + ended.err, ended.err
    assert "a defect of the program" not in ended.err, ended.err
    return ended


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
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
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

    def command(self, *arguments: str | Path, **variables: str) -> Ended:
        """Run the installed command in a process of its own; most tests need only `run`."""
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=600)
        return without_defect(Ended(process.returncode, out, err))

    def run(self, *arguments: str | Path, **variables: str) -> Ended:
        """Run the command line in this process."""
        given = [*map(str, arguments), "--home", str(self.home)]
        return without_defect(Ended(*run_command_line(given, self.environment | variables, self.root)))

    def database(self, city: str = "musterstadt", version: str = "latest") -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.home / "releases" / city / version / "fortschreibung.duckdb", read_only=True)


@pytest.fixture(scope="session")
def warm_prefect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One Prefect database for all offices: only the first command pays for its migrations."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def prefect_is_warm(warm_prefect: Path, prefect_with_tables: Path) -> None:
    """Spare the first command of this test process the tables of Prefect."""
    if not (warm_prefect / "prefect.db").exists():
        shutil.copytree(prefect_with_tables, warm_prefect, dirs_exist_ok=True)


@pytest.fixture
def office(tmp_path: Path, warm_prefect: Path) -> Office:
    return Office(tmp_path, warm_prefect)


@pytest.fixture(scope="session")
def small_extracts(made_once: MadeOnce) -> Path:
    """The extracts of a small Musterstadt; read only."""
    return made_once("extracts", lambda folder: make_musterstadt(folder, scale=SMALL))


@pytest.fixture(scope="session")
def one_release(made_once: MadeOnce, warm_prefect: Path, small_extracts: Path) -> Office:
    """An office with 2024.1 of Musterstadt; read only, or to be copied."""

    def publish(folder: Path) -> None:
        publish_in(Office(folder, warm_prefect), small_extracts)

    return Office(made_once("one", publish), warm_prefect)


@pytest.fixture(scope="session")
def larger_release(made_once: MadeOnce, warm_prefect: Path) -> Office:
    """An office with 2024.1 of a Musterstadt of 24 Sozialräume; read only, or to be copied."""

    def publish(folder: Path) -> None:
        make_musterstadt(folder / "extracts", scale=LARGER)
        publish_in(Office(folder, warm_prefect), folder / "extracts")

    return Office(made_once("larger", publish), warm_prefect)


def publish_in(office: Office, extracts: Path) -> None:
    """Publish 2024.1 in a new office."""
    office.root.mkdir(exist_ok=True)
    ended = office.run("refresh", "musterstadt", "--from", extracts)
    assert ended.code == 0, ended.err


@pytest.fixture(scope="session")
def two_releases(made_once: MadeOnce, one_release: Office, small_extracts: Path) -> Office:
    """An office with 2024.1 and 2024.2 of Musterstadt, one delivered figure apart; read only, or to be copied."""

    def publish(folder: Path) -> None:
        office = copy_of(one_release, folder)
        shutil.copytree(small_extracts, extracts := folder / "extracts")
        change_one_figure(extracts)
        with mock.patch.object(CheckedHere, "pages", True):
            ended = office.run("refresh", "musterstadt", "--from", extracts)
        assert ended.code == 0, ended.err

    return Office(made_once("two", publish), one_release.prefect)


@pytest.fixture(scope="session")
def duesseldorf(made_once: MadeOnce, warm_prefect: Path, real_folder: Path) -> Office:
    """An office that has published what is public of Düsseldorf, and its `answer.json`; read only, or to be copied."""

    def publish(folder: Path) -> None:
        folder.mkdir()
        ended = Office(folder, warm_prefect).run("refresh", "duesseldorf", "--from", real_folder, "--json")
        assert ended.code == 0, ended.err
        (folder / "answer.json").write_text(json.dumps(ended.answer), "utf-8")

    return Office(made_once("duesseldorf", publish), warm_prefect)


def change_one_figure(extracts: Path) -> None:
    """Let the extracts be those of 2024.2 of `two_releases`."""
    benefits = extracts / "soziales" / "Mindestsicherung_2024.csv"
    text = benefits.read_text("utf-8-sig")
    line = next(text for text in text.splitlines()[1:] if text.endswith('"4"'))
    benefits.write_text(text.replace(line, line.removesuffix('"4"') + '"5"'), "utf-8-sig")


def copy_of(office: Office, folder: Path) -> Office:
    """Copy what an office has published and landed to another folder."""
    shutil.copytree(office.home, folder / "data", symlinks=True)
    return Office(folder, office.prefect)


@pytest.fixture
def office_with_one(one_release: Office, tmp_path: Path) -> Office:
    """A copy of the office with one release, to be changed."""
    return copy_of(one_release, tmp_path)


@pytest.fixture
def office_with_two(two_releases: Office, tmp_path: Path) -> Office:
    """A copy of the office with two releases, to be changed."""
    return copy_of(two_releases, tmp_path)


@pytest.fixture
def extracts(small_extracts: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the small extracts that a test may spoil."""
    copy = tmp_path / "extracts"
    shutil.copytree(small_extracts, copy)
    yield copy
    shutil.rmtree(copy)
