"""The goals and what was measured of each: ratios of one run."""

from __future__ import annotations

import operator
from dataclasses import dataclass

from bench.measure import Cost
from bench.subjects import Costs

COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


@dataclass(frozen=True)
class Outcome:
    """One line of the table; without a goal it is only shown."""

    what: str
    value: float
    unit: str
    sign: str | None = None
    goal: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None where there is none."""
        return None if self.sign is None or self.goal is None else COMPARE[self.sign](self.value, self.goal)


def work(costs: list[Cost]) -> float:
    """Return the shortest time of the work itself."""
    return min(cost.work_seconds for cost in costs if cost.work_seconds is not None)


def wall(costs: list[Cost]) -> float:
    """Return the shortest time from start to end of the process."""
    return min(cost.wall_seconds for cost in costs)


def cpu(costs: list[Cost]) -> float:
    """Return the smallest processor time of the process and its descendants."""
    return min(cost.cpu_seconds for cost in costs)


def cpu_of_work(costs: list[Cost]) -> float:
    """Return the smallest processor time of the work itself."""
    return min(cost.work_cpu for cost in costs if cost.work_cpu is not None)


def peak(costs: list[Cost]) -> float:
    """Return the largest peak memory: a promise about memory must hold every time."""
    return max(cost.peak_mib for cost in costs)


def outcomes(costs: Costs) -> list[Outcome]:
    """Return the table for what was measured."""
    found: list[Outcome] = []
    for needed, lines in (
        ("floor", _figures), ("csv_bare", _csv), ("new_stichtag", _incremental), ("refresh", _refresh),
        ("sha256", _releases), ("rebase", _redraws), ("check", _check),
    ):  # fmt: skip
        if needed in costs:
            found += lines(costs)
    return found


def _figures(costs: Costs) -> list[Outcome]:
    floor, ours = costs["floor"], costs["ours"]
    return [
        Outcome("stage + transform, cold / floor", work(ours) / work(floor), "x", "<=", 2.0),
        Outcome("peak memory of stage + transform", peak(ours) / 1024, "GiB", "<=", 2),
        Outcome("  same, with polygons of all units / floor", work(costs["ours_with_geometry"]) / work(floor), "x"),
        Outcome("  same, processor time of both processes", cpu(ours) / cpu(floor), "x"),
        Outcome("  stage + transform, cold / pandas", work(ours) / work(costs["pandas"]), "x"),
        Outcome("  stage + transform, cold / polars", work(ours) / work(costs["polars"]), "x"),
        Outcome("  pandas / floor", work(costs["pandas"]) / work(floor), "x"),
        Outcome("  polars / floor", work(costs["polars"]) / work(floor), "x"),
        Outcome("  peak memory of pandas", peak(costs["pandas"]) / 1024, "GiB"),
        Outcome("  peak memory of polars", peak(costs["polars"]) / 1024, "GiB"),
    ]


def _csv(costs: Costs) -> list[Outcome]:
    rate = work(costs["csv_bare"]) / work(costs["csv_ours"])
    return [Outcome("CSV to typed tables / bare read_csv (rate)", rate, "x", ">=", 0.8)]


def _incremental(costs: Costs) -> list[Outcome]:
    """What is left when results are kept, against polars, which reads everything again."""
    found = []
    if "polars" in costs:
        whole = work(costs["polars"])
        found += [
            Outcome("one new Stichtag of ten / polars, whole job", work(costs["new_stichtag"]) / whole, "x", "<=", 0.9),
            Outcome("recut / polars, whole job", work(costs["recut"]) / whole, "x", "<=", 0.7),
            Outcome("changed Indikator / polars, whole job", work(costs["other_indikator"]) / whole, "x", "<=", 0.7),
            Outcome("  nothing changed / polars, whole job", work(costs["nothing_changed"]) / whole, "x"),
        ]
    clean, bad, metropolis = costs["clean"], costs["bad_row"], costs["metropolis_new_stichtag"]
    reading = cpu_of_work(costs["register_read"]) / cpu_of_work(costs["register_sha256"])
    return [
        *found,
        Outcome("one bad row / clean, CPU", cpu(bad) / cpu(clean), "x", "<=", 1.3),
        Outcome("one bad row, peak memory", peak(bad) / 1024, "GiB", "<=", 0.6),
        Outcome("  shuffled rows / clean, CPU", cpu(costs["shuffled"]) / cpu(clean), "x"),
        Outcome("register reading / sha256, CPU", reading, "x", "<=", 5),
        Outcome("20 years x 4 million, one new Stichtag", cpu(metropolis), "s CPU", "<=", 4),
        Outcome("20 years x 4 million, peak memory", peak(metropolis) / 1024, "GiB", "<=", 2),
    ]


def _refresh(costs: Costs) -> list[Outcome]:
    empty = costs["empty_flow"]
    return [
        Outcome("whole refresh / empty Prefect flow", wall(costs["refresh"]) / wall(empty), "x", "<=", 2.3),
        Outcome("one new Stichtag / empty Prefect flow", wall(costs["refresh_new"]) / wall(empty), "x", "<=", 1.8),
        Outcome("nothing new / empty Prefect flow", wall(costs["nothing_new"]) / wall(empty), "x", "<=", 1.1),
        Outcome("`fortschreibung releases`", cpu(costs["releases"]), "s CPU", "<", 0.5),
        Outcome("  processor time of the refresh", cpu(costs["refresh"]), "s CPU"),
        Outcome("  peak memory of the refresh's largest process", peak(costs["refresh"]) / 1024, "GiB"),
    ]


def _releases(costs: Costs) -> list[Outcome]:
    hashing = work(costs["sha256"])
    return [
        Outcome("verify 20 releases / sha256 of their bytes", work(costs["verify"]) / hashing, "x", "<=", 1.2),
        Outcome("verify --deep / sha256 of their bytes", work(costs["verify_deep"]) / hashing, "x", "<=", 5),
        Outcome("diff of two releases, after start", work(costs["diff"]), "s", "<=", 1),
    ]


def _redraws(costs: Costs) -> list[Outcome]:
    cut, tobler = work(costs["cut_redraw"]), work(costs["tobler_redraw"])
    return [
        Outcome("history on two Zuschnitte / plain sum", work(costs["rebase"]) / work(costs["plain"]), "x", "<=", 1.5),
        Outcome("cut two maps, a fifth redrawn / tobler", cut / tobler, "x", "<=", 0.5),
        Outcome("  same, no line in common", work(costs["cut_unrelated"]) / work(costs["tobler_unrelated"]), "x"),
    ]


def _check(costs: Costs) -> list[Outcome]:
    allowed = 1.5 * wall(costs["import_great_expectations"]) + 1
    return [Outcome("check stage / (1.5 imports of GX + 1 s)", wall(costs["check"]) / allowed, "x", "<=", 0.8)]


def table(costs: Costs, found: list[Outcome]) -> str:
    """Return what was measured and the ratios beside their goals, for the terminal."""
    lines = [f"{'process':22}{'work s':>9}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}   (best of {_repetitions(costs)})"]
    for name, each in costs.items():
        spent = f"{work(each):9.2f}" if each[0].work_seconds is not None else f"{'-':>9}"
        lines.append(f"{name:22}{spent}{wall(each):9.2f}{cpu(each):9.2f}{peak(each):10.0f}")
    lines += ["", f"{'ratio':48}{'measured':>12}   goal"]
    for one in found:
        goal = f"{one.sign} {one.goal:g} {one.unit}" if one.goal is not None else ""
        said = {True: "met", False: "MISSED", None: ""}[one.met]
        lines.append(f"{one.what:48}{one.value:6.2f} {one.unit:5}   {goal:14}{said}".rstrip())
    return "\n".join(lines)


def _repetitions(costs: Costs) -> int:
    return max(len(each) for each in costs.values())
