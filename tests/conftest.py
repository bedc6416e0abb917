"""What all tests share: no way out of this machine, the real files where they are, and a city small enough to read."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from flows.app.flow_runner import QUIET
from flows.profile.load import Profile, load_profile
from flows.protect import protect_figures
from flows.stage.read import subprocess_reader
from tests.forked import ForkedReaders
from tests.once import lineage_once, toml_once
from tests.trusted import trusting

# Properties are tried on the same examples each time, so that a change alone turns a test red; `pytest
# --hypothesis-profile nightly` draws new ones.
settings.register_profile("repeatable", deadline=None, database=None, derandomize=True, print_blob=True)
settings.register_profile("nightly", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("repeatable")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage among what the tests make, not among the many objects that are collected and stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


TAKES_SECONDS = {
    "check": {"make_city", "good", "blocked", "secret", "worked"},
    "deploy": {"home"},
    "musterstadt": {"default_city"},
    "operation": {"server"},
    "protect": {"new_office", "secret"},
    "publish": {"city", "city_in", "homes"},
    "space": {"through"},
    "stage": {"city", "workbench"},
    "transform": {"new_city"},
}
"""By folder, fixtures that take seconds: a city that is staged, counted, checked or published; a server."""

TAKES_TEN = {"default_city", "five", "larger_release", "worked"}
"""Fixtures that take ten: the city of `make run`, five releases, a larger city's release, an early worker."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests as slow that ask for what takes seconds, and as thorough what stands behind another of its module.

    So a new test adds little to the time of `make test`. A file is staged in a quarter of a second, but by a thousand
    tests: of each module the first stays fast. Those of tests/refresh take a city through all stations; which of them
    are thorough is said where they stand, but for the further cases of one.
    """
    staged, first = set[Path](), dict[object, pytest.Item]()
    for item in items:
        folder, asked = item.path.parent.name, set(getattr(item, "fixturenames", ()))
        another = "stage_city" in asked and item.path in staged
        if another or folder == "refresh" or TAKES_SECONDS.get(folder, set()) & asked:
            item.add_marker(pytest.mark.slow)
        elif "stage_city" in asked:
            staged.add(item.path)
        if item.get_closest_marker("slow") and not any(map(item.get_closest_marker, ("thorough", "nightly"))):
            of = item.nodeid.partition("[")[0] if folder == "refresh" else item.path
            if TAKES_TEN & asked or first.setdefault(of, item) is not item:
                item.add_marker(pytest.mark.thorough)
    items.sort(key=lambda item: item.path.parent.name != "refresh")  # the longest do not end last


@pytest.fixture(scope="session", autouse=True)
def english_in_any_locale() -> Iterator[None]:
    """The commands speak English in whatever locale the tests run; a test of German says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORTSCHREIBUNG_LANG", "en")
        yield


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """No test reaches beyond loopback (or the machine's own addresses): whatever tries, fails at once."""
    own = {"localhost", "::1"}
    with contextlib.suppress(OSError):
        own.update(str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None))
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def allowed(line: socket.socket, address: object) -> bool:
        if line.family not in (socket.AF_INET, socket.AF_INET6):
            return True
        host = str(address[0]) if isinstance(address, tuple) else ""
        try:
            return host in own or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def guarded(line: socket.socket, address: object) -> None:
        if not allowed(line, address):
            message = f"tests stay on this machine, found a connection to {address}"
            raise AssertionError(message)
        connect(line, address)

    def guarded_ex(line: socket.socket, address: object) -> int:
        if not allowed(line, address):
            message = f"tests stay on this machine, found a connection to {address}"
            raise AssertionError(message)
        return connect_ex(line, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


@pytest.fixture(scope="session", autouse=True)
def extensions_are_trusted() -> Iterator[None]:
    """No test waits for DuckDB to prove its own extension."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", trusting(duckdb.connect))
        yield


@pytest.fixture(scope="session", autouse=True)
def own_files_are_read_once() -> Iterator[None]:
    """No test waits for the program's own codebook and the lineage of its SQL to be read again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tomllib, "loads", toml_once(tomllib.loads))
        patch.setattr(protect_figures, "lineage_rows", lineage_once(protect_figures.lineage_rows))
        yield


@pytest.fixture(scope="session", autouse=True)
def readers_are_forked() -> Iterator[None]:
    """Readers of delivered files are processes that need not import their libraries first."""
    with ForkedReaders() as readers, pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess_reader, "subprocess", readers)
        yield


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The folder of real files, beside the repository or where FORTSCHREIBUNG_REAL says."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "real"
    folder = Path(os.environ.get("FORTSCHREIBUNG_REAL") or beside)
    if not folder.is_dir():
        pytest.skip(f"the real files are not at {folder}; FORTSCHREIBUNG_REAL says where they are")
    return folder


MadeOnce = Callable[[str, Callable[[Path], object]], Path]
"""Name and maker of a folder -> the folder, made by whichever test process asks first."""


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Make a folder once for all test processes of a run; to be read, or copied."""
    root = tmp_path_factory.getbasetemp()
    shared = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "made-once"
    shared.mkdir(exist_ok=True)

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    return once


STARTS_A_SERVER = """
import sys
from flows.embedded_server import EmbeddedServer

server = EmbeddedServer()
server.wait(180)
print(server.port, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def prefect_with_tables(made_once: MadeOnce) -> Path:
    """A home of Prefect whose database has its tables, which cost more than a server's start; to be copied."""

    def start_once(folder: Path) -> None:
        here = os.environ | QUIET | {"PREFECT_HOME": str(folder)}
        subprocess.run([sys.executable, "-c", STARTS_A_SERVER], env=here, check=True, stdin=subprocess.DEVNULL)

    return made_once("prefect", start_once)


CITY = """
id = "kleinstadt"
name = "Kleinstadt (synthetisch)"
synthetic = true
crs = "EPSG:25832"
publisher = "Stadt Kleinstadt (synthetisch)"
contact = "statistik@kleinstadt.example"
licence = "CC0 1.0"
licence_url = "https://creativecommons.org/publicdomain/zero/1.0/"
attribution = "Synthetische Daten"
official_band = 0.05

[[raumebene]]
id = "sozialraum"
label_de = "Sozialraum"
label_en = "Sozialraum"
membership = "assignment"
id_pattern = '\\d{6}'

[[raumebene]]
id = "stadtteil"
label_de = "Stadtteil"
label_en = "District"
membership = "prefix"
digits = 3
id_pattern = '\\d{3}'

[[raumebene]]
id = "stadt"
label_de = "Stadt"
label_en = "City"
membership = "city"
city_unit = "05998"
id_pattern = '\\d{5}'

[base.bbs]
label_de = "Baublockseite"
label_en = "Block face"
id_pattern = '\\d{8}'

[[zuschnitt]]
valid_from = 2020-01-01
base = "bbs"

[protection]
personen = { min_numerator = 3, min_denominator = 3 }
leistung = { min_numerator = 3, min_denominator = 10 }
wohnung = { min_numerator = 3, min_denominator = 3 }
"""


@dataclass
class SmallCity:
    """A profile on disk, in a test's hands."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Write a file of the profile."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def spoil(self, name: str, old: str, new: str) -> None:
        """Replace a text that is in a file of the profile."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def load(self) -> Profile:
        """Read the profile, as a refresh does first."""
        return load_profile("kleinstadt", self.folder)

    def with_sources(self, *sources: str) -> Profile:
        """Read the profile with these sources."""
        self.write("sources.toml", "\n".join(sources))
        return self.load()


@pytest.fixture
def small_city(tmp_path: Path) -> SmallCity:
    """A city of Sozialräume 011001, 011002 and 012001 on base units of 8 digits, one Zuschnitt, one source."""
    city = SmallCity(tmp_path / "profile")
    city.folder.mkdir()
    city.write("city.toml", CITY)
    city.write("sources.toml", source_text("einwohner"))
    return city


def source_text(name: str, contract: str | None = None, **fields: str) -> str:
    """TOML of one source; by default a matrix of `EW` (residents) by `BBS`, picked from a folder by name."""
    given = {
        "title_de": f'"{name}"',
        "title_en": f'"{name}"',
        "connector": '"drop_folder"',
        "file": rf"'{name}_(?P<year>\d{{4}})\.csv'",
        "licence": '"CC0 1.0"',
        "attribution": '"Synthetische Daten"',
        "stichtag": '{ source = "name" }',
        **fields,
    }
    head = "\n".join(f"{key} = {value}" for key, value in given.items() if value)
    body = contract or 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] } }'
    return f"[source.{name}]\n{head}\n{body}\n"


@pytest.fixture
def source() -> Callable[..., str]:
    """See `source_text`."""
    return source_text
