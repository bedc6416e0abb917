"""What is measured: the ways to compute the figures, and the refresh as a command.

Every repetition measures each subject once, one after the other, so that a busy minute of the machine
falls on all of them.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.extracts import Extracts
from bench.figures import person_files
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
    large, results = str(extracts.large), extracts.data / "results"
    results.mkdir(exist_ok=True)
    ours, geometry, pandas, polars = (str(results / f"{name}.parquet") for name in ("ours", "geo", "pandas", "polars"))
    _read_once(extracts)
    cold = str(extracts.data / "cold")
    ways = {
        "floor": ["-m", "bench.floor", large],
        "ours": ["-m", "bench.stage_and_transform", cold, ours],
        "ours_with_geometry": ["-m", "bench.stage_and_transform", cold, geometry, "--with-geometry"],
        "pandas": ["-m", "bench.with_pandas", large, pandas],
        "polars": ["-m", "bench.with_polars", large, polars],
        "csv_bare": ["-m", "bench.csv_to_tables", "bare", str(extracts.default)],
        "csv_ours": ["-m", "bench.csv_to_tables", "ours", str(extracts.default)],
    }
    for _ in range(repetitions):
        for name, arguments in ways.items():
            _copy(extracts.landed, Path(cold))  # nothing is kept of an earlier run
            costs[name].append(cost_of(arguments, limits))
            say(name)
    for other in (geometry, pandas, polars):
        cost_of(["-m", "bench.compare", ours, other], {})
    say("pandas, polars and this project agree row by row")
    return costs


BEFORE = {
    "new_stichtag": ["--last-year", "2023"],
    "recut": ["--before-redraw"],
    "other_indikator": ["--other-indikator"],
    "nothing_changed": [],
}
"""What the run before, whose results are kept, did not know."""


def incremental(extracts: Extracts, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure what is left to do when results of the run before are kept, and files that are not as usual.

    Raises:
        BenchFailed: when a way fails, or its figures are not those of a run that kept nothing.
    """
    costs: Costs = defaultdict(list)
    results, work = extracts.data / "results", extracts.data / "incremental"
    results.mkdir(exist_ok=True)
    shutil.rmtree(work, ignore_errors=True)
    metropolis = extracts.variant("metropolis_landed")
    profile = ["--profile", str(extracts.variant("metropolis") / "profile")]
    before: dict[str, tuple[Path, list[str], list[str]]] = {
        **{name: (extracts.landed, arguments, []) for name, arguments in BEFORE.items()},
        "metropolis_new_stichtag": (metropolis, BEFORE["new_stichtag"], profile),
    }
    cold = str(results / "cold.parquet")
    cost_of(["-m", "bench.stage_and_transform", str(_copy(extracts.landed, work / "cold")), cold], limits)
    for name, (landed, arguments, own) in before.items():
        warm, found = _copy(landed, work / f"{name}_before"), str(results / f"{name}.parquet")
        kept = [] if own else [found]  # nobody compares the metropolis with others, who would take an hour for it
        cost_of(["-m", "bench.stage_and_transform", str(warm), *arguments, *own], limits)
        for _ in range(repetitions):
            now = str(_copy(warm, work / name))
            costs[name].append(cost_of(["-m", "bench.stage_and_transform", now, *kept, *own], limits))
            say(name)
        if not own:
            cost_of(["-m", "bench.compare", cold, found], {})
        shutil.rmtree(warm)
    for _ in range(repetitions):
        for name, landed in (
            ("clean", extracts.landed),
            ("bad_row", extracts.variant("bad_row_landed")),
            ("shuffled", extracts.variant("shuffled_landed")),
        ):
            now, found = str(_copy(landed, work / name)), str(results / f"{name}.parquet")
            costs[name].append(cost_of(["-m", "bench.stage_and_transform", now, found], limits))
            say(name)
        costs["register_sha256"].append(
            cost_of(["-m", "bench.register_reading", "sha256", str(extracts.large)], limits)
        )
        costs["register_read"].append(cost_of(["-m", "bench.register_reading", "ours", str(extracts.large)], limits))
    cost_of(["-m", "bench.compare", cold, str(results / "shuffled.parquet")], {})
    return costs


GROWTH = (("large", 3, 650_000), ("large", 10, 650_000), ("metropolis", 5, 3_900_000), ("metropolis", 20, 3_900_000))
"""City, years, and about how many residents it has."""


def growth(extracts: Extracts, limits: dict[str, str], say: Callable[[str], None]) -> list[dict[str, float]]:
    """Return the CPU seconds of stage and transform by years and residents: cold, and with one new Stichtag.

    Raises:
        BenchFailed: when a process fails.
    """
    found, work = [], extracts.data / "growth"
    for city, years, residents in GROWTH:
        landed = extracts.landed if city == "large" else extracts.variant(f"{city}_landed")
        files = person_files(extracts.large if city == "large" else extracts.variant(city))[:years]
        own = [] if city == "large" else ["--profile", str(extracts.variant(city) / "profile")]
        last = int(files[-1].stem[-4:])
        cold, _, new = (
            cost_of(["-m", "bench.stage_and_transform", str(where), "--last-year", str(year), *own], limits)
            for where, year in (
                (_copy(landed, work / "cold"), last),
                (_copy(landed, work / "warm"), last - 1),
                (work / "warm", last),
            )
        )
        found.append(
            {"years": years, "residents": residents, "rows": sum(_rows(path) for path in files),
             "cold": cold.cpu_seconds, "new": new.cpu_seconds, "peak_mib": max(cold.peak_mib, new.peak_mib)}
        )  # fmt: skip
        say(f"{city}, {years} years")
    shutil.rmtree(work, ignore_errors=True)
    return found


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1


def _copy(landed: Path, target: Path) -> Path:
    """Return a copy of a landing zone; its files are linked, since they are never changed."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(landed, target, copy_function=os.link)
    return target


def refresh(extracts: Extracts, limits: dict[str, str], repetitions: int, say: Callable[[str], None]) -> Costs:
    """Measure the whole refresh of the default city, one with a new Stichtag, one with nothing new, and an empty flow.

    Then the reading of releases.

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
    yearly, delivered = extracts.data / "home_of_two_years", extracts.data / "extracts_of_two_years"
    delivered.mkdir(exist_ok=True)
    with extract_server(delivered) as url:
        environment |= {"FORTSCHREIBUNG_HOME": str(yearly), "FORTSCHREIBUNG_MUSTERSTADT_URL": url}
        for _ in range(repetitions):
            shutil.rmtree(yearly, ignore_errors=True)
            _deliver(extracts.default, delivered, but="_2024.")
            cost_of([*commands["refresh"], "--stichtag", "2023-12-31"], environment)  # some files have all years
            _deliver(extracts.default, delivered)
            costs["refresh_new"].append(cost_of(commands["refresh"], environment))
            say("refresh_new")
    copied = extracts.data / "releases"
    copies(yearly, copied)
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


def _deliver(extracts: Path, target: Path, *, but: str | None = None) -> None:
    """Let `target` have the same files, without those that have `but` in their name; they are linked."""
    for path in target.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    left_out = shutil.ignore_patterns(f"*{but}*") if but else None
    shutil.copytree(extracts, target, ignore=left_out, copy_function=os.link, dirs_exist_ok=True)


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
