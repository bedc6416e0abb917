"""The wheel carries sql/, expectations/ and cities/ and works away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, unpacked as an installer would, without its dependencies."""
    built, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = built.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(target)], check=True)
    return target


def run(installed: Path, code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=installed, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_bundled_folders_are_found_inside_the_wheel(installed: Path) -> None:
    found = run(
        installed,
        "from flows.base.resources import resource as r\n"
        "print(*(r(n) for n in ('sql', 'expectations', 'cities')), sep='\\n')",
    )

    assert found.splitlines() == [
        str(installed / "flows" / "bundled" / name) for name in ("sql", "expectations", "cities")
    ]


def test_every_city_of_the_wheel_loads(installed: Path) -> None:
    found = run(
        installed,
        "from flows.profile.load import cities, load_profile\nprint(*(load_profile(c).city.id for c in cities()))",
    )

    assert found == "berlin duesseldorf musterstadt"


def test_the_wheel_learns_a_city_from_a_folder_of_its_own(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "cities" / "berlin", tmp_path / "amt")
    profile = tmp_path / "amt" / "city.toml"
    profile.write_text(profile.read_text("utf-8").replace('id = "berlin"', 'id = "amt"', 1), "utf-8")
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path))

    assert run(installed, "from flows.profile.load import load_profile\nprint(load_profile('amt').city.id)") == "amt"


def test_the_wheel_holds_every_file_of_the_bundled_folders(installed: Path) -> None:
    for name in ("sql", "expectations", "cities"):
        ours = {path.relative_to(ROOT / name) for path in (ROOT / name).rglob("*") if path.is_file()}
        bundled = installed / "flows" / "bundled" / name
        assert {path.relative_to(bundled) for path in bundled.rglob("*") if path.is_file()} == ours
