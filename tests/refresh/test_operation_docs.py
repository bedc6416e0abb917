"""The commands of docs/operation.md, read from the page and run: by hand here, those of a server on a real one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from tests.operation.conftest import running_server
from tests.refresh.conftest import ROOT, Office

PAGE = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh)?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith(".venv/bin/")]
OURS = [line.removeprefix(".venv/bin/") for line in LINES if line.startswith(".venv/bin/fortschreibung")]
BY_HAND = [line for line in OURS if line.split()[1] not in ("doctor", "prefect")]
OF_FILES = [line for line in BY_HAND if line.split()[1] in ("refresh", "recut")]
OF_A_SERVER = [line for line in LINES if line.split()[0] == ".venv/bin/prefect" or line.split()[1] == "prefect"]
IN_TEXT = [
    line for line in re.findall(r"`(fortschreibung [^`]+)`", PAGE) if not re.search(r"/|reproduce|prefect", line)
]


def ended(office: Office, line: str, **variables: str) -> str:
    done = office.run(*shlex.split(line.replace("CITY", "musterstadt"), comments=True)[1:], **variables)
    assert done.code == 0, f"{line}\n{done.out}{done.err}"
    return done.out + done.err


def test_the_commands_that_look_and_decide_go_as_written(office_with_two: Office) -> None:
    looking = [line for line in BY_HAND if line not in OF_FILES]
    said = {line.split()[1]: ended(office_with_two, line) for line in looking}

    assert said.keys() == {"releases", "sources", "runs", "verify", "query", "rollback"}
    assert (office_with_two.home / "releases" / "musterstadt" / "latest").readlink() == Path("2024.1")


def test_the_commands_of_its_sentences_go_as_written(office_with_two: Office) -> None:
    said = {line: ended(office_with_two, line) for line in IN_TEXT}

    assert "fortschreibung runs --clean --older 0d" in said
    assert not list((office_with_two.home / "runs").glob("musterstadt-*"))
    assert len(said) >= 3


def test_the_file_with_the_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if "openssl rand" in block]
    subprocess.run(["bash", "-euc", block], cwd=tmp_path, check=True, umask=0)

    written = tmp_path / "prefect.env"
    assert written.stat().st_mode & 0o777 == 0o600
    a_secret = r"^PREFECT_\w*API_AUTH_STRING=(fortschreibung:[0-9a-f]{32})$"
    secrets = re.findall(a_secret, written.read_text(), re.MULTILINE)
    assert len(secrets) == 2
    assert len(set(secrets)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    "line",
    [
        *(line for line in OF_FILES if "--fresh" in line),
        # tests/refresh/test_handbook.py and test_refresh.py run these with other folders and addresses
        *(pytest.param(line, marks=pytest.mark.nightly) for line in OF_FILES if "--fresh" not in line),
    ],
)
def test_a_command_that_reads_files_goes_as_written(
    line: str, office_with_two: Office, small_extracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office_with_two.root / "DIR").symlink_to(small_extracts)
    monkeypatch.chdir(office_with_two.root)
    with serve(small_extracts) as server:
        ended(office_with_two, line, FORTSCHREIBUNG_MUSTERSTADT_URL=server.url)


@pytest.mark.thorough
def test_the_commands_of_a_server_go_as_written(tmp_path: Path, prefect_with_tables: Path) -> None:
    """The server itself is started by the tests, on a port of its own; the worker is in tests/operation."""
    here = [line for line in OF_A_SERVER if "server start" not in line and "worker start" not in line]
    inline = re.findall(r"`(prefect deployment [^`]+)`", PAGE)
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("flows", "sql", "cities", "expectations", "prefect.yaml", "work-pool.json"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    shutil.copytree(prefect_with_tables, tmp_path / "server")
    with running_server(tmp_path / "server") as server:
        for line in [*here, *(f".venv/bin/{one}" for one in inline)]:
            done = subprocess.run(
                ["bash", "-euc", line], env=server.environment | {"PREFECT_CLI_PROMPT": "0"}, cwd=folder,
                capture_output=True, text=True, check=False, timeout=180, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        names = {f"{one['name']}" for one in server.asked("POST", "deployments/filter", {})}

    assert len(here) == 3
    assert {"yearly-refresh", "boundary-change", "release", "musterstadt"} <= names
    assert os.environ.get("PREFECT_API_URL") is None
