"""Many cities as one flow: each in a process of its own, on the runner that the environment names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows import nothing_to_do, station_order, stations
from flows import refresh_all as many
from flows import refresh_city as one_city
from flows.base.errors import ConfigError
from flows.base.home import home_at
from flows.publish.verify import verify
from flows.pull.models import Pulled
from flows.release.catalog import entries_of
from flows.run import Outcome, Run, new_run
from tests.refresh.in_process import CheckedHere
from tests.refresh.many_cities import CITY, ROOT, make_cities

IDLE = 0.5
"""Load of a machine that has nothing else to do."""


@pytest.mark.parametrize(
    ("memory", "threads", "parts", "share"),
    [
        ("4GB", "8", 2, {"FORTSCHREIBUNG_MEMORY": "2000MB", "FORTSCHREIBUNG_THREADS": "4"}),
        ("1500MB", "2", 3, {"FORTSCHREIBUNG_MEMORY": "500MB", "FORTSCHREIBUNG_THREADS": "1"}),
    ],
)
def test_memory_and_threads_of_a_refresh_follow_from_the_limit(
    memory: str, threads: str, parts: int, share: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_MEMORY", memory)
    monkeypatch.setenv("FORTSCHREIBUNG_THREADS", threads)

    assert many.share_of(parts) == share


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FORTSCHREIBUNG_RUNNER", "cluster", "must be threads, processes or dask:ADDRESS"),
        ("FORTSCHREIBUNG_PARALLEL", "0", "whole number of at least 1"),
        ("FORTSCHREIBUNG_MEMORY", "a lot", "a number with a unit"),
        ("FORTSCHREIBUNG_MEMORY", "300MB", "150 MB for each"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_before_anything_begins(
    variable: str, value: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=words):
        many.refresh_all(["nowhere"], tmp_path)
    assert not (tmp_path / "runs").exists()


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_RUNNER", "dask:tcp://127.0.0.1:1")
    monkeypatch.setattr("flows.base.extras.find_spec", lambda _: None)

    with pytest.raises(ConfigError, match="the extra `dask`"):
        many.runner()


def test_a_city_waits_as_well_for_what_only_staging_shows_to_be_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file whose name says no year, it is not known before what it lacks."""
    (name,) = make_cities(tmp_path, 1)
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "cities"))
    monkeypatch.setattr(station_order, "CheckWorker", CheckedHere)
    run = new_run(name, home_at(tmp_path / "data"), from_dir=tmp_path / "files" / name)
    waiting = Outcome(city=name, run=run.id, published=False, release=None, path=None, content_hash=None,
                      reason="Waiting: SGB II")  # fmt: skip
    asked: list[bool] = []

    def held(_run: Run, _pulled: Pulled) -> Outcome | None:
        asked.append(run.work.exists())
        return waiting if asked[-1] else None

    for asks in (nothing_to_do, station_order):
        monkeypatch.setattr(asks, "held", held)

    assert (one_city.refreshed(run).reason, asked) == ("Waiting: SGB II", [False, True])
    assert not list(run.home.releases.rglob("*.duckdb"))
    assert not stations._open_since_stage


@pytest.mark.thorough
def test_a_city_that_fails_says_why_and_one_that_ends_says_what_it_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_with_tables: Path
) -> None:
    (name,) = make_cities(tmp_path, 1)
    shutil.copytree(prefect_with_tables, tmp_path / "prefect")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "cities"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    home, share = home_at(tmp_path / "data"), many.share_of(1)

    failed = many.refresh_city.fn("nowhere", str(home.root), None, share)
    assert (failed["exit_code"], "nowhere" in failed["error"]) == (2, True)
    done = many.refresh_city.fn(name, str(home.root), str(tmp_path / "files" / name), share)
    assert (done["city"], done["release"], done["published"]) == (name, "2023.1", True)
    again = many.refresh_city.fn(name, str(home.root), str(tmp_path / "files" / name), share)
    assert (again["release"], again["published"]) == ("2023.1", False)
    verify(home, name)


@pytest.mark.thorough
@pytest.mark.parametrize("runner", ["threads", pytest.param("processes", marks=pytest.mark.nightly)])
def test_on_each_runner_the_command_publishes_every_city_once_and_names_the_one_that_fails(
    runner: str, tmp_path: Path, prefect_with_tables: Path
) -> None:
    names = make_cities(tmp_path, 3)
    shutil.copytree(prefect_with_tables, tmp_path / "prefect")
    for path in (tmp_path / "files" / names[1]).iterdir():
        path.unlink()
    environment = os.environ | {
        "FORTSCHREIBUNG_CITIES": str(tmp_path / "cities"), "FORTSCHREIBUNG_RUNNER": runner, "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", "from flows.app.cli import main; main()", "refresh-all", *names,
         "--from", tmp_path / "files", "--home", tmp_path / "data"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip

    assert ended.returncode == 1, ended.stderr
    assert "1 of 3 cities could not be refreshed" in ended.stderr
    assert f"  {names[1]}: " in ended.stderr
    home = home_at(tmp_path / "data")
    published = {name: [each.version for each in entries_of(home.releases / name)] for name in names}
    assert published == {names[0]: ["2023.1"], names[1]: [], names[2]: ["2023.1"]}


def on_a_cluster(folder: Path, cities: int, workers: int, *more: str) -> dict[str, Any]:
    """Refresh copies of a small city on a real Dask cluster; return what `many_cities` prints."""
    folder.mkdir(exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.refresh.many_cities", str(folder), str(cities), str(workers), *more],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=200 * cities, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    said: dict[str, Any] = json.loads(ended.stdout.strip().rpartition("\n")[2])
    return said


@pytest.mark.nightly
@pytest.mark.timeout(6 * 3600)
def test_two_workers_are_faster_than_one_where_the_machine_is_idle(tmp_path: Path) -> None:
    pytest.importorskip("prefect_dask")
    if os.getloadavg()[1] > IDLE:
        pytest.skip(f"the machine has other work (load {os.getloadavg()[1]:.1f} over five minutes)")
    one, two = (on_a_cluster(tmp_path / str(workers), 40, workers)["seconds"] for workers in (1, 2))
    assert one >= 1.7 * two


@pytest.mark.nightly
@pytest.mark.timeout(3 * 3600)
@pytest.mark.parametrize("cities", [3, 40])
def test_a_worker_of_a_real_cluster_is_killed_and_every_city_is_published_once(tmp_path: Path, cities: int) -> None:
    pytest.importorskip("prefect_dask")
    said = on_a_cluster(tmp_path, cities, 2, "kill")
    assert len(said["killed"]) == 1
    assert [one["release"] for one in said["ended"]] == ["2023.1"] * cities
    home = home_at(tmp_path / "data")
    for one in said["ended"]:
        assert [each.kind for each in entries_of(home.releases / one["city"])] == ["release"]
        verify(home, one["city"])
    assert CITY not in {path.name for path in home.releases.iterdir()}
