"""What a command shows of the run it makes, while that lasts."""

from __future__ import annotations

import json
import threading

from flows.app import flow_runner
from flows.base.home import home_at


class DoneWhenLooked(threading.Event):
    """Ends the watch after so many looks, without waiting."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def wait(self, timeout: float | None = None) -> bool:
        self.looks -= 1
        if self.looks <= 0:
            self.set()
        return self.is_set()


def test_each_line_is_shown_once_though_the_city_has_two_runs_at_a_time(tmp_path, capsys) -> None:
    home = home_at(tmp_path)
    for run, stations in {"one": ["pull", "stage", "check", "publish"], "two": ["pull"]}.items():
        folder = home.runs / f"town-{run}"
        folder.mkdir(parents=True)
        lines = [json.dumps({"station": station, "event": "started"}) for station in stations]
        (folder / "progress.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    flow_runner._watch(home, "town", set(), DoneWhenLooked(5))
    assert len(capsys.readouterr().err.splitlines()) == 4 + 1


def test_a_line_that_is_being_written_is_waited_for(tmp_path, capsys) -> None:
    home = home_at(tmp_path)
    folder = home.runs / "town-one"
    folder.mkdir(parents=True)
    lines = [json.dumps({"station": station, "event": "started"}) for station in ("pull", "stage")]
    (folder / "progress.jsonl").write_text(f"{lines[0]}\n{lines[1][:9]}", "utf-8")

    flow_runner._watch(home, "town", set(), DoneWhenLooked(1))
    assert len(capsys.readouterr().err.splitlines()) == 1
