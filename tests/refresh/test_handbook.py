"""The commands of docs/handbuch.md, run in their order where `data/` and the folder of the deliveries are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.browser import BROWSER
from tests.refresh.conftest import Office

HANDBOOK = (Path(__file__).resolve().parents[2] / "docs" / "handbuch.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", HANDBOOK, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
OF_FILES = [line for line in COMMANDS if "--from lieferungen" in line]
OF_A_CANDIDATE = [line for line in COMMANDS if line.split()[1] in ("approve", "reject")]


def ended(office: Office, line: str) -> tuple[int, str]:
    """Run a line of the handbook as it stands; return its exit code, and what the handbook says that it ends with."""
    words = shlex.split(line, comments=True)
    assert words[0] == "fortschreibung"
    wanted = re.search(r"# endet mit (\d)", line)
    done = office.run(*words[1:], FORTSCHREIBUNG_LANG="de")
    assert done.code == int(wanted[1] if wanted else 0), f"{line}\n{done.out}{done.err}"
    return done.code, done.out


def test_every_chapter_that_it_promises_is_there() -> None:
    promised = re.findall(r"^\d+\. \[(.+?)\]", HANDBOOK, re.MULTILINE)

    assert promised == re.findall(r"^## (.+)$", HANDBOOK, re.MULTILINE)
    assert len(promised) == 10


@pytest.mark.thorough
def test_the_commands_that_look_and_decide_go_as_written(
    office_with_two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office_with_two.root)

    others = {*OF_FILES, *OF_A_CANDIDATE}
    here = [line for line in COMMANDS if line not in others and (BROWSER or "--pdf" not in line)]
    said = {line: ended(office_with_two, line)[1] for line in here}

    assert len(said) >= 13
    assert "hoch" in said["fortschreibung index musterstadt bedarf"]
    assert (office_with_two.root / "kinderarmut.svg").read_text("utf-8").startswith("<svg")


def test_the_decisions_about_a_candidate_are_understood_as_written(office_with_two: Office) -> None:
    """They exclude each other, and the hash in them is an example: tests/publish follows both to their end."""
    for line in OF_A_CANDIDATE:
        done = office_with_two.run(*shlex.split(line)[1:])
        assert (done.code, "names none. There are: none." in done.err) == (2, True), done.err
    assert len(OF_A_CANDIDATE) == 2


@pytest.mark.thorough
def test_the_commands_that_read_files_go_as_written(
    office_with_two: Office, small_extracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office_with_two.root / "lieferungen").symlink_to(small_extracts)
    monkeypatch.chdir(office_with_two.root)

    for line in OF_FILES:
        ended(office_with_two, line)

    assert len(OF_FILES) == 5
