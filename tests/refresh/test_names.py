"""What people call their folders is theirs: nothing in a name is taken for a pattern, a quote or markup."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.refresh.conftest import Office

NAME = "Daten [neu] *alle* {a,b} 'ü' 20 % #1"


class OddlyNamed(Office):
    """An office whose data folder has a name of its own."""

    @property
    def home(self) -> Path:
        return self.root / NAME


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
    held = office.run("sources", "musterstadt", "--release", "2024.1")
    assert "66 files: all can be read as they were delivered." in held.out
