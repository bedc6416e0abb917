"""A rehearsal is a dry run on what the latest release was made of; it says whether a difference was to be expected."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from flows import watch
from flows.base.errors import CheckStopped
from flows.check.run_checks import CheckWorker
from flows.publish.reproduce import Reproduced, TableMade
from flows.run import Run


@pytest.fixture
def run(tmp_path, monkeypatch) -> Run:
    monkeypatch.setattr(watch, "latest_release", lambda *_: SimpleNamespace(version="2024.1"))
    monkeypatch.setattr(watch.CheckWorker, "_started", classmethod(lambda _: CheckWorker.__new__(CheckWorker)))
    monkeypatch.setattr(watch.CheckWorker, "stop", lambda _: None)
    one = Run(id="musterstadt-1", city="musterstadt", root=tmp_path, dry_run=True)
    one.folder.mkdir(parents=True)
    return one


def rehearsed(run: Run, monkeypatch, *, same: bool, otherwise: tuple[str, ...] = ()) -> str:
    tables = (TableMade("wert", same=same, only_published=2, only_made_again=2), TableMade("raum_ereignis", same=True))
    made = Reproduced("musterstadt", "2024.1", same, tables, otherwise)
    monkeypatch.setattr("flows.publish.reproduce.reproduce", lambda *_, **__: made)
    return str(watch.rehearse.fn(run))


def failure(run: Run, monkeypatch, **how) -> tuple[str, str]:
    with pytest.raises(CheckStopped) as stopped:
        rehearsed(run, monkeypatch, same=False, **how)
    return (run.folder / "failure.txt").read_text("utf-8"), str(stopped.value)


def test_the_same_content_is_said(run, monkeypatch) -> None:
    said = rehearsed(run, monkeypatch, same=True, otherwise=("code commit: a then, b now",))
    assert said == "2024.1 was made again as it was published, and all checks let it pass."


def test_another_content_after_a_change_may_be_meant_and_the_change_is_named(run, monkeypatch) -> None:
    whole, public = failure(run, monkeypatch, otherwise=("code commit: a then, b now",))
    assert "found other rows in wert. This may be meant" in whole
    assert "code commit: a then, b now" in whole
    assert "other rows in wert since program, profile or libraries have changed" in public


def test_another_content_without_a_change_is_not_to_be_expected(run, monkeypatch) -> None:
    whole, public = failure(run, monkeypatch)
    assert "This is not to be expected: program, profile and libraries are those of then." in whole
    assert "though nothing has changed" in public
