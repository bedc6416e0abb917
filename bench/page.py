"""Writes docs/performance.md and its plot from results.json, so that the page says what was measured and nothing else.

`python -m bench.page` writes both again from bench/results.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
PAGE, PLOT = "performance.md", "performance-growth.svg"
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 360, 60, 310, 30, 690
_LINES = {"cold": ("everything read for the first time", "#0b5a6f"), "new": ("one new Stichtag", "#d98b6a")}


def page(results: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""
    machine, versions = results["machine"], results["versions"]
    ratios = "\n".join(_ratio(each) for each in results["ratios"])
    runs = "\n".join(_run(name, each) for name, each in results["runs"].items())
    growth = "\n".join(
        f"| {each['years']} | {each['residents']:,} | {each['rows'] / 1e6:.1f} | {each['cold']:.1f} "
        f"| {each['new']:.1f} | {each['peak_mib']:,.0f} |"
        for each in results["growth"]
    )
    return f"""# Performance

Written by `make bench` (`bench/page.py`) from [bench/results.json](../bench/results.json); do not edit.

Measured on {results["date"][:10]} on {machine["cores"]} cores with {machine["memory_gib"]} GiB ({machine["system"]},
Python {machine["python"]}; load before: {machine["load_before"]:.1f}), DuckDB {versions["duckdb"]},
pandas {versions["pandas"]}, polars {versions["polars"]}. All processes of one run, one after the other, best of
{results["repetitions"]}; every way has the same threads. City: {results["scale"]}, synthetic.

* *floor*: one DuckDB statement that reads the same files and groups persons, without contract, checks or Zuschnitte.
* *pandas*, *polars*: the same figures as a good user of each writes them; they read everything again each time. Their
  figures are compared with ours row by row before a ratio is shown.
* *work* is the time between the first byte read and the finished result; *wall* and *CPU* are of the whole process with
  its children, *peak* is the largest single process.

## Ratios
| what | measured | goal | |
|---|---|---|---|
{ratios}

## Growth
Stage and transform of a register by years and residents: CPU seconds of the whole process, everything read for the
first time, and one new Stichtag when the results of the others are kept.

![CPU seconds by rows of the register]({PLOT})

| years | residents | million rows | cold, CPU s | one new Stichtag, CPU s | peak MiB |
|---|---|---|---|---|---|
{growth}

## Processes
| process | work s | wall s | CPU s | peak MiB |
|---|---|---|---|---|
{runs}
"""


def _ratio(found: Mapping[str, Any]) -> str:
    goal = f"{found['sign']} {found['goal']:g} {found['unit']}" if found["goal"] is not None else ""
    return f"| {found['what']} | {found['value']:.2f} {found['unit']} | {goal} | {_VERDICT[found['met']]} |"


_VERDICT = {True: "met", False: "**missed**", None: ""}


def _run(name: str, costs: Sequence[Mapping[str, Any]]) -> str:
    worked = [each["work_seconds"] for each in costs if each["work_seconds"] is not None]
    work = f"{min(worked):.2f}" if worked else ""
    wall, cpu = (min(each[key] for each in costs) for key in ("wall_seconds", "cpu_seconds"))
    return f"| {name} | {work} | {wall:.2f} | {cpu:.2f} | {max(each['peak_mib'] for each in costs):.0f} |"


def plot(growth: Sequence[Mapping[str, Any]]) -> str:
    """Return the growth as SVG: CPU seconds against rows, a line for each way."""
    points = sorted(growth, key=lambda each: each["rows"])
    most_rows = max(each["rows"] for each in points)
    most_seconds = max(each["cold"] for each in points)

    def place(rows: float, seconds: float) -> tuple[float, float]:
        return (
            _LEFT + rows / most_rows * (_RIGHT - _LEFT),
            _BOTTOM - seconds / most_seconds * (_BOTTOM - _TOP),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img"><title>CPU seconds of stage and transform by rows of the register</title>',
        f'<path d="M{_LEFT} {_TOP} V{_BOTTOM} H{_RIGHT}" fill="none" stroke="#8a969d"/>',
    ]
    for share in (0.25, 0.5, 0.75, 1.0):
        x, y = place(share * most_rows, share * most_seconds)
        parts += [
            _text(x, _BOTTOM + 18, f"{share * most_rows / 1e6:.0f} M rows", "middle"),
            _text(_LEFT - 6, y + 4, f"{share * most_seconds:.0f} s", "end"),
        ]
    for number, (name, (label, colour)) in enumerate(_LINES.items()):
        places = [place(each["rows"], each[name]) for each in points]
        path = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        parts += [
            f'<rect x="{_LEFT + 20}" y="{_TOP + 22 * number}" width="14" height="4" fill="{colour}"/>',
            _text(_LEFT + 42, _TOP + 22 * number + 6, label, "start"),
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#1d2b36">{words}</text>'


def write(results: Mapping[str, Any], docs: Path = DOCS) -> None:
    """Write the page and its plot."""
    (docs / PAGE).write_text(page(results), encoding="utf-8")
    (docs / PLOT).write_text(plot(results["growth"]), encoding="utf-8")


if __name__ == "__main__":
    write(json.loads((HERE / "results.json").read_text(encoding="utf-8")))
