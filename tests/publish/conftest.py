"""What the tests of releases share: a tiny city (tiny_city.py), homes with its releases, and builders."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from flows.base.home import Home, home_at
from flows.publish import build, promote
from flows.publish.promote import publish
from flows.release.job import Setting
from tests.conftest import MadeOnce
from tests.publish.built_here import releases_built_here
from tests.publish.comparing import CITY, MOVED, ON_TODAYS, REDRAWN, TODAY, between, built, no_exports, wide
from tests.publish.tiny_city import TinyCity


@pytest.fixture(scope="session")
def city_in() -> type[TinyCity]:
    """Make a tiny city with its runs below a folder."""
    return TinyCity


@pytest.fixture
def city(tmp_path: Path) -> TinyCity:
    """The tiny city, with its runs below the test's folder."""
    return TinyCity(tmp_path / "home")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in the test's folder."""
    return home_at(tmp_path / "home")


@pytest.fixture(scope="module", autouse=True)
def _built_here() -> Iterator[None]:
    with releases_built_here():
        yield


WRITE_FILES = build.write_files


@pytest.fixture(scope="module")
def no_exports_built() -> Iterator[None]:
    """Let releases be built without their exports, for tests of how they are published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "write_files", no_exports)
        yield


@pytest.fixture
def real_builder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have releases built by a process of its own, as they are outside of the tests."""
    monkeypatch.setattr(promote, "subprocess", subprocess)


@pytest.fixture(scope="session")
def homes(made_once: MadeOnce) -> Callable[..., Path]:
    """The folder of a home in which the city was published with these numbers of residents, one release for each."""

    def with_releases(*residents: int) -> Path:
        def make(root: Path) -> None:
            city = TinyCity(root)
            with releases_built_here(), mock.patch.object(build, "write_files", WRITE_FILES):
                for number in residents:
                    publish(city.job(), city.run(f"with-{number}", residents=number), home_at(root))

        return made_once("-".join(["home", *map(str, residents)]), make)

    return with_releases


@pytest.fixture
def one_published(homes: Callable[..., Path], home: Home) -> Path:
    """2024.1 of the tiny city lies in `home`, where 011001 has 1200 residents; return its folder."""
    shutil.copytree(homes(1200), home.root, symlinks=True, dirs_exist_ok=True)
    return home.releases / CITY / "2024.1"


@pytest.fixture
def two_published(homes: Callable[..., Path], home: Home) -> None:
    """2024.1 and 2024.2 of the tiny city lie in `home`, where 011001 has 1200 and 1250 residents."""
    shutil.copytree(homes(1200, 1250), home.root, symlinks=True, dirs_exist_ok=True)


@pytest.fixture
def read_json() -> Callable[[Path], dict]:
    """Read a JSON file."""
    return lambda path: json.loads(path.read_bytes())


@pytest.fixture(scope="module")
def first(tmp_path_factory, city_in):
    """The release that the others are compared with; read only."""
    return built(city_in(tmp_path_factory.mktemp("first")), "first")


@pytest.fixture
def compared(first, city):
    """Compare the first release with one in which something is otherwise."""
    return lambda **otherwise: between(first, built(city, "second", **otherwise))


@pytest.fixture(scope="session")
def redrawn_release(tmp_path_factory: pytest.TempPathFactory, city_in: type) -> Path:
    """A release in which every Stichtag stands on two Zuschnitte, and 2023 is estimated on today's; read only."""
    city = city_in(tmp_path_factory.mktemp("redrawn"))
    folder = city.run("redrawn")
    written = f"'{folder / 'wert.parquet'}'"
    for table, query in {
        **REDRAWN, "wert_zuschnitt": f"FROM {written}", "wert": ON_TODAYS, **wide(f"FROM {written}"),
        "index_wert": f"SELECT * REPLACE ('{TODAY}' AS zuschnitt) FROM it",
        "typ": f"SELECT * REPLACE ('{TODAY}' AS zuschnitt) FROM it", "raum_ereignis": MOVED,
    }.items():  # fmt: skip
        city.rewrite(folder, table, query)
    target = city.root / "built"
    job = city.job().model_copy(update={"zuschnitt": TODAY})
    build.build(job.write(folder), target, Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)))
    return Path(target)
