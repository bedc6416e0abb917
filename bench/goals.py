"""The goals of the issues 2 to 5 and what was measured of each."""

from __future__ import annotations

import operator
from dataclasses import dataclass

from bench.measure import Cost
from bench.subjects import Costs

COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


@dataclass(frozen=True)
class Outcome:
    """One line of the table; without a goal it is only told."""

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


def peak(costs: list[Cost]) -> float:
    """Return the largest peak memory: a promise about memory must hold every time."""
    return max(cost.peak_mib for cost in costs)


def outcomes(costs: Costs) -> list[Outcome]:
    """Return the table for what was measured."""
    found = []
    if "floor" in costs:
        floor, ours = costs["floor"], costs["ours"]
        found += [
            Outcome("stage + transform / floor", work(ours) / work(floor), "x", "<=", 1.5),
            Outcome("pandas / stage + transform", work(costs["pandas"]) / work(ours), "x", ">=", 5),
            Outcome("polars / stage + transform", work(costs["polars"]) / work(ours), "x", ">", 1),
            Outcome("peak memory of stage + transform", peak(ours) / 1024, "GiB", "<=", 2),
            Outcome("  same, with polygons of all units / floor", work(costs["ours_with_geometry"]) / work(floor), "x"),
            Outcome("  same, whole process / floor's whole process", wall(ours) / wall(floor), "x"),
            Outcome("  same, processor time of both processes", cpu(ours) / cpu(floor), "x"),
            Outcome("  pandas / floor", work(costs["pandas"]) / work(floor), "x"),
            Outcome("  polars / floor", work(costs["polars"]) / work(floor), "x"),
        ]
    if "csv_bare" in costs:
        rate = work(costs["csv_bare"]) / work(costs["csv_ours"])
        found.append(Outcome("CSV to typed tables / bare read_csv (rate)", rate, "x", ">=", 0.8))
    if "refresh" in costs:
        empty = costs["empty_flow"]
        found += [
            Outcome("whole refresh / empty Prefect flow", wall(costs["refresh"]) / wall(empty), "x", "<=", 2),
            Outcome("nothing new / empty Prefect flow", wall(costs["nothing_new"]) / wall(empty), "x", "<=", 1.2),
            Outcome("`fortschreibung releases`", cpu(costs["releases"]), "s CPU", "<", 0.5),
            Outcome("  peak memory of the refresh's largest process", peak(costs["refresh"]) / 1024, "GiB"),
            Outcome(
                "verify 20 releases / sha256 of their bytes",
                work(costs["verify"]) / work(costs["sha256"]),
                "x",
                "<=",
                1.2,
            ),
            Outcome(
                "  same, content read again (verify --deep)",
                work(costs["verify_deep"]) / work(costs["sha256"]),
                "x",
                "<=",
                5,
            ),
            Outcome("diff of two releases, after start", work(costs["diff"]), "s", "<=", 1),
        ]
    if "rebase" in costs:
        cut, tobler = work(costs["cut_redraw"]), work(costs["tobler_redraw"])
        found += [
            Outcome(
                "history on two Zuschnitte / plain sum", work(costs["rebase"]) / work(costs["plain"]), "x", "<=", 1.5
            ),
            Outcome("cut two maps, a fifth redrawn / tobler", cut / tobler, "x", "<=", 0.5),
            Outcome("  same, no line in common", work(costs["cut_unrelated"]) / work(costs["tobler_unrelated"]), "x"),
        ]
    if "check" in costs:
        allowed = 1.5 * wall(costs["import_great_expectations"]) + 1
        found.append(Outcome("check stage / (1.5 imports of GX + 1 s)", wall(costs["check"]) / allowed, "x", "<=", 1))
    return found


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
