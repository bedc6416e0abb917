"""What people call their folders is theirs: nothing in a name is taken for a pattern, a quote or markup."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

NAME = "Daten [neu] *alle* {a,b} 'ü' 20 % #1 jahr=2024"
LIKE_IT = "Daten n alle {a,b} 'ü' 20 % #1 jahr=2024"


class OddlyNamed(Office):
    """An office whose data folder has a name of its own."""

    @property
    def home(self) -> Path:
        return self.root / NAME


@pytest.mark.thorough
def test_folders_may_have_any_name(tmp_path: Path, warm_prefect: Path, small_extracts: Path) -> None:
    (tmp_path / "Amt [1]").mkdir()
    office = OddlyNamed(tmp_path / "Amt [1]", warm_prefect)
    shutil.copytree(small_extracts, extracts := office.root / "von [Frau Amt]")

    ended = office.run("refresh", "musterstadt", "--from", extracts)

    assert ended.code == 0, ended.err
    assert f"Release:  {NAME}/releases/musterstadt/2024.1\n" in ended.out
    command = ended.out.rpartition("Open it:\n")[2]
    opened = subprocess.run(["sh", "-c", command], cwd=office.root, capture_output=True, text=True, check=False)
    assert "sozialraum_id" in opened.stdout, opened.stderr
    assert office.run("verify", "musterstadt").code == 0
    assert "2024.1" in office.run("query", "musterstadt", "SELECT version FROM _release").out
    listed = office.run("sources", "musterstadt", "--release", "2024.1")
    assert "67 files: all can be read as they were delivered." in listed.out


@pytest.mark.thorough
def test_a_data_folder_whose_name_fits_another_is_not_mixed_up_with_it(
    tmp_path: Path, office_with_two: Office, small_extracts: Path
) -> None:
    office = OddlyNamed(tmp_path, office_with_two.prefect)
    office_with_two.home.rename(office.home)
    for landed in (office.home / "landing" / "objects").rglob("*"):
        if landed.is_file():
            another = tmp_path / LIKE_IT / landed.relative_to(office.home)
            another.parent.mkdir(parents=True, exist_ok=True)
            another.write_text("of another data folder")

    third = office.run("refresh", "musterstadt", "--from", small_extracts, "--json")

    assert third.code == 0, third.err
    assert third.answer["release"] == "2024.3"
    first, second, last = office.run("releases", "musterstadt", "--json").answer
    assert last["content_hash"] == first["content_hash"] != second["content_hash"]
    assert office.run("verify", "musterstadt").code == 0
    assert office.run("diff", "musterstadt", "2024.1", "2024.3").code == 0
    assert office.run("diff", "musterstadt", "2024.2", "2024.3").code == 1
    recut = office.run("recut", "musterstadt", "2020-01-01", "--from", small_extracts, "--dry-run")
    assert recut.code == 0, recut.err
