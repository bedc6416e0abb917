"""Disks fill up, shares become read-only or vanish: a clear error, and the last release stands; readers never wait."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from flows.base.errors import FortschreibungError
from flows.publish import promote
from flows.publish.promote import publish
from flows.publish.verify import Content, verify
from tests.parameters import first_of

CITY = "kleinstadt"
ROOT = Path(__file__).resolve().parents[2]

PUBLISHER = """
import sys
from pathlib import Path
from flows.base.errors import FortschreibungError
from flows.base.home import home_at
from flows.release.job import job_from
from flows.publish.promote import publish
run = Path(sys.argv[1])
try:
    print("published", publish(job_from(run / "job.json"), run, home_at(Path(sys.argv[2]))).version)
except FortschreibungError as problem:
    print("clear:", problem)
"""

READER = """
import os, sys, time
from pathlib import Path
import duckdb
os.nice(10)
seen, opened, failed = set(), 0, []
print("reading", flush=True)
while not Path(sys.argv[2]).exists():
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as con:
            seen.add(con.execute("SELECT version, wert FROM wert, _release WHERE raum_id = '011001' "
                                 "AND indikator_id = 'einwohner' ORDER BY stichtag DESC").fetchone())
            opened += 1
    except Exception as problem:
        failed.append(repr(problem))
    time.sleep(0.02)
print(repr((opened, sorted(seen), failed)))
"""


def can_mount() -> bool:
    """Whether this machine lets a process have mounts of its own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def with_a_disk(tmp_path, city, home, one_published):
    """Publish onto a disk of its own below the releases, between two scripts of the shell; return what was said.

    The disk is a tmpfs that only this process sees; the first release is on it already, and is read in the end.
    """
    if not can_mount():
        pytest.skip("this machine gives a process no mounts of its own (unshare -rm)")
    run = city.run("b", residents=1250)
    city.job().write(run)
    release = home.releases / CITY
    shutil.copytree(release, tmp_path / "kept", symlinks=True)

    def published(before: str, size: str = "64m", after: str = "true") -> tuple[str, str]:
        script = f"""
            set -e
            mount -t tmpfs -o size={size} none "{release}"
            cp -a "{tmp_path}/kept/." "{release}/"
            {before}
            "{sys.executable}" -c "$PUBLISHER" "{run}" "{home.root}"
            {after}
            readlink "{release}/latest"
            "{sys.executable}" -m flows.release.content_hash "{release}/latest/fortschreibung.duckdb"
        """
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False, cwd=ROOT,
            env={**os.environ, "PUBLISHER": PUBLISHER},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        told, _, rest = done.stdout.partition("\n2024.")
        return told, f"2024.{rest}"

    return published


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


@pytest.mark.thorough
@pytest.mark.parametrize("room", first_of([0, 300, 1500, 2500]))
def test_a_full_disk_is_a_clear_error_and_the_last_release_stands(with_a_disk, tmp_path, room):
    size = f"{int(1000 * megabytes(tmp_path / 'kept')) + 400 + room}k"
    told, stands = with_a_disk("true", size=size)
    assert "clear:" in told, told
    assert "disk is full" in told or "No space left" in told
    assert "last release stands" in told
    assert stands.startswith("2024.1\n")


def test_a_share_that_became_read_only_is_a_clear_error_and_the_last_release_stands(with_a_disk, tmp_path):
    told, stands = with_a_disk(f'mount -o remount,ro "{tmp_path}/home/releases/{CITY}"')
    assert "clear: Could not write the release into" in told
    assert "the folder is read-only" in told
    assert stands.startswith("2024.1\n")


@pytest.mark.thorough
def test_with_room_enough_the_same_disk_takes_the_release(with_a_disk):
    told, stands = with_a_disk("true")
    assert told == "published 2024.2"
    assert stands.startswith("2024.2\n")


@pytest.mark.thorough
@pytest.mark.parametrize("step", first_of(["_built", "release_faults"]))
def test_a_share_that_vanishes_while_publishing_is_a_clear_error(city, home, monkeypatch, step, one_published):
    """The folder of the city is gone when the step is done, as if its share had been disconnected."""
    folder, elsewhere = home.releases / CITY, home.root / "elsewhere"
    does = getattr(promote, step)

    def and_then_vanishes(*given, **named):
        try:
            return does(*given, **named)
        finally:
            folder.rename(elsewhere)

    monkeypatch.setattr(promote, step, and_then_vanishes)
    with pytest.raises(FortschreibungError, match="is the network share connected"):
        publish(city.job(), city.run("b", residents=1250), home)
    monkeypatch.undo()
    shutil.rmtree(folder, ignore_errors=True)
    elsewhere.rename(folder)
    assert publish(city.job(), home.runs / "b" / "publish", home).version == "2024.2"
    verify(home, CITY)


def test_a_release_that_cannot_be_read_is_a_clear_error_of_verify(city, home, monkeypatch, one_published):

    def gone(*_):
        raise OSError(116, "Stale file handle", str(home.releases / CITY))

    monkeypatch.setattr("flows.publish.verify.files_in", gone)
    with pytest.raises(FortschreibungError, match="the network share has gone away"):
        verify(home, CITY)


@pytest.mark.thorough
@pytest.mark.parametrize("promotions", first_of([2], nightly=[6]))
def test_verify_never_finds_a_fault_while_releases_are_published(city, home, one_published, promotions):
    runs = [city.run(f"r{number}", residents=1200 + number) for number in range(1, promotions + 1)]
    problems, done = [], threading.Event()

    def look():
        while not done.is_set():
            try:
                verify(home, CITY, content=Content.NONE)
            except FortschreibungError as problem:
                problems.append(str(problem))

    watcher = threading.Thread(target=look)
    watcher.start()
    for run in runs:
        publish(city.job(), run, home)
    done.set()
    watcher.join()
    assert problems == []
    assert len(verify(home, CITY, content=Content.NONE).versions) == 1 + promotions


@pytest.mark.thorough
def test_verify_waits_for_a_publication_that_stands_between_release_and_entry(city, home, monkeypatch, one_published):
    said, record = [], promote.recorded

    def looked_at_before_the_entry(*given):
        watcher = threading.Thread(target=lambda: said.append(verify(home, CITY, say=said.append)))
        watcher.start()
        while not said:
            watcher.join(0.02)
        record(*given)
        watchers.append(watcher)

    watchers: list[threading.Thread] = []
    monkeypatch.setattr(promote, "recorded", looked_at_before_the_entry)
    publish(city.job(), city.run("b", residents=1250), home)
    watchers[0].join()
    assert f"process {os.getpid()}" in said[0]
    assert said[1].versions == ("2024.1", "2024.2")


def test_verify_does_not_wait_where_all_is_well(city, home, one_published):
    with promote.workspace(home, CITY):
        assert verify(home, CITY, wait_seconds=0).versions == ("2024.1",)


@pytest.mark.parametrize(
    ("readers", "promotions"),
    [
        (2, 3),
        pytest.param(50, 20, marks=[pytest.mark.slow, pytest.mark.nightly]),
    ],
)
def test_readers_of_latest_never_fail_and_never_see_two_versions_mixed(city, home, readers, promotions):
    """Each reader is a process that opens `latest` again and again, as another program would."""
    publish(city.job(), city.run("r1", residents=2001), home)
    runs = [city.run(f"r{edition}", residents=2000 + edition) for edition in range(2, promotions + 2)]
    stop, database = home.root / "stop", home.releases / CITY / "latest" / "fortschreibung.duckdb"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READER, database, stop], stdout=subprocess.PIPE, text=True,
        )
        for _ in range(readers)
    ]  # fmt: skip
    try:
        for process in processes:
            assert process.stdout.readline() == "reading\n"
        for run in runs:
            publish(city.job(), run, home)
    finally:
        stop.touch()
        ended = [process.communicate()[0] for process in processes]
    editions = set()
    for said in ended:
        opened, seen, failed = eval(said)
        assert failed == []
        assert opened > 0
        assert all(wert == 2000 + int(version.partition(".")[2]) for version, wert in seen), seen
        editions |= {version for version, _ in seen}
    assert len(editions) > promotions / 2, "the readers saw the promotions come"
    with duckdb.connect(str(database.resolve()), read_only=True) as con:
        assert con.execute("SELECT version FROM _release").fetchone() == (f"2024.{promotions + 1}",)
