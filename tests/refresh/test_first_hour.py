"""docs/first-hour.md does what it says: its commands are run as they stand, and its output is what they print."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "first-hour.md"
COMMAND = ".venv/bin/fortschreibung "
MOST_COMMANDS = 10


@pytest.mark.thorough
def test_the_first_hour_goes_as_written(office: Office) -> None:
    shutil.copytree(ROOT / "examples", office.root / "examples")
    blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    variables: dict[str, str] = {}
    printed, commands = "", 0
    for kind, text in blocks:
        if kind == "text":
            missing = [line for line in text.splitlines() if line.strip() not in printed]
            assert not missing, f"the page promises {missing}, found:\n{printed}"
            continue
        for line in text.splitlines():
            printed, commands = run(office, line, variables), commands + 1

    assert commands <= MOST_COMMANDS
    assert [kind for kind, _ in blocks].count("text") == 3
    assert list((office.home / "releases" / "nordheim").glob("2023.1")), "it ends with a release"


def run(office: Office, line: str, variables: dict[str, str]) -> str:
    """Run a line of the page in the office, and return what it prints."""
    if line.startswith("export "):
        name, _, value = line.removeprefix("export ").partition("=")
        variables[name] = value
        return ""
    if line.startswith(COMMAND):
        ended = office.run(*shlex.split(line.removeprefix(COMMAND)), **variables)
        assert ended.code == 0, f"{line}\n{ended.out}\n{ended.err}"
        return ended.out + ended.err
    done = subprocess.run(
        line, shell=True, cwd=office.root, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout
