"""`python -m bench`: measure everything in one run, print the ratios and write results.json."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import page, subjects
from bench.extracts import Extracts
from bench.goals import Outcome, outcomes, table
from bench.measure import BenchFailed
from bench.subjects import Costs

HERE = Path(__file__).parent
PACKAGES = ("duckdb", "pandas", "polars", "pyarrow", "numpy", "prefect", "great-expectations", "fortschreibung")
MEMORY = "1500MB"


def limits(threads: int) -> dict[str, str]:
    """Return the environment that gives every way the same threads, and DuckDB the same memory."""
    return {
        "FORTSCHREIBUNG_THREADS": str(threads),
        "FORTSCHREIBUNG_MEMORY": MEMORY,
        "POLARS_MAX_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "PYTHONHASHSEED": "0",
    }


def machine() -> dict[str, Any]:
    """Return what one must know of the machine to read the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def result(costs: Costs, found: list[Outcome], setting: dict[str, Any]) -> dict[str, Any]:
    """Return the content of results.json."""
    return {
        **setting,
        "ratios": [{**asdict(one), "what": one.what.strip(), "met": one.met} for one in found],
        "runs": {name: [asdict(cost) for cost in each] for name, each in costs.items()},
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure as the command line says."""
    given = _arguments(arguments)
    data = (given.data / "quick" if given.quick else given.data).resolve()
    whole = given.part == "all" and not given.quick
    target = given.results or ((HERE if whole else data) / "results.json")
    repetitions = 1 if given.quick else given.repetitions
    bounds = limits(given.threads)
    setting = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "scale": "quick" if given.quick else "10,000 Baublockseiten, 650,000 residents, 10 Stichtage",
        "repetitions": repetitions,
        "machine": machine(),
        "versions": {name: version(name) for name in PACKAGES},
        "limits": bounds,
    }

    def say(words: str) -> None:
        print(f"  {words}", file=sys.stderr, flush=True)

    say(f"synthetic extracts in {data}")
    made = ["-m", "bench.extracts", str(data), *(["--quick"] if given.quick else [])]
    subprocess.run([sys.executable, *made], check=True)
    costs: Costs = {}
    growth: list[dict[str, float]] = []
    try:
        if given.part in ("all", "figures"):
            costs |= subjects.figures(Extracts(data), bounds, repetitions, say)
        if given.part in ("all", "incremental"):
            costs |= subjects.incremental(Extracts(data), bounds, repetitions, say)
        if given.part in ("all", "refresh"):
            costs |= subjects.refresh(Extracts(data), bounds, repetitions, say)
        if given.part in ("all", "checks"):
            costs |= subjects.checks(Extracts(data), bounds, repetitions, say)
        if given.part in ("all", "redraws"):
            costs |= subjects.redraws(400 if given.quick else 10_000, bounds, repetitions, say)
        if given.part in ("all", "growth"):
            growth = subjects.growth(Extracts(data), bounds, say)
    except BenchFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    found = outcomes(costs)
    print(table(costs, found))
    results = result(costs, found, {**setting, "growth": growth})
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if target == HERE / "results.json":
        page.write(results)
    print(f"\nAll repetitions: {target}")
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="where the extracts are made, once")
    parser.add_argument("--results", type=Path, help="default: bench/results.json, with --quick in the data folder")
    parser.add_argument(
        "--part", choices=("all", "figures", "incremental", "refresh", "checks", "redraws", "growth"), default="all"
    )
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quick", action="store_true", help="a small city, once: does it run, do the ways agree")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
