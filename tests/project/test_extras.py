"""Nobody needs more than what they use: readers no core, the core neither Prefect nor Great Expectations."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.base.extras import LIBRARIES
from flows.base.home import home_at
from flows.publish.promote import publish
from tests.publish.built_here import releases_built_here
from tests.publish.tiny_city import TinyCity

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BLOCKED = """
import importlib.util, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in %r:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
find_spec = importlib.util.find_spec
def spec_or_none(name, package=None):
    try:
        return find_spec(name, package)
    except ModuleNotFoundError:
        return None
importlib.util.find_spec = spec_or_none
"""


def without(*extras: str) -> str:
    """Return the beginning of a program for which the libraries of these extras are not installed."""
    return BLOCKED % ([library for library, extra in LIBRARIES.items() if extra in extras],)


def ran(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )


COMMAND = "\nfrom flows.app.cli import main\nmain()\n"


@pytest.mark.thorough
def test_the_core_imports_without_prefect_and_great_expectations() -> None:
    core = PROJECT["tool"]["importlinter"]["contracts"][0]["source_modules"]
    every = f"""
import importlib, pkgutil
for name in {core!r}:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{{name}}."):
        importlib.import_module(found.name)
print("whole")
"""
    ended = ran(without("prefect", "checks", "s3", "dask") + every)

    assert ended.stdout == "whole\n", ended.stderr


@pytest.fixture(scope="module")
def read_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    city = TinyCity(tmp_path_factory.mktemp("readers") / "home")
    with releases_built_here():
        publish(city.job(), city.run("one"), home_at(city.root))
    return Path(city.root)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("releases", "kleinstadt"), "2024.1"),
        (("open", "kleinstadt"), "ATTACH"),
        (("query", "kleinstadt", "SELECT count(*) AS n FROM sozialraum"), "3"),
        (("candidates", "kleinstadt"), "No candidate"),
        (("runs",), "No runs"),
    ],
)
def test_a_reader_needs_none_of_the_extras(read_home: Path, arguments: tuple[str, ...], shown: str) -> None:
    ended = ran(without(*LIBRARIES.values()) + COMMAND, *arguments, "--home", read_home)

    assert (ended.returncode, shown in ended.stdout) == (0, True), ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "arguments", "named"),
    [
        (("prefect",), ("refresh", "musterstadt"), "needs prefect, which is not installed: it comes with"),
        (("checks",), ("recut", "musterstadt", "2020-01-01"), "comes with the extra `checks`"),
        (("core", "prefect"), ("diff", "kleinstadt", "2024.1", "2024.1"), "comes with the extra `core`"),
    ],
)  # fmt: skip
def test_a_command_names_the_extra_that_it_needs(
    read_home: Path, missing: tuple[str, ...], arguments: tuple[str, ...], named: str
) -> None:
    ended = ran(without(*missing) + COMMAND, *arguments, "--home", read_home)

    assert ended.returncode == 2
    assert named in ended.stderr
    assert "defect" not in ended.stderr


def test_every_library_of_an_extra_is_one_that_the_extra_installs() -> None:
    extras = PROJECT["project"]["optional-dependencies"]

    assert set(LIBRARIES.values()) | {"all"} == set(extras)
    assert extras["all"] == ["fortschreibung[core,checks,prefect]"]


def test_the_lock_has_everything_that_a_refresh_needs() -> None:
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["core"], *extras["checks"], *extras["prefect"]]

    assert {re.split(r"[<>=\[]", each)[0] for each in wanted} <= locked
    assert not {"prefect-dask", "s3fs"} & locked
