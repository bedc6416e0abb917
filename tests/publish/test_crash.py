"""A publication killed at any step leaves the last release readable, and the next one puts all right."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from flows.base.home import home_at
from flows.publish.promote import heal, publish
from flows.publish.release_decisions import rollback
from flows.publish.verify import verify
from flows.release.catalog import is_version, latest_release, releases
from tests.parameters import first_of

CITY = "kleinstadt"
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("no_exports_built")
STEPS = [
    "the release has its name", "the build starts", "the files become read-only", "latest is swapped",
    "latest.json is replaced", "catalog.json is replaced",
]  # fmt: skip
LEAVE_LESS = ["the link is made", "latest.json is written aside", "catalog.json is written aside"]
"""Each is followed by a step of STEPS before which the same lies there, and one file more, written aside."""
SEED = 20241231


@pytest.fixture
def before(home, undisturbed):
    """The folder of the run that waits, in a home of this test where 2024.1 is published."""
    shutil.copytree(undisturbed[0], home.root, symlinks=True, dirs_exist_ok=True)
    return home.runs / "second" / "publish"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, city_in, homes, no_exports_built):
    """A home with 2024.1 published and a changed value waiting, and the hashes it comes to if nobody kills."""
    root = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(homes(1200), root / "waiting", symlinks=True)
    city, home = city_in(root / "waiting"), home_at(root / "waiting")
    first = latest_release(home, CITY).content_hash
    city.job().write(city.run("second", residents=1250))
    shutil.copytree(root / "waiting", root / "done", symlinks=True)
    second = publish(city.job(), root / "done" / "runs" / "second" / "publish", home_at(root / "done"))
    return home.root, [first, second.content_hash]


def started(step, run, home):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.publish.killed_publisher", step, run, home.root],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip


def check_readers_see_a_whole_release(home):
    folder = home.releases / CITY
    with duckdb.connect(str((folder / "latest").resolve() / "fortschreibung.duckdb"), read_only=True) as con:
        version, wert = con.execute(
            "SELECT version, wert FROM wert, _release "
            "WHERE raum_id = '011001' AND indikator_id = 'einwohner' ORDER BY stichtag DESC"
        ).fetchone()
    assert wert == {"2024.1": 1200.0, "2024.2": 1250.0}[version]
    for path in folder.iterdir():
        assert not is_version(path.name) or (path / "manifest.json").is_file()
    assert releases(home, CITY)[0].version == "2024.1"


def check_the_next_publication_puts_all_right(city, run, home, undisturbed):
    outcome = publish(city.job(), run, home)
    assert outcome.version == "2024.2"
    verify(home, CITY)
    assert [each.content_hash for each in releases(home, CITY)] == undisturbed[1]
    assert str((home.releases / CITY / "latest").readlink()) == "2024.2"
    assert not list((home.releases / CITY).glob(".incoming-*"))


@pytest.mark.thorough
@pytest.mark.parametrize("step", first_of(STEPS, nightly=LEAVE_LESS))
def test_killed_just_before_a_step(city, home, before, undisturbed, step):
    with started(step, before, home) as publisher:
        _, complaints = publisher.communicate()
    assert publisher.returncode == -signal.SIGKILL, complaints.decode()
    check_readers_see_a_whole_release(home)
    check_the_next_publication_puts_all_right(city, before, home, undisturbed)


@pytest.mark.thorough
@pytest.mark.parametrize("number", first_of(range(3), nightly=range(3, 40)))
def test_killed_at_a_random_moment(city, home, before, undisturbed, number):
    moment = random.Random(SEED + number).uniform(0, 1.2)
    with started("nothing", before, home) as publisher:
        assert publisher.stdout.readline() == b"publishing\n"
        time.sleep(moment)
        publisher.kill()
        publisher.communicate()
    check_readers_see_a_whole_release(home)
    check_the_next_publication_puts_all_right(city, before, home, undisturbed)


@pytest.mark.thorough
def test_an_orphaned_builder_ends_and_leaves_nothing(city, home, before, undisturbed):
    with started("nothing", before, home) as publisher:
        while not list((home.releases / CITY).glob(".incoming-*/fortschreibung.duckdb")):
            if publisher.poll() is not None:
                break  # this machine was too busy to see it at work
            time.sleep(0.002)
        publisher.kill()
        publisher.communicate()
    check_the_next_publication_puts_all_right(city, before, home, undisturbed)


def test_a_rollback_cut_off_after_its_entry_is_finished(city, home, before):
    publish(city.job(), before, home)
    folder = home.releases / CITY
    shutil.copy(folder / "latest.json", folder / "old.json")
    rollback(home, CITY, "2024.1", why="a test")
    (folder / "latest").unlink()
    (folder / "latest").symlink_to("2024.2")
    (folder / "old.json").replace(folder / "latest.json")
    heal(home, CITY)
    assert str((folder / "latest").readlink()) == "2024.1"
    verify(home, CITY)
