"""Of two refreshes of one city the second says that it waits, before it works."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from flows import run as running
from flows.base.errors import FortschreibungError
from flows.run import Run, working_folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    return tmp_path


def a_run(home: Path, name: str, *, dry_run: bool = False, city: str = "kleinstadt") -> Run:
    return Run(id=f"{city}-{name}", city=city, root=home, dry_run=dry_run)


def notes(run: Run) -> list[str]:
    path = run.folder / "progress.jsonl"
    return [json.loads(line)["event"] for line in path.read_text().splitlines()] if path.exists() else []


def test_the_second_waits_until_the_first_has_ended_and_says_so(home: Path) -> None:
    first, second, order = a_run(home, "1"), a_run(home, "2"), list[str]()

    def work() -> None:
        with working_folder(second):
            order.append("second works")

    with working_folder(first):
        thread = threading.Thread(target=work)
        thread.start()
        while not notes(second):
            assert thread.is_alive()
        order.append("first works")
    thread.join(timeout=10)

    assert order == ["first works", "second works"]
    (said,) = notes(second)
    assert said.startswith("waits: another refresh of kleinstadt is running (process ")


def test_who_waits_too_long_says_what_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WAIT_FOR_OTHERS", 0.0)
    with (
        working_folder(a_run(home, "1")),
        pytest.raises(FortschreibungError, match="Expected another refresh of kleinstadt to end"),
        working_folder(a_run(home, "2")),
    ):
        pass


def test_a_dry_run_and_another_city_wait_for_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WAIT_FOR_OTHERS", 0.0)
    with (
        working_folder(a_run(home, "1")),
        working_folder(a_run(home, "2", dry_run=True)),
        working_folder(a_run(home, "3", city="nachbarstadt")),
    ):
        pass


def test_a_run_that_waits_keeps_what_the_first_is_working_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WAIT_FOR_OTHERS", 0.0)
    with working_folder(first := a_run(home, "1")):
        first.work.touch()
        with pytest.raises(FortschreibungError), working_folder(a_run(home, "2")):
            pass
        assert first.work.exists()
