"""What is measured: the ways to compute the figures, and the refresh as a command.

Every repetition measures each subject once, one after the other, so that a busy minute of the machine
falls on all of them.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.extracts import Extracts
from bench.measure import BenchFailed, Cost, cost_of, extract_server
from bench.redraws import WORK as REDRAWS
from bench.releases import WORK, copies

Costs = dict[str, list[Cost]]
COMMAND = ("-c", "from flows.app.cli import main; main()")


def figures(extracts: Extracts, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure the floor, this project, pandas and polars; hold their figures against each other.

    Raises:
        BenchFailed: when a way fails or its figures are not ours.
    """
    costs: Costs = defaultdict(list)
    large, landed, results = str(extracts.large), str(extracts.landed), extracts.data / "results"
    results.mkdir(exist_ok=True)
    ours, geometry, pandas, polars = (str(results / f"{name}.parquet") for name in ("ours", "geo", "pandas", "polars"))
    _read_once(extracts)
    ways = {
        "floor": ["-m", "bench.floor", large],
        "ours": ["-m", "bench.stage_and_transform", landed, ours],
        "ours_with_geometry": ["-m", "bench.stage_and_transform", landed, geometry, "--with-geometry"],
        "pandas": ["-m", "bench.with_pandas", large, pandas],
        "polars": ["-m", "bench.with_polars", large, polars],
        "csv_bare": ["-m", "bench.csv_to_tables", "bare", str(extracts.default)],
        "csv_ours": ["-m", "bench.csv_to_tables", "ours", str(extracts.default)],
    }
    for _ in range(repetitions):
        for name, arguments in ways.items():
            costs[name].append(cost_of(arguments, limits))
            say(name)
    for other in (geometry, pandas, polars):
        cost_of(["-m", "bench.compare", ours, other], {})
    say("pandas, polars and this project agree row by row")
    return costs


def refresh(extracts: Extracts, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure the whole refresh of the default city, one with nothing new, an empty flow, and the reading of releases.

    Warm before the first repetition: Prefect's database (made and migrated), compiled Python, the page cache
    and the extract server. Fresh in each: the process, Prefect's server in it, and the city's home, so
    that every refresh pulls all files and publishes a first release.

    Raises:
        BenchFailed: when a process fails.
    """
    from flows.app.flow_runner import QUIET  # noqa: PLC0415 -- the rest measures without it

    costs: Costs = defaultdict(list)
    prefect, home = extracts.data / "prefect", extracts.data / "home"
    with extract_server(extracts.default) as url:
        environment = {
            **QUIET, **limits, "PREFECT_HOME": str(prefect), "FORTSCHREIBUNG_HOME": str(home),
            "FORTSCHREIBUNG_MUSTERSTADT_URL": url,
        }  # fmt: skip
        commands = {
            "empty_flow": ["-m", "bench.empty_flow"],
            "refresh": [*COMMAND, "refresh", "musterstadt"],
            "nothing_new": [*COMMAND, "refresh", "musterstadt"],
            "releases": [*COMMAND, "releases", "musterstadt"],
        }
        cost_of(commands["empty_flow"], environment)
        for _ in range(repetitions):
            shutil.rmtree(home, ignore_errors=True)
            for name, arguments in commands.items():
                costs[name].append(cost_of(arguments, environment))
                say(name)
            _must_have_published_once(home)
        cost_of([*COMMAND, "refresh", "musterstadt", "--stichtag", "2023-12-31"], environment)  # a second, to compare
    copied = extracts.data / "releases"
    copies(home, copied)
    for _ in range(repetitions):
        for name in WORK:
            costs[name].append(cost_of(["-m", "bench.releases", name, str(copied)], limits))
            say(name)
    return costs


def checks(extracts: Extracts, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure the check stage on the default city from a cold start, and the import that it cannot do without.

    Raises:
        BenchFailed: when a process fails, or a blocker stops.
    """
    costs: Costs = defaultdict(list)
    run, landing = extracts.data / "check", extracts.data / "check_landing"
    with extract_server(extracts.default) as url:
        made = ["-m", "bench.check_stage", "prepare", str(run), str(landing)]
        cost_of(made, {**limits, "FORTSCHREIBUNG_MUSTERSTADT_URL": url})
    commands = {
        "import_great_expectations": ["-c", "import great_expectations"],
        "check": ["-m", "bench.check_stage", str(run)],
    }
    cost_of(commands["import_great_expectations"], limits)
    for _ in range(repetitions):
        for name, arguments in commands.items():
            costs[name].append(cost_of(arguments, limits))
            say(name)
    return costs


def redraws(units: int, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure history on two Zuschnitte against a plain sum, and the cutting of two maps against tobler.

    Raises:
        BenchFailed: when a process fails.
    """
    costs: Costs = defaultdict(list)
    for _ in range(repetitions):
        for name in REDRAWS:
            costs[name].append(cost_of(["-m", "bench.redraws", name, str(units)], limits))
            say(name)
    return costs


def _read_once(extracts: Extracts) -> None:
    """Bring the files into the page cache, so that the first one measured is not the one that waits for a disk."""
    for folder in (extracts.large, extracts.landed):
        for path in (each for each in folder.rglob("*") if each.is_file()):
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass


def _must_have_published_once(home: Path) -> None:
    last = max((home / "runs").glob("musterstadt-*/progress.jsonl"), key=lambda path: path.stat().st_mtime)
    if '"station": "stage"' in last.read_text(encoding="utf-8"):
        raise BenchFailed("the refresh with nothing new staged its files again: did code or files change meanwhile?")
    found = sorted(path.parent.name for path in (home / "releases" / "musterstadt").glob("*/manifest.json"))
    versions = [name for name in found if name != "latest"]
    if len(versions) != 1:
        raise BenchFailed(f"expected one release after a refresh and one with nothing new, found {versions}")
